"""Jupyter's own conformance tests, against the sandboxed kernels through the provisioner."""

from queue import Empty
from typing import Any, ClassVar

import jupyter_kernel_test
import pytest
from jupyter_client.manager import start_new_kernel
from jupyter_kernel_test import ensure_sync

from nexus_server.kernels.sandbox import SandboxRequest

pytestmark = pytest.mark.docker

START_TIMEOUT_S = 90
#: the suite gives up on an output after a tenth of a second, which a busy machine may take
PATIENCE_S = 30.0


class SandboxedKernel(jupyter_kernel_test.KernelTests):
    """The suite, with patience; a subclass names the kernel."""

    __test__ = False

    @classmethod
    def setUpClass(cls) -> None:
        cls.km, cls.kc = start_new_kernel(
            startup_timeout=START_TIMEOUT_S, kernel_name=cls.kernel_name, sandbox=SandboxRequest(cpu_share=1.0)
        )
        hasty = ensure_sync(cls.kc.iopub_channel.get_msg)
        cls.hasty = staticmethod(hasty)
        cls.kc.iopub_channel.get_msg = lambda timeout=PATIENCE_S: hasty(timeout=max(timeout, PATIENCE_S))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.kc.stop_channels()
        cls.km.shutdown_kernel(now=True)

    def flush_channels(self) -> None:
        """Drop what earlier tests left."""
        for get in (ensure_sync(self.kc.shell_channel.get_msg), self.hasty):
            try:
                while True:
                    get(timeout=0.1)
            except Empty:
                continue


class TestPython(SandboxedKernel):
    """The Python kernel."""

    __test__ = True
    kernel_name = "nexus-python"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples: ClassVar[list[dict[str, Any]]] = [{"text": "zi", "matches": {"zip"}}]
    complete_code_samples: ClassVar[list[str]] = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"]
    incomplete_code_samples: ClassVar[list[str]] = ["print('''hello", "def f(x):\n  x*2"]
    invalid_code_samples: ClassVar[list[str]] = ["import = 7q"]
    code_page_something = "zip?"
    code_generate_error = "raise ValueError('no')"
    code_execute_result: ClassVar[list[dict[str, str]]] = [{"code": "1+2+3", "result": "6"}]
    code_display_data: ClassVar[list[dict[str, str]]] = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>t</b>'))", "mime": "text/html"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"


class TestJavaScript(SandboxedKernel):
    """Deno's kernel. What it does not know (history, inspection, pages, unfinished cells) has no samples here."""

    __test__ = True
    kernel_name = "nexus-javascript"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('test')"
    completion_samples: ClassVar[list[dict[str, Any]]] = [{"text": "Number.isInt", "matches": {"isInteger"}}]
    complete_code_samples: ClassVar[list[str]] = ["1", "console.log('hello, world')", "const f = (x: number) => x * 2"]
    code_generate_error = "throw new Error('no')"
    code_execute_result: ClassVar[list[dict[str, str]]] = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2].map((x) => x * 2)", "result": "[ 2, 4 ]"},
    ]
    code_display_data: ClassVar[list[dict[str, str]]] = [
        {"code": "await Deno.jupyter.display({'text/html': '<b>t</b>'}, {raw: true})", "mime": "text/html"},
    ]
