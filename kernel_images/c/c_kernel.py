"""The program inside a C sandbox: GCC and TCC behind ipykernel's base class.

A cell of definitions is kept for the cells behind it; statements are run at once, with all that was kept.
"""

from typing import Any

from c_cells import Session
from c_parts import is_complete
from thin_kernel import Outputs, ThinKernel, run


class CKernel(ThinKernel):
    """A kernel of C."""

    implementation = "nexus-c"
    banner = "C"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "c",
        "version": "17",
        "mimetype": "text/x-csrc",
        "file_extension": ".c",
        "codemirror_mode": "text/x-csrc",
        "pygments_lexer": "c",
    }

    def __init__(self, **options: Any) -> None:
        """Start with nothing defined."""
        super().__init__(**options)
        self._session = Session(lambda prompt, is_secret: self.ask(prompt, is_secret=is_secret))

    def run_cell(self, code: str) -> Outputs:
        """Run a cell."""
        yield from self._session.run(code)

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        """Say whether a cell could be run as it is."""
        return {"status": is_complete(code), "indent": ""}


if __name__ == "__main__":
    run(CKernel)
