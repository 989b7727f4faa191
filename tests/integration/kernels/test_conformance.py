"""Jupyter's own conformance tests, against the sandboxed Python kernel through the provisioner.

Deno's kernel is left out: it sends some results after its `idle`, which the suite takes for missing.
"""

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
    supported_history_operations = ()
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"
