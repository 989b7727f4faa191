"""The seam between the tutor and whatever writes its texts."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Speaker(StrEnum):
    """Who said something in a conversation."""

    LEARNER = "learner"
    TUTOR = "tutor"


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution to a conversation."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: standing instructions, and the conversation up to the learner's last words."""

    instructions: str
    turns: tuple[Turn, ...]
    max_output_tokens: int = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer; the last one may carry the usage, in tokens."""

    text: str
    usage: Mapping[str, int] = field(default_factory=dict)


class TutorModel(Protocol):
    """Something that answers prompts."""

    #: what is stored as a text's `source`
    source: str

    @property
    def is_resting(self) -> bool:
        """Whether it failed so often that it is not asked at this moment."""
        ...

    def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """Yield the answer piece by piece.

        Raises:
            ModelUnavailableError: it cannot answer now, or stopped in the middle.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
