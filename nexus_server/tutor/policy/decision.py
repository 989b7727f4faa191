"""What the tutor may do for a learner at a place: one decision from all that was said about it. Pure.

Site, class, roadmap and lab may each say something, also together (one class in one lab). What restricts adds up: the
strictest mode holds, every budget counts, all words are avoided. What is a matter of taste is the most special place's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

#: the model's name where none may be asked
NO_MODEL = "none"


class TutorMode(StrEnum):
    """What is on, from the least to the most."""

    OFF = "off"
    HINTS = "hints"
    CHAT = "chat"


_MODES = tuple(TutorMode)


@dataclass(frozen=True, slots=True)
class TutorPlace:
    """Where a policy holds; what is None is not restricted. At most one of roadmap and node is set."""

    cohort_id: UUID | None = None
    roadmap_id: UUID | None = None
    node_id: UUID | None = None
    #: as people know it: the class, and the roadmap or the lab
    name: str = ""

    @property
    def specialty(self) -> tuple[int, bool]:
        """How special the place is: a lab before a roadmap, and a class in it before everybody."""
        return (2 if self.node_id else 1 if self.roadmap_id else 0, self.cohort_id is not None)


@dataclass(frozen=True, slots=True)
class ExamWindow:
    """A time in which the tutor is off; the end is outside."""

    begins_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` is in it."""
        return self.begins_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Policy:
    """What one place says; None and empty where it says nothing."""

    place: TutorPlace
    mode: TutorMode | None = None
    model: str | None = None
    #: what all learners of the place may spend together in a day (UTC); money in the unit of the site's prices
    tokens_per_day: int | None = None
    money_per_day: float | None = None
    #: words that hints and answers do without, because they were not taught yet
    avoid: tuple[str, ...] = ()
    #: what a model should know of the course
    context: str = ""
    #: seconds from one level of hints to the next one from the third on
    level_wait_s: int | None = None
    #: when the place is off, whatever else is said
    exams: tuple[ExamWindow, ...] = ()

    def at(self, moment: datetime) -> "Policy":
        """Return what the place says at a moment: nothing is on in an exam."""
        return replace(self, mode=TutorMode.OFF) if any(exam.holds(moment) for exam in self.exams) else self

    @property
    def is_budget(self) -> bool:
        """Whether it limits what is spent."""
        return self.tokens_per_day is not None or self.money_per_day is not None


class Subject(StrEnum):
    """What a learner is told the reason of."""

    MODE = "mode"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Reason:
    """Who decided something: a place by its name, or the learner."""

    subject: Subject
    by: str


@dataclass(frozen=True, slots=True)
class TutorDecision:
    """What holds for one learner at one place."""

    mode: TutorMode
    #: None: the rules and the notes alone
    model: str | None
    level_wait_s: float
    budgets: tuple[Policy, ...] = ()
    avoid: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def course(self) -> str:
        """What a model is told of the course: texts that were written under something else are not shared."""
        return "\n".join((*self.avoid, "", *self.context)) if self.avoid or self.context else ""


#: how a reason names the learner
LEARNER = "you"


@dataclass(frozen=True, slots=True)
class TutorSite:
    """What a site has, before anybody says anything."""

    #: names of the models that can be asked
    models: Collection[str]
    #: the one that is asked unless a policy names another; None: none
    default_model: str | None
    level_wait_s: float


def decide(policies: Iterable[Policy], site: TutorSite, *, declines: bool) -> TutorDecision:
    """Return what holds where `policies` apply; `declines` is the learner's own wish that no model is asked.

    The order of the policies does not matter. A model that the site does not have is none.
    """
    said = sorted(policies, key=_order)
    mode, strict = _mode(said)
    model, chosen = _model(said, site, declines=declines)
    waits = [policy.level_wait_s for policy in said if policy.level_wait_s is not None]
    reasons = [
        *([Reason(Subject.MODE, strict.place.name)] if strict else []),
        *([Reason(Subject.MODEL, chosen)] if chosen is not None else []),
    ]
    return TutorDecision(
        mode,
        None if mode is TutorMode.OFF else model,
        waits[0] if waits else site.level_wait_s,
        tuple(policy for policy in said if policy.is_budget),
        tuple(dict.fromkeys(word for policy in said for word in policy.avoid)),
        tuple(dict.fromkeys(policy.context for policy in said if policy.context)),
        tuple(reasons),
    )


def _order(policy: Policy) -> tuple[object, ...]:
    """Sort the most special place first; of two classes, the one that lets a learner wait longer."""
    level, is_class = policy.place.specialty
    return (-level, not is_class, -(policy.level_wait_s or 0), str(policy.place), repr(policy))


def _mode(said: Sequence[Policy]) -> tuple[TutorMode, Policy | None]:
    strict = min(
        (policy for policy in said if policy.mode is not None),
        key=lambda policy: _MODES.index(policy.mode or TutorMode.CHAT),
        default=None,
    )
    return (strict.mode or TutorMode.CHAT, strict) if strict else (TutorMode.CHAT, None)


def _model(said: Sequence[Policy], site: TutorSite, *, declines: bool) -> tuple[str | None, str | None]:
    """Return the model, and who chose it; nobody did where the site's own holds."""
    if declines:
        return None, LEARNER
    named = [policy for policy in said if policy.model is not None]
    without = next((policy for policy in named if policy.model == NO_MODEL), None)
    if without:
        return None, without.place.name
    if not named:
        return site.default_model, None
    model = named[0].model
    return model if model in site.models else None, named[0].place.name
