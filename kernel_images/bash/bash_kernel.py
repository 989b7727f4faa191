"""The program inside a Bash sandbox: one Bash behind ipykernel's base class.

A cell fails with the first command that fails outside of a condition, and says which; Bash by itself would judge by the
last command alone. One shell lives as long as the kernel, so that variables, functions and directories stay.
"""

import re
from typing import Any

from shell import Shell, complete, is_complete
from thin_kernel import Outputs, ThinKernel, run

_WORD = re.compile(r"[^\s;|&()<>`'\"=]*$")


class BashKernel(ThinKernel):
    """A kernel of one Bash."""

    implementation = "nexus-bash"
    banner = "Bash"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "bash",
        "version": "5.2",
        "mimetype": "text/x-sh",
        "file_extension": ".sh",
        "codemirror_mode": "shell",
        "pygments_lexer": "bash",
    }

    def __init__(self, **options: Any) -> None:
        """Start without a shell; the first cell starts it."""
        super().__init__(**options)
        self._shell = Shell(lambda prompt, is_secret: self.ask(prompt, is_secret=is_secret))

    def run_cell(self, code: str) -> Outputs:
        """Run a cell in the shell."""
        yield from self._shell.run(code)

    def restart(self) -> None:
        """Begin anew, in the directory and with the environment of now."""
        self._shell.close()

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:  # noqa: FBT001  the base class's signature
        """End the shell, and what runs in it."""
        self._shell.close()
        return {"status": "ok", "restart": restart}

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        """Say whether a cell could be run as it is."""
        return {"status": is_complete(code), "indent": ""}

    async def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        """Complete commands and files."""
        before = code[:cursor_pos]
        found = _WORD.search(before)
        word = found[0] if found else ""
        line = before[: len(before) - len(word)].rsplit("\n", 1)[-1].rstrip()
        is_first = not line or line[-1] in ";|&(`"
        matches = complete(word, is_first=is_first) if word else []
        start = cursor_pos - len(word)
        return {"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": cursor_pos, "metadata": {}}


if __name__ == "__main__":
    run(BashKernel)
