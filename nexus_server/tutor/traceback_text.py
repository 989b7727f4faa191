"""Make a long traceback short, and keep what tells the learner's own lines."""

import re

from nexus_server.tutor.failure import strip_ansi

_FRAME = re.compile(r"^\S.*(?:, in |line \d+)")
_LISTING = re.compile(r"^(?:-+> *\d+|\s+\d*)(?:\s|$)")


def trim_traceback(traceback: str, limit: int) -> str:
    """Return `traceback` with at most about `limit` characters.

    First go the listings of the libraries' code: they tell a learner nothing, and a chain of errors has the learner's
    line in its middle. What is still too long loses its middle.
    """
    traceback = strip_ansi(traceback)
    if len(traceback) <= limit:
        return traceback
    short = "\n".join(_without_listings(traceback.splitlines()))
    half = limit // 2
    return short if len(short) <= limit else f"{short[:half]}\n...\n{short[-half:]}"


def _without_listings(lines: list[str]) -> list[str]:
    kept, is_own = [], True
    for line in lines:
        if _FRAME.match(line):
            is_own = not line.startswith("File ") or "ipykernel" in line
        if is_own or not _LISTING.match(line):
            kept.append(line)
    return kept
