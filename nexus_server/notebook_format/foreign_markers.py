"""Regions that other tools' authors mark as not for learners: Otter's, and spellings that nbgrader would not know.

nbgrader's own markers are in `markers`. These here are cut out of a release wherever they stand, because a course that
moved from one tool to another keeps some of the old ones, and each shows an answer. Pure.
"""

import re

from nexus_server.notebook_format.errors import UnbalancedMarkersError
from nexus_server.notebook_format.markers import Region

_COMMENT = r"^\s*(?:#+|//+|--+|%+|;+|/\*+|<!--+)\s*"
_NAMES = (
    r"(?:(?:MODEL|REFERENCE)[ _-])?(?:SOLUTIONS?|ANSWERS?)|HIDDEN(?:[ _-]TESTS?)?|MARK(?:ING)?[ _-]SCHEME"
    r"|INSTRUCTORS?(?:[ _-]ONLY)?"
)
_BEGIN = re.compile(rf"{_COMMENT}@?BEGIN[ _-]+(?:{_NAMES})\b", re.IGNORECASE)
_END = re.compile(rf"{_COMMENT}@?END[ _-]+(?:{_NAMES})\b", re.IGNORECASE)
#: Otter's mark behind a line of code
_MARKED_LINE = re.compile(r"^(?P<indent>\s*)(?P<code>\S.*?)\s*(?:#|//)\s*SOLUTION(?P<silent> NO PROMPT)?\s*$")
_ASSIGNED = re.compile(r"^[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:\s*:[^=]+)?\s*=(?!=)")
_NBGRADER = tuple(f"{edge} {region}" for edge in ("BEGIN", "END") for region in Region)


def without_foreign_regions(source: str, *, language: str | None) -> str:
    """Cut the regions out of a cell's source, and in code of a `language` the answers of marked lines.

    Raises:
        UnbalancedMarkersError: a begin without an end or the reverse; carries `line`, counted from 1.
    """
    lines: list[str] = []
    begin: int | None = None
    for number, line in enumerate(source.split("\n"), 1):
        is_known = any(marker in line for marker in _NBGRADER)
        if begin is None and not is_known and _BEGIN.match(line):
            begin = number
        elif not is_known and _END.match(line):
            if begin is None:
                raise UnbalancedMarkersError(f"{line.strip()!r} ends a region that no line begins.", line=number)
            begin = None
        elif begin is None:
            lines += [line] if language is None else _without_answer(line, language)
    if begin is not None:
        raise UnbalancedMarkersError(f"The region that begins in line {begin} has no end.", line=begin)
    return "\n".join(lines)


def _without_answer(line: str, language: str) -> list[str]:
    """Keep the name that a marked line of Python assigns to, as Otter does; elsewhere such a line goes altogether."""
    marked = _MARKED_LINE.match(line)
    if marked is None:
        return [line]
    if marked["silent"] or language != "python":
        return []
    assigned = _ASSIGNED.match(marked["code"])
    return [f"{marked['indent']}{assigned[0]} ..." if assigned else f"{marked['indent']}..."]
