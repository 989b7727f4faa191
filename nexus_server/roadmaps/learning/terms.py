"""A lab's terms for one learner: opening, deadline, what lateness costs, attempts that count, a time limit. Pure.

An override names the terms that differ for a learner, for a class, or for those of a class who have a label. Each term
is decided by itself: the learner's own override first; then that of the learner's labels that is best for the learner;
then that of their classes that is best; then the lab. Extra time makes the time from opening to the deadline longer,
unless the learner has a deadline of their own. `decide` says what all that means at a moment.

A lab with a time limit is a timed exam: nobody sees it before they start it, and from then on their time runs, whatever
happens to them or to the server. It ends at the latest at the deadline. Extra time makes the limit longer as well.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from nexus_server.decimals import exact
from nexus_server.roadmaps.files.roadmap_file import MAX_LIMIT_MINUTES, LabSpec, Share

#: none, zero, or the share taken off for each day begun
LatePenalty = Literal["none", "zero"] | float
Term = Literal["opens", "deadline", "late_penalty", "attempts", "extra_time", "time_limit_minutes"]
TERMS: tuple[Term, ...] = ("opens", "deadline", "late_penalty", "attempts", "extra_time", "time_limit_minutes")
#: who said so
By = Literal["learner", "label", "class"]
#: early: not open yet; late: handing in costs what `Decision.penalty` says; used_up: no attempt is left; and of a timed
#: exam ready: it may be started; closed: it is too late to start it; time_up: it was started, and the time is over
Access = Literal["early", "open", "late", "used_up", "ready", "closed", "time_up"]

DAY = timedelta(days=1)


class TermsOverride(BaseModel):
    """The terms that differ. Null lifts a term: no deadline, any number of attempts, open from the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    opens: AwareDatetime | None = None
    deadline: AwareDatetime | None = None
    late_penalty: Literal["none", "zero"] | Share = "none"
    attempts: int | None = Field(None, ge=1, le=10_000)
    #: share of the time from opening to the deadline that is added to it: 0.25 is a quarter more
    extra_time: float = Field(0.0, ge=0, le=3, allow_inf_nan=False)
    #: time from starting a timed exam to its end, before extra time; null: no limit
    time_limit_minutes: int | None = Field(None, ge=1, le=MAX_LIMIT_MINUTES)

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if not self.model_fields_set & set(TERMS):
            raise ValueError(f"an override names at least one of {', '.join(TERMS)}")
        return self


@dataclass(frozen=True, slots=True)
class Override:
    """An override that holds for a learner: their own, that of a class, or of a label that they have there."""

    terms: TermsOverride
    #: None for the learner's own
    class_name: str | None = None
    #: empty: it is for the whole class
    label: str = ""

    @property
    def by(self) -> By:
        """Whose it is."""
        if self.class_name is None:
            return "learner"
        return "label" if self.label else "class"


class ChangedTerm(BaseModel):
    """A term that is not the lab's own, and by whose override."""

    term: Term
    by: By
    class_name: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one learner."""

    opens: datetime | None
    deadline: datetime | None
    late_penalty: LatePenalty
    #: how many count; None for any number
    attempts: int | None
    #: share of the time from opening to the deadline that was added; `deadline` has it in it
    extra_time: float = 0.0
    #: without the extra time
    time_limit_minutes: int | None = None
    changed: tuple[ChangedTerm, ...] = ()

    @property
    def time_limit(self) -> timedelta | None:
        """How long a learner has once they start, with their extra time; None: as long as they like."""
        if self.time_limit_minutes is None:
            return None
        return timedelta(minutes=self.time_limit_minutes) * (1 + self.extra_time)

    def end_of(self, started_at: datetime | None) -> datetime | None:
        """Return when an exam that was started then is over; the deadline ends it, too."""
        if started_at is None or self.time_limit is None:
            return None
        end = started_at + self.time_limit
        return end if self.deadline is None else min(end, self.deadline)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a learner may do at a moment, and what it costs."""

    access: Access
    #: share of the points that lateness takes off what is handed in now, 0 to 1
    penalty: float = 0.0
    attempts_left: int | None = None
    #: when the exam that was started is over
    ends_at: datetime | None = None


