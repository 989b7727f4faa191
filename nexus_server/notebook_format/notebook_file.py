"""Notebooks on this machine's disk: `.ipynb`, or scripts of Jupytext's `py:percent`."""

from pathlib import Path

from nbformat import NotebookNode

from nexus_server.notebook_format.course_config import config_beside
from nexus_server.notebook_format.errors import NotANotebookError, NotebookTooLargeError
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.scripts import is_script, parse_script
from nexus_server.phrases import gettext_noop

#: outputs that nobody cleared may be long, and nbgrader grades those notebooks, too
MAX_FILE_BYTES = 512 * 1024 * 1024
#: documents with code in them, of Quarto, R Markdown and MyST
DOCUMENTS = (".md", ".qmd", ".rmd")
_DOCUMENT = gettext_noop("Not a notebook: this is a document. Convert it to a notebook, a file .ipynb, and take that.")


def read_notebook(path: Path) -> NotebookNode:
    """Parse a notebook file; see `parse_notebook` and `parse_script`.

    Raises:
        NotANotebookError: also when the file cannot be read.
        NotebookTooLargeError
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise NotANotebookError(f"{path}: {exc.strerror or exc}.") from exc
    try:
        return _parse(path, data)
    except (NotANotebookError, NotebookTooLargeError) as exc:
        raise type(exc)(f"{path}: {exc.message}") from exc


def _parse(path: Path, data: bytes) -> NotebookNode:
    if path.suffix.lower() in DOCUMENTS:
        raise NotANotebookError(_DOCUMENT)
    return _parse_script(data) if is_script(path) else parse_notebook(data, max_bytes=MAX_FILE_BYTES)


def read_course_notebook(path: Path) -> tuple[NotebookNode, bool]:
    """Parse an instructor's notebook with its course's own markers read; return it, and whether they changed it.

    Raises:
        NotANotebookError, NotebookTooLargeError
        UnreadableConfigError: the course's configuration cannot be read.
    """
    notebook = read_notebook(path)
    return notebook, config_beside(path).adopt(notebook)


def _parse_script(data: bytes) -> NotebookNode:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise NotANotebookError("Not a Jupytext script: it is not text in UTF-8.") from exc
    return parse_script(text.replace("\r\n", "\n"))
