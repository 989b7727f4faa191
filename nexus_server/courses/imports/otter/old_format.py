"""Otter Assign's first format as its present one: questions begin in a fence of text and end with their tests. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_raw_cell

Numbered = tuple[int, NotebookNode]
_FENCE = re.compile(
    r"^```[ \t]*\n\s*BEGIN (?P<what>ASSIGNMENT|QUESTION)[^\n]*\n(?P<config>[^`]*)```[ \t]*$", re.MULTILINE
)
_TEST = re.compile(r"^\s*#+\s*(?P<hidden>hidden\s+)?tests?\s*#*\s*$", re.IGNORECASE)
_CODE_ANSWER = re.compile(r"#\s?(?:BEGIN )?SOLUTION\b|^[ \t]*##[ \t]*solution[ \t]*##", re.IGNORECASE | re.MULTILINE)
_TEXT_ANSWER = re.compile(r"^\s*(?:<\w+>)?\**\s*solution\b", re.IGNORECASE)
_MANUAL = re.compile(r"^[ \t]*manual:[ \t]*true[ \t]*$", re.IGNORECASE | re.MULTILINE)


def is_old_format(cells: Sequence[NotebookNode]) -> bool:
    """Whether a notebook is written in the first format."""
    return any(cell.cell_type == "markdown" and _FENCE.search(cell.source) for cell in cells)


def modernised(cells: Sequence[NotebookNode]) -> Iterator[Numbered]:
    """Yield the cells, with their numbers, as the present format has them."""
    state = _Open()
    for number, cell in enumerate(cells, 1):
        fence = _FENCE.search(cell.source) if cell.cell_type == "markdown" else None
        if fence:
            yield from state.close(number)
            yield from _fenced(cell, fence, number, state)
        elif not state.is_open:
            yield number, cell
        else:
            yield from state.placed(number, cell)
    yield from state.close(len(cells))


def _fenced(cell: NotebookNode, fence: re.Match[str], number: int, state: "_Open") -> Iterator[Numbered]:
    is_question = fence["what"] == "QUESTION"
    before, after = cell.source[: fence.start()].strip(), cell.source[fence.end() :].strip()
    if before and not is_question:
        yield number, new_markdown_cell(before)
    yield number, new_raw_cell(f"# {'BEGIN QUESTION' if is_question else 'ASSIGNMENT CONFIG'}\n{fence['config']}")
    if is_question:
        state.begin(is_manual=bool(_MANUAL.search(fence["config"])))
    text = "\n\n".join(part for part in (before if is_question else "", after) if part)
    if text:
        yield number, new_markdown_cell(text)


@dataclass
class _Open:
    """The question that is being read."""

    is_open: bool = False
    is_manual: bool = False
    has_answer: bool = False
    tests: list[Numbered] = field(default_factory=list)

    def begin(self, *, is_manual: bool) -> None:
        self.is_open, self.is_manual, self.has_answer, self.tests = True, is_manual, False, []

    def placed(self, number: int, cell: NotebookNode) -> Iterator[Numbered]:
        """Yield a cell that may belong to the question; the first one that does not ends it."""
        first, _, rest = cell.source.partition("\n")
        test = _TEST.match(first) if cell.cell_type == "code" else None
        is_answer = bool((_CODE_ANSWER if cell.cell_type == "code" else _TEXT_ANSWER).search(cell.source))
        if test:
            source = f"# HIDDEN\n{rest}" if test["hidden"] else rest
            self.tests.append((number, NotebookNode({**cell, "source": source})))
        elif is_answer and not self.tests:
            self.has_answer = True
            yield from (
                (number, new_raw_cell("# BEGIN SOLUTION")),
                (number, cell),
                (number, new_raw_cell("# END SOLUTION")),
            )
        elif self.tests or (self.is_manual and self.has_answer):
            yield from self.close(number)
            yield number, cell
        else:
            yield number, cell

    def close(self, number: int) -> Iterator[Numbered]:
        """End the question, with its tests."""
        if not self.is_open:
            return
        if self.tests:
            yield self.tests[0][0], new_raw_cell("# BEGIN TESTS")
            yield from self.tests
            yield self.tests[-1][0], new_raw_cell("# END TESTS")
        yield (self.tests[-1][0] if self.tests else number), new_raw_cell("# END QUESTION")
        self.is_open = False
