"""Messages of hidden checks that tell a value of their test, which learners would else not know: they read them."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from nexus_server.notebook_format.author_metadata import shows_messages
from nexus_server.notebook_format.check_messages import check_messages_of
from nexus_server.notebook_format.markers import Region, spans
from nexus_server.notebook_format.metadata import CellRole, cell_meta
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.roadmaps.files.folder_reader import FolderReader
from nexus_server.roadmaps.files.lab_lines import line_of_cell
from nexus_server.roadmaps.files.problem import Problem, Severity
from nexus_server.roadmaps.files.source import NodeSource

#: shorter texts, and numbers that every sentence may hold, say nothing about a test
MIN_CHARS = 3
COMMON_NUMBERS = frozenset(range(11)) | {60, 100}
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")


def check_messages(node: NodeSource, reader: FolderReader) -> Iterator[Problem]:
    """Yield a warning for each message of a hidden check with a value of that check that stands nowhere in the open."""
    if node.lab is None:
        return
    text = reader.read_text(node.entry.file or "", node.path, 1)
    known = "\n".join(cell.source for cell in parse_notebook(node.lab.release_notebook).cells)
    for index, cell in enumerate(parse_notebook(node.lab.source_notebook).cells):
        if cell.cell_type != "code" or cell_meta(cell).role is not CellRole.TESTS or not shows_messages(cell):
            continue
        for line, value in _quoted_values(cell, known):
            message = f"{cell_meta(cell).grade_id}: the message of a hidden check tells {value}, and learners read it"
            yield Problem(node.path, line_of_cell(text, node.path, index, line), message, Severity.WARNING)


def _quoted_values(cell: NotebookNode, known: str) -> Iterator[tuple[int, str]]:
    hidden = spans(cell.source, Region.HIDDEN_TESTS)
    for message, check in check_messages_of(cell.source):
        if any(message.line in span for span in hidden):
            told = (value for value in sorted(_values(check)) if _tells(message.text, value))
            yield from ((message.line, value) for value in told if not _tells(known, value))


def _values(check: str) -> set[str]:
    texts = {first or second for first, second in _QUOTED.findall(check)}
    numbers = {number for number in _NUMBER.findall(_QUOTED.sub("", check)) if float(number) not in COMMON_NUMBERS}
    return {text for text in texts if len(text.strip()) >= MIN_CHARS} | numbers


def _tells(message: str, value: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(value)}(?!\w|\.\d)", message) is not None
