"""The program inside an R sandbox: one R behind ipykernel's base class.

A cell ends with the first error, and says on which line. One R lives as long as the kernel.
"""

import subprocess
from pathlib import Path
from typing import Any

from interpreter import Interpreter
from thin_kernel import Outputs, ThinKernel, run

HERE = Path(__file__).parent
R = (
    "env",
    "LC_ALL=C.UTF-8",
    "LANGUAGE=en",
    "R",
    "--no-echo",
    "--no-restore",
    "--no-save",
    "--no-site-file",
    "--no-init-file",
)
#: ends with 0 for a cell that can be read, with 1 for one that is not over yet, with 2 for one that never can
_IS_COMPLETE = (
    "tryCatch({parse(text = readLines('stdin')); quit(status = 0)}, error = function(e) "
    "quit(status = if (grepl('unexpected end of input|unexpected INCOMPLETE_STRING', conditionMessage(e))) 1 else 2))"
)


class RKernel(ThinKernel):
    """A kernel of one R."""

    implementation = "nexus-r"
    banner = "R"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "R",
        "version": "4.2",
        "mimetype": "text/x-r-source",
        "file_extension": ".r",
        "codemirror_mode": "r",
        "pygments_lexer": "r",
    }

    def __init__(self, **options: Any) -> None:
        """Start without R; the first cell starts it."""
        super().__init__(**options)
        self._interpreter = Interpreter(
            lambda told, asked: [*R, f"--file={HERE}/loop.R", "--args", str(told), str(asked), f"{HERE}/functions.R"],
            lambda prompt, is_secret: self.ask(prompt, is_secret=is_secret),
            extension=".R",
        )

    def run_cell(self, code: str) -> Outputs:
        """Run a cell."""
        yield from self._interpreter.run(code)

    def restart(self) -> None:
        """Begin anew, in the directory and with the environment of now."""
        self._interpreter.close()

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:  # noqa: FBT001  the base class's signature
        """End R, and what runs in it."""
        self._interpreter.close()
        return {"status": "ok", "restart": restart}

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        """Say whether a cell could be run as it is."""
        return {"status": is_complete(code), "indent": ""}


def is_complete(code: str) -> str:
    """Return whether a cell could be run as it is: "complete", "incomplete" or "invalid"."""
    done = subprocess.run(["Rscript", "--vanilla", "-e", _IS_COMPLETE], input=code.encode(), check=False)
    return {0: "complete", 1: "incomplete"}.get(done.returncode, "invalid")


if __name__ == "__main__":
    run(RKernel)
