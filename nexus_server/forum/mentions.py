"""Who is named in a text: ``@Display Name`` of somebody who takes part. Pure.

Names in code mean nothing, such as decorators.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

#: people that one post tells: who names more is heard by the first
MOST_MENTIONS = 10
_CODE = re.compile(r"^[ ]{0,3}(```|~~~).*?(?:^[ ]{0,3}\1|\Z)|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_AT = re.compile(r"(?<![\w@])@(?=\S)")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who can be named."""

    id: UUID
    display_name: str


def find_mentions(text: str, participants: Sequence[Participant]) -> list[UUID]:
    """Return who is named, in order; of two names the longer one is meant, and namesakes are all meant."""
    words = _CODE.sub(" ", text).casefold()
    names: defaultdict[str, list[UUID]] = defaultdict(list)
    for person in participants:
        names[person.display_name.casefold()].append(person.id)
    lengths = sorted({len(name) for name in names if name}, reverse=True)
    found: dict[UUID, None] = {}
    for at in _AT.finditer(words):
        found |= dict.fromkeys(_named(words, at.end(), names, lengths))
        if len(found) >= MOST_MENTIONS:
            break
    return list(found)[:MOST_MENTIONS]


def _named(words: str, start: int, names: Mapping[str, Sequence[UUID]], lengths: Sequence[int]) -> Sequence[UUID]:
    """Return who is called what stands at `start`: names are looked up, so that a crowd costs no more than a few."""
    for length in lengths:
        end = start + length
        if words[start:end] in names and not _WORD.match(words, end):
            return names[words[start:end]]
    return ()
