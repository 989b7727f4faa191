"""Who is named in a text: ``@Display Name`` of somebody who takes part. Pure.

Names in code mean nothing, such as decorators.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

#: people that one post tells: who names more is heard by the first
MOST_MENTIONS = 10
_CODE = re.compile(r"^[ ]{0,3}(```|~~~).*?(?:^[ ]{0,3}\1|\Z)|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_AT = re.compile(r"(?<![\w@])@(?=\S)")


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who can be named."""

    id: UUID
    display_name: str


def find_mentions(text: str, participants: Sequence[Participant]) -> list[UUID]:
    """Return who is named, in order; of two names the longer one is meant, and namesakes are all meant."""
    words = _CODE.sub(" ", text).casefold()
    found: dict[UUID, None] = {}
    for at in _AT.finditer(words):
        rest = words[at.end() : at.end() + 100]
        named = [person for person in participants if _begins_with(rest, person.display_name.casefold())]
        longest = max((len(person.display_name) for person in named), default=0)
        found |= {person.id: None for person in named if len(person.display_name) == longest}
    return list(found)[:MOST_MENTIONS]


def _begins_with(text: str, name: str) -> bool:
    return bool(name) and text.startswith(name) and not re.match(r"\w", text[len(name) :])
