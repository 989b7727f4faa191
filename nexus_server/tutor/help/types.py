"""What a learner who is stuck passes to a person, and what comes back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StuckCell:
    """What does not go on: a cell, its error if there is one, and the learner's own words."""

    cell_source: str = ""
    ename: str = ""
    evalue: str = ""
    traceback: str = ""
    note: str = ""
    node_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """A hint, or a message of the chat."""

    author: Literal["learner", "tutor"]
    text: str


@dataclass(frozen=True, slots=True)
class HelpView:
    """A request as its learner and those who teach them see it."""

    id: UUID
    node_id: UUID | None
    #: of the node; empty outside of every node
    title: str
    learner: str
    note: str
    cell_source: str
    #: ``NameError: ...`` and the lines above it; empty where nothing failed
    error: str
    conversation: tuple[ConversationTurn, ...]
    created_at: datetime
    answer: str | None
    answered_at: datetime | None