def terms_for(spec: LabSpec, overrides: Sequence[Override]) -> Terms:
    """Return what holds under a lab's own terms and a learner's overrides."""
    values: dict[str, Any] = {}
    changed: list[ChangedTerm] = []
    for term in TERMS:
        chosen = _deciding(term, overrides)
        values[term] = getattr(chosen.terms, term) if chosen else getattr(spec, term, 0.0)
        if chosen:
            changed.append(ChangedTerm(term=term, by=chosen.by, class_name=chosen.class_name))
    if not any(each.term == "deadline" and each.by == "learner" for each in changed):
        values["deadline"] = _stretched(_first_opening(spec, overrides), values["deadline"], values["extra_time"])
    return Terms(**values, changed=tuple(changed))


def decide(terms: Terms, now: datetime, used: int = 0, started_at: datetime | None = None) -> Decision:
    """Return what a learner may do at `now` with `used` attempts that count, having started an exam at `started_at`."""
    left = None if terms.attempts is None else max(0, terms.attempts - used)
    if terms.opens is not None and now < terms.opens:
        return Decision("early", attempts_left=left)
    penalty, ends_at = late_penalty(now, terms.deadline, terms.late_penalty), terms.end_of(started_at)
    is_late = terms.deadline is not None and now > terms.deadline
    access: Access = "late" if is_late else "open"
    if left == 0:
        access = "used_up"
    elif terms.time_limit is not None and ends_at is None:
        access = "closed" if is_late else "ready"
    elif ends_at is not None:
        access = "open" if now <= ends_at else "time_up"
    return Decision(access, penalty, left, ends_at)


def late_penalty(received_at: datetime, deadline: datetime | None, rule: LatePenalty) -> float:
    """Return the share that lateness takes off."""
    if deadline is None or received_at <= deadline or rule == "none":
        return 0.0
    if rule == "zero":
        return 1.0
    days_begun = math.ceil((received_at - deadline) / DAY)
    return min(1.0, float(exact(rule) * days_begun))


def _first_opening(spec: LabSpec, overrides: Sequence[Override]) -> datetime | None:
    """Return the earliest opening that is named: being let in from the start takes no extra time away."""
    named = [spec.opens, *(each.terms.opens for each in overrides)]
    return min((opens for opens in named if opens is not None), default=None)


def _stretched(opens: datetime | None, deadline: datetime | None, share: float) -> datetime | None:
    """Return a deadline with extra time; a lab without either end has no time that could be longer."""
    if opens is None or deadline is None or deadline <= opens:
        return deadline
    return deadline + (deadline - opens) * share


def _deciding(term: Term, overrides: Sequence[Override]) -> Override | None:
    """Return the override that decides a term: of the nearest kind that names it, the best for the learner."""
    naming = [each for each in overrides if term in each.terms.model_fields_set]
    by: By
    for by in ("learner", "label", "class"):
        nearest = [each for each in naming if each.by == by]
        if nearest:
            return max(nearest, key=partial(_kindness, term))
    return None


def _kindness(term: Term, override: Override) -> float:
    """Return how good an override's term is for the learner: more is better."""
    return _KINDNESS[term](getattr(override.terms, term))


def _mildness(rule: LatePenalty) -> float:
    if rule == "none":
        return 0.0
    return -math.inf if rule == "zero" else -float(rule)


_KINDNESS: dict[Term, Callable[[Any], float]] = {
    "opens": lambda opens: math.inf if opens is None else -opens.timestamp(),
    "deadline": lambda deadline: math.inf if deadline is None else deadline.timestamp(),
    "late_penalty": _mildness,
    "attempts": lambda attempts: math.inf if attempts is None else attempts,
    "extra_time": float,
    "time_limit_minutes": lambda minutes: math.inf if minutes is None else minutes,
}
