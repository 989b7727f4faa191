"""Which answers are the same for whoever marks them. Pure.

Identical answers share their text; alike answers share their normal form, or differ by typing errors; with the same
output their cells showed the same. An empty answer is alike to empty ones alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from nexus_server.submissions.normal_form import is_misspelled, spelling_key

Likeness = Literal["identical", "alike", "output"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as far as it decides to which others it is alike."""

    id: UUID
    is_code: bool
    text: str
    outputs: str
    normal: str


def group(answers: Iterable[Answer], by: Likeness) -> list[list[Answer]]:
    """Return the answers in groups, the largest first; answers and equal groups keep their order."""
    groups: dict[object, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(_KEYS[by](answer), []).append(answer)
    found = list(groups.values())
    if by == "alike":
        found = _without_typing_errors(found)
    return sorted(found, key=len, reverse=True)


def _by_output(answer: Answer) -> object:
    """Return what a cell showed; a cell that showed nothing says nothing, and its normal form decides."""
    shown = " ".join(answer.outputs.split())
    return ("output", shown) if shown else _by_normal_form(answer)


def _by_normal_form(answer: Answer) -> object:
    return (answer.is_code, answer.normal or answer.text.strip())


def _without_typing_errors(groups: list[list[Answer]]) -> list[list[Answer]]:
    """Join groups of prose that differ by typing errors alone; the larger group is taken for the right spelling."""
    joined: list[list[Answer]] = []
    candidates: dict[tuple[str, ...], list[tuple[list[str], list[Answer]]]] = {}
    for members in sorted(groups, key=len, reverse=True):
        words = members[0].normal.split()
        others = candidates.setdefault(spelling_key(words), [])
        alike = None if members[0].is_code or not words else _find(others, words)
        if alike is not None:
            alike.extend(members)
            continue
        joined.append(members)
        if not members[0].is_code:
            others.append((words, members))
    return joined


def _find(others: list[tuple[list[str], list[Answer]]], words: list[str]) -> list[Answer] | None:
    return next((members for spelling, members in others if is_misspelled(words, spelling)), None)


_KEYS: Mapping[Likeness, Callable[[Answer], object]] = {
    "identical": lambda answer: (answer.is_code, answer.text.strip()),
    "alike": _by_normal_form,
    "output": _by_output,
}
