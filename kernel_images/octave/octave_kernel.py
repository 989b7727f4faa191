"""The program inside an Octave sandbox: one Octave behind ipykernel's base class.

A cell ends with the first error, and says on which line. One Octave lives as long as the kernel.
"""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from cell_output import CellError
from interpreter import Interpreter
from thin_kernel import Outputs, ThinKernel, run

FUNCTIONS = Path(__file__).parent / "octave"
OCTAVE = (
    "env",
    "LC_ALL=C.UTF-8",
    # One core is more than a kernel has.
    "OMP_NUM_THREADS=1",
    "octave-cli",
    "--quiet",
    "--no-init-file",
    "--no-site-file",
    "--no-history",
)
#: some of them take the place of Octave's own, and it would say so
_FIND = f"warning ('off', 'Octave:shadowed-function'); addpath ('{FUNCTIONS}');"
#: by these the kernel takes away what cells put in the place of other functions
_TAKEN = re.compile(r"^[ \t]*function\b[^\n%#(]*?\b(?P<name>builtin|clear|munlock)\b", re.MULTILINE)
_ERROR_LINE = re.compile(r"parse error near line (\d+)")


class OctaveKernel(ThinKernel):
    """A kernel of one Octave."""

    implementation = "nexus-octave"
    banner = "Octave"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "octave",
        "version": "7.3",
        "mimetype": "text/x-octave",
        "file_extension": ".m",
        "codemirror_mode": "octave",
        "pygments_lexer": "octave",
    }

    def __init__(self, **options: Any) -> None:
        """Start without Octave; the first cell starts it."""
        super().__init__(**options)
        self._interpreter = Interpreter(
            lambda told, asked: [*OCTAVE, "--eval", f"{_FIND} nexus_serve ({told}, {asked})"],
            lambda prompt, is_secret: self.ask(prompt, is_secret=is_secret),
            extension=".m",
        )

    def run_cell(self, code: str) -> Outputs:
        """Run a cell."""
        if taken := _TAKEN.search(code):
            line = code.count("\n", 0, taken.start("name")) + 1
            raise CellError(
                "NameReserved", f"the kernel needs Octave's own {taken['name']}: name yours otherwise", line
            )
        yield from self._interpreter.run(code)

    def restart(self) -> None:
        """Begin anew, in the directory and with the environment of now."""
        self._interpreter.close()

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:  # noqa: FBT001  the base class's signature
        """End Octave, and what runs in it."""
        self._interpreter.close()
        return {"status": "ok", "restart": restart}

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        """Say whether a cell could be run as it is."""
        return {"status": is_complete(code), "indent": ""}


def is_complete(code: str) -> str:
    """Return whether a cell could be run as it is: "complete", "incomplete" or "invalid"."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="cell", suffix=".m") as file:
        file.write(code.rstrip() + "\n")
        file.flush()
        done = subprocess.run(
            [*OCTAVE, "--eval", f"__parse_file__ ('{file.name}')"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode == 0:
        return "complete"
    found = _ERROR_LINE.search(done.stderr.decode(errors="replace"))
    return "incomplete" if found and int(found[1]) > len(code.rstrip().split("\n")) else "invalid"


if __name__ == "__main__":
    run(OctaveKernel)
