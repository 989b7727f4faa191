"""What an imported step is called. Pure."""

import re
from pathlib import PurePosixPath

from nbformat import NotebookNode

MAX_TITLE = 200
_HEADING = re.compile(r"^#{1,2}[ \t]+(\S[^\n]*)$", re.MULTILINE)


def title_of(notebook: NotebookNode, path: str) -> str:
    """Return the heading that a notebook begins with, else its file's name."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return (heading_of(texts[0]) if texts else "") or file_title(path)


def heading_of(text: str) -> str:
    """Return the first heading of a Markdown text; empty where there is none."""
    found = _HEADING.search(text)
    return found[1].rstrip("# \t\r")[:MAX_TITLE] if found else ""


def file_title(path: str) -> str:
    """Return a title made of a file's name."""
    words = re.sub(r"[-_\s]+", " ", PurePosixPath(path).stem).strip()
    return (words[:1].upper() + words[1:])[:MAX_TITLE] or "Imported"
