"""A kernel of one's own: a subclass says what running a cell puts out, and this class speaks Jupyter's protocol.

It is ipykernel's base class, so that sockets, signatures, interrupts and questions are ipykernel's.
"""

import os
import sys
from collections.abc import Generator
from contextlib import closing
from typing import Any, ClassVar

import nexus_kernel
from cell_output import CellError, Printed, Shown
from ipykernel import kernelapp
from ipykernel.kernelbase import Kernel
from output_tail import OutputTail

Outputs = Generator[Printed | Shown, None, None]


class ThinKernel(Kernel):
    """A kernel whose cells are run by `run_cell`."""

    implementation_version = "1.0"
    control_msg_types: ClassVar[list[str]] = [*Kernel.control_msg_types, "nexus_claim_request"]
    claimable = os.environ.pop(nexus_kernel.POOLED, "") == "1"

    def run_cell(self, code: str) -> Outputs:
        """Run a cell and yield what it puts out, as it comes.

        Raises:
            CellError: it failed.
            KeyboardInterrupt: somebody interrupted it. What it had started is over.
        """
        raise NotImplementedError

    def restart(self) -> None:
        """Begin anew: the directory and the environment are another learner's."""

    async def nexus_claim_request(self, stream: Any, ident: list[bytes], parent: dict[str, Any]) -> None:
        """Become a learner's kernel, once, in the way that a Python kernel does."""
        was_claimable = type(self).claimable
        await nexus_kernel.SandboxKernel.nexus_claim_request(self, stream, ident, parent)  # type: ignore[arg-type]
        if was_claimable:
            self.restart()

    async def do_execute(
        self,
        code: str,
        silent: bool,  # noqa: FBT001  the base class's signature
        store_history: bool = True,  # noqa: FBT001, FBT002, ARG002
        user_expressions: dict[str, Any] | None = None,  # noqa: ARG002
        allow_stdin: bool = False,  # noqa: FBT001, FBT002
        **_more: Any,
    ) -> dict[str, Any]:
        """Run a cell; a failed one says so."""
        self._allow_stdin = allow_stdin
        for stream in (sys.stdout, sys.stderr):
            stream.set_parent(self.get_parent("shell"))
        try:
            with closing(self.run_cell(code)) as outputs:
                for output in outputs:
                    if not silent:
                        self._put_out(output)
        except CellError as error:
            return self._failed(error, silent=silent)
        except KeyboardInterrupt:
            return self._failed(CellError("KeyboardInterrupt", "the cell was interrupted"), silent=silent)
        except MemoryError:
            return self._failed(CellError("MemoryError", "the result does not fit into memory"), silent=silent)
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def _put_out(self, output: Printed | Shown) -> None:
        if isinstance(output, Printed):
            # Through the kernel's own stream, which is bounded and keeps the order.
            getattr(sys, output.stream).write(output.text)
            return
        self._flush()
        content: dict[str, Any] = {"data": dict(output.data), "metadata": {}}
        if output.is_result:
            content["execution_count"] = self.execution_count
        self.send_response(self.iopub_socket, "execute_result" if output.is_result else "display_data", content)

    def _failed(self, error: CellError, *, silent: bool) -> dict[str, Any]:
        content = {"ename": error.kind, "evalue": error.message, "traceback": error.traceback}
        if not silent:
            self._flush()
            self.send_response(self.iopub_socket, "error", content)
        return {"status": "error", "execution_count": self.execution_count, **content}

    def _flush(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()

    def ask(self, prompt: str, *, is_secret: bool) -> str:
        """Ask the learner for a line.

        Raises:
            EOFError: there are no more.
            StdinNotImplementedError: there is nobody to ask.
        """
        self._flush()
        return str(self.getpass(prompt) if is_secret else self.raw_input(prompt))


def run(kernel_class: type[ThinKernel]) -> None:
    """Be a kernel until it is shut down."""
    nexus_kernel.go_to(os.environ.pop(nexus_kernel.CWD, "") or ".")
    os.umask(0o002)
    # The application makes its publishing thread by this name, and has no other seam for it.
    kernelapp.IOPubThread = OutputTail
    kernelapp.IPKernelApp.launch_instance(sys.argv[1:], kernel_class=kernel_class, config=nexus_kernel.settings())
