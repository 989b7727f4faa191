"""What goes into the hint service, and what comes out."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from nexus_server.languages import UserLanguage
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.hints.normal_form import normalised, stable
from nexus_server.tutor.prompts import PROMPT_VERSION
from nexus_server.tutor.rules.rule import MAX_LEVEL


@dataclass(frozen=True, slots=True)
class HintRequest:
    """A learner asks about a failed cell."""

    #: what failed; without a name of an error, nothing did, and the learner does not know how to go on
    failure: Failure
    node_id: UUID | None = None
    #: 1 to `MAX_LEVEL`; None: one deeper than last time. Levels cannot be skipped.
    level: int | None = None
    #: the graded cell that it is about, by its id
    task: str | None = None
    #: whether the learner has read the first level already: it is free where hints come by themselves
    knows_first: bool = False
    #: what the model is told of the course
    course: str = ""
    #: in which the learner reads
    reader: UserLanguage = UserLanguage.ENGLISH

    @property
    def is_stuck(self) -> bool:
        """Whether the learner is stuck without an error."""
        return not self.failure.ename

    @property
    def error_key(self) -> str:
        """The error alone: asking about it again goes a level deeper, even when the code around it changed."""
        return _digest(self._place, self.failure.ename, self.failure.message)

    @property
    def fingerprint(self) -> str:
        """The error in exactly this code: requests with equal fingerprints may share a text."""
        failure = self.failure
        told = (failure.ename, stable(failure.message), normalised(failure), str(failure.line_number))
        reader = [] if self.reader is UserLanguage.ENGLISH else [self.reader.value]
        return _digest(self._place, *told, *([self.course] if self.course else []), *reader)

    @property
    def _place(self) -> str:
        place = f"{PROMPT_VERSION}:{self.node_id}:{self.failure.guessed_language}"
        return f"{place}:{self.task}" if self.is_stuck else place


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class GivenHint:
    """A hint as the learner sees it."""

    id: UUID
    level: int
    text: str
    concept: str
    source: str
    #: whether the text was written for an equal request before
    cached: bool
    remaining_today: int
    max_level: int = MAX_LEVEL
    #: something to think about, which leads on
    question: str = ""
    #: lines of the cell (from 1) that the text is about; the one to look at comes first
    line_refs: tuple[int, ...] = ()
    #: when the next level opens; None: at once
    next_level_opens_at: datetime | None = None
    #: seconds from now until then; 0: at once. A learner's clock may be wrong.
    next_level_in_s: float = 0.0
    #: why a model that is on did not write this text; empty: it did, or none is on
    notice: str = ""
    #: whether the rules know only the kind of the error, and say so
    is_general: bool = False


@dataclass(frozen=True, slots=True)
class FirstHint:
    """The first level of the rules, which nobody asked for and which counts for nothing."""

    text: str
    concept: str
    question: str
    line_refs: tuple[int, ...]
    is_general: bool
    level: int = 1
    max_level: int = MAX_LEVEL


@dataclass(frozen=True, slots=True)
class Delta:
    """A part of a text on its way; the whole that follows replaces all parts."""

    text: str
