"""Otter's marks in the code of an answer, as the regions of nbgrader's format. Pure.

Otter marks lines (``# SOLUTION``), blocks, prompts in quotes, and lines that nobody gets. In place of a region learners
find ``...``, as they would in Otter.
"""

import ast
import re
from collections.abc import Iterator

from nexus_server.courses.imports.errors import UnreadableImportError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
#: what learners find in an answer's place
STUB = "..."
_BLOCK = re.compile(r"^\s*#\s*BEGIN SOLUTION(?: NO PROMPT)?\s*$")
_BLOCK_END = re.compile(r"#\s*END SOLUTION\s*$")
_LINE = re.compile(r"#\s?(?:SOLUTION(?: NO PROMPT)?|SEED)$")
_HEADING = re.compile(r"^\s*##\s*solution\s*##\s*$", re.IGNORECASE)
_PROMPT = re.compile(r"^\s*\"{3}\s*#\s*BEGIN PROMPT\s*$")
_PROMPT_END = re.compile(r"\"{3};?\s*#\s*END PROMPT\s*$")
_IGNORED = re.compile(r"#\s*IGNORE\s*$")
_IGNORED_BEGIN = re.compile(r"^\s*#\s*BEGIN\s*IGNORE\b", re.IGNORECASE)
_IGNORED_END = re.compile(r"#\s*END\s*IGNORE\s*$", re.IGNORECASE)
_INDENT = re.compile(r"\s*")
#: a cell that is in no notebook of Otter's
_IGNORED_CELL = re.compile(r"^\s*#+\s*ignore\s*#*\s*$", re.IGNORECASE)


def is_ignored(source: str) -> bool:
    """Whether Otter puts a cell into no notebook."""
    return bool(_IGNORED_CELL.match(source.split("\n", 1)[0]))


def without_ignored(source: str, where: str) -> str:
    """Return a cell without the lines that Otter puts into no notebook.

    Raises:
        UnreadableImportError: a block of them has no end.
    """
    kept: list[str] = []
    is_inside = False
    for line in source.split("\n"):
        if _IGNORED_BEGIN.match(line):
            is_inside = True
        elif is_inside:
            is_inside = not _IGNORED_END.search(line)
        elif not _IGNORED.search(line):
            kept.append(line)
    if is_inside:
        raise UnreadableImportError(f"{where}: BEGIN IGNORE has no END IGNORE.")
    return "\n".join(kept)


def marked_solution(source: str, where: str) -> str:
    """Return an answer's code with its regions; code without any mark stays, and is an answer as a whole.

    Raises:
        UnreadableImportError: a block has no end, or an end no block.
    """
    out: list[str] = []
    for line, is_answer in _sorted(source.split("\n"), where):
        is_open = bool(out) and out[-1].lstrip() == END
        if is_answer and is_open:
            out.insert(-1, line)
        elif is_answer:
            indent = (_INDENT.match(line) or [""])[0]
            out += [f"{indent}{BEGIN}", line, f"{indent}{END}"]
        else:
            out.append(line)
    return "\n".join(out).strip("\n")


def _sorted(lines: list[str], where: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines without Otter's marks, and whether each is the answer's."""
    in_block = in_prompt = False
    for line in lines:
        if begins := _BLOCK.match(line) or _BLOCK_END.search(line):
            in_block = _is_begin(begins, where, is_open=in_block)
        elif begins := _PROMPT.match(line) or _PROMPT_END.search(line):
            in_prompt = "BEGIN" in begins[0]
        elif in_prompt:
            yield f"{(_INDENT.match(line) or [''])[0]}# {line.strip()}", False
        elif in_block or not _HEADING.match(line):
            mark = _LINE.search(line.rstrip())
            yield (line[: mark.start()].rstrip() if mark and not in_block else line), in_block or mark is not None
    if in_block or in_prompt:
        raise UnreadableImportError(f"{where}: BEGIN SOLUTION or BEGIN PROMPT has no end.")


def _is_begin(mark: re.Match[str], where: str, *, is_open: bool) -> bool:
    begins = "BEGIN" in mark[0]
    if begins == is_open:
        raise UnreadableImportError(f"{where}: BEGIN SOLUTION and END SOLUTION do not alternate.")
    return begins


def prompted(prompt: str, solution: str) -> str:
    """Return an answer that begins with a prompt of the author's, which learners keep."""
    try:
        ast.parse(prompt)
    except (SyntaxError, ValueError):
        prompt = "\n".join(f"# {line}" for line in prompt.split("\n"))
    return f"{prompt}\n{whole(solution)}"


def whole(text: str) -> str:
    """Return a text as one region."""
    return f"{BEGIN}\n{text}\n{END}"
