"""A new folder of `kernel_images/` for a language: a kernel that works at once, and that its author goes on from.

It gives each cell to a program of the language and says what the program printed and how it ended. That is the right
kernel for a language whose cells stand alone; `kernel_images/bash` shows one in which they go on from each other.
"""

import json
import keyword
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from string import Template

from nexus_server.errors import ConflictError, InvalidError
from nexus_server.installation import IS_CHECKOUT, KERNEL_IMAGES

_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")
#: what a Debian package may be called
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")

_CELLS = '''"""A cell of $title: it is given to a program, which ends with a status."""

import tempfile
from collections.abc import Generator
from pathlib import Path

from cell_output import CellError, Printed, Shown
from child import Ask, Child

#: the program; the cell's file is its last word
COMMAND = $command


class Session:
    """What one kernel works with."""

    def __init__(self, ask: Ask) -> None:
        """Begin; `ask` asks the learner for a line, where the language does."""
        self._ask = ask

    def run(self, source: str) -> Generator[Printed | Shown, None, None]:
        """Run a cell and yield what it prints.

        Raises:
            CellError: the program failed.
            KeyboardInterrupt: somebody interrupted it.
        """
        with tempfile.TemporaryDirectory(prefix="cell-") as folder:
            file = Path(folder, "cell$extension")
            file.write_text(source + "\\n", encoding="utf-8")
            child = Child(lambda _told, _asked: [*COMMAND, str(file)])
            try:
                for heard in child.listen(lambda: False):
                    if isinstance(heard, Printed):
                        yield heard
            finally:
                if not child.has_ended:
                    child.interrupt(lambda: child.has_ended, lambda _line: None)
                ending, status = child.ending, child.process.returncode
                child.close()
            if status:
                raise CellError("ProgramFailed", f"the program ended{ending}")
'''

_KERNEL = '''"""The program inside a $title sandbox: $title behind ipykernel's base class."""

from typing import Any

from ${name}_cells import Session
from thin_kernel import Outputs, ThinKernel, run


class ${capital}Kernel(ThinKernel):
    """A kernel of $title."""

    implementation = "nexus-$name"
    banner = "$title"
    language_info: dict[str, Any] = {  # noqa: RUF012  a trait-like attribute of the base class
        "name": "$name",
        "version": "1",
        "mimetype": "text/plain",
        "file_extension": "$extension",
    }

    def __init__(self, **options: Any) -> None:
        """Begin."""
        super().__init__(**options)
        self._session = Session(lambda prompt, is_secret: self.ask(prompt, is_secret=is_secret))

    def run_cell(self, code: str) -> Outputs:
        """Run a cell."""
        yield from self._session.run(code)


if __name__ == "__main__":
    run(${capital}Kernel)
'''

_DOCKERFILE = """# Built by `nexus images nexus-$name` on top of the thin image, without network.
ARG BASE
FROM $${BASE}
USER 0
COPY ${name}_cells.py ${name}_kernel.py /opt/nexus/
RUN python3 -m compileall -q /opt/nexus/${name}_cells.py /opt/nexus/${name}_kernel.py
USER 61000:61000
CMD ["python3", "/opt/nexus/${name}_kernel.py", "-f", "/run/kernel/connection.json"]
"""


class ImageExistsError(ConflictError):
    """There is a kernel image of this name already."""


class NoCheckoutError(InvalidError):
    """Kernel images are made in a checkout of the source; an installed package has none."""


@dataclass(frozen=True)
class NewImage:
    """What is asked for."""

    name: str
    #: the language as its makers write it
    title: str
    #: the program that runs a cell, and its options
    command: str
    extension: str = ".txt"
    debian_packages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could be no image.

        Raises:
            InvalidError: saying what is wrong.
        """
        if not _NAME.fullmatch(self.name) or keyword.iskeyword(self.name):
            raise InvalidError("A name has lower-case letters and digits, and begins with a letter.")
        if not self.command.strip():
            raise InvalidError("Say which program runs a cell.")
        if not re.fullmatch(r"\.[A-Za-z0-9]{1,10}", self.extension):
            raise InvalidError("An extension is a dot and letters, such as .lua.")
        if not self.title.isprintable() or set('"\\') & set(self.title):
            raise InvalidError("A title is plain text.")
        for package in self.debian_packages:
            if not _PACKAGE.fullmatch(package):
                raise InvalidError(f"{package!r} is not the name of a Debian package.")

    def files(self) -> dict[str, str]:
        """Return the folder's files by name."""
        words = shlex.split(self.command)
        known = {
            "name": self.name,
            "title": self.title,
            "capital": self.name.capitalize(),
            "extension": self.extension,
            "command": "(" + "".join(f"{json.dumps(word)}, " for word in words).rstrip(" ") + ")",
        }
        image = {"tag": f"nexus-{self.name}", "kernel_name": f"nexus-{self.name}", "parent": "thin", "optional": True}
        if self.debian_packages:
            image["debian_packages"] = list(self.debian_packages)
        return {
            "image.json": json.dumps(image, indent=2) + "\n",
            "Dockerfile": Template(_DOCKERFILE).substitute(known),
            f"{self.name}_cells.py": Template(_CELLS).substitute(known),
            f"{self.name}_kernel.py": Template(_KERNEL).substitute(known),
            "kernelspec/kernel.json": json.dumps(self._kernelspec(), indent=2) + "\n",
        }

    def _kernelspec(self) -> dict[str, object]:
        config = {"image": f"nexus-{self.name}", "claimable": True}
        return {
            "argv": ["python3", f"/opt/nexus/{self.name}_kernel.py", "-f", "{connection_file}"],
            "display_name": f"{self.title} (sandbox)",
            "language": self.name,
            "interrupt_mode": "signal",
            "metadata": {
                "debugger": False,
                "kernel_provisioner": {"provisioner_name": "nexus-sandbox", "config": config},
            },
        }


def write_image(new: NewImage, images: Path | None = None) -> Path:
    """Write the folder and return it.

    Raises:
        ImageExistsError: there is one of this name.
        NoCheckoutError: this is an installed package.
    """
    if images is None and not IS_CHECKOUT:
        raise NoCheckoutError
    folder = (images or KERNEL_IMAGES) / new.name
    if folder.exists():
        raise ImageExistsError(f"There is a folder {folder.name!r} of kernel images already.")
    for name, text in new.files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
