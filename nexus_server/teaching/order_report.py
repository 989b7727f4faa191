"""Does choosing the next step help? The classes whose order is chosen, beside those that follow the roadmap.

Whoever compares decides which class gets which order, before it begins. A difference between two classes can have other
reasons: the report gives figures and their uncertainty, and no verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from nexus_server.accounts.cohorts import Cohorts
from nexus_server.learner import Learner
from nexus_server.mastery.choosing import Knowledge, MappedConcept
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.standing.classes import NextOrder
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember

#: how many standard errors lie to each side of a mean in 95% of cases
Z = 1.96


class OrderFigures(BaseModel):
    """What students who answered anything did, on average. `interval` is of `mastered_per_100_answers`, at 95%."""

    students: int
    answers: float
    mastered: float
    mastered_per_100_answers: float | None
    interval: tuple[float, float] | None


class ClassOrder(OrderFigures):
    """One class."""

    cohort_id: UUID
    name: str
    next_order: NextOrder


class OrderDifference(BaseModel):
    """How many more concepts were mastered for 100 answers where the step is chosen; `interval` holds it at 95%."""

    mastered_per_100_answers: float
    interval: tuple[float, float]


class OrderReport(BaseModel):
    """The classes by name, and each order over all of its classes."""

    roadmap: str
    items: list[ClassOrder]
    by_order: dict[NextOrder, OrderFigures]
    #: null while one of the orders has less than two students who answered
    difference: OrderDifference | None
    next: None = None


@dataclass(frozen=True, slots=True)
class StudentOutcome:
    """What one student did on a roadmap: answers to its concepts, and concepts that were mastered."""

    answers: int
    mastered: int


class OrderReports:
    """Compares the classes that an instructor teaches."""

    def __init__(self, database: Database, cohorts: Cohorts, knowledge: KnowledgeReader) -> None:
        """`cohorts` knows whose classes they are."""
        self._database = database
        self._cohorts = cohorts
        self._knowledge = knowledge

    async def read(self, instructor: Learner, slug: str) -> OrderReport:
        """Return the report of a roadmap.

        Raises:
            ForbiddenError: students may not.
            RoadmapNotFoundError: there is no such roadmap.
        """
        classes = sorted((own.cohort for own in await self._cohorts.list_own(instructor)), key=lambda one: one.name)
        async with self._database.reading() as session:
            concepts = await self._knowledge.find_map(session, slug)
            if concepts is None:
                raise RoadmapNotFoundError
            query = select(CohortMember.cohort_id, CohortMember.user_id).where(
                CohortMember.cohort_id.in_([cohort.id for cohort in classes]), CohortMember.role == "student"
            )
            members = [(cohort_id, user_id) for cohort_id, user_id in await session.execute(query)]
            known = await self._knowledge.read_class(session, {user_id for _, user_id in members})
        outcomes = {user_id: outcome_of(concepts, knowledge) for user_id, knowledge in known.items()}
        return _report(slug, classes, members, outcomes)


def outcome_of(concepts: Sequence[MappedConcept], knowledge: Knowledge) -> StudentOutcome:
    """Return what a student did; a concept that faded since was mastered all the same."""
    return StudentOutcome(
        sum(knowledge.state(concept.id).looks for concept in concepts),
        sum(knowledge.was_mastered(concept.id) for concept in concepts),
    )


def _report(
    slug: str, classes: Sequence[Cohort], members: Sequence[tuple[UUID, UUID]], outcomes: Mapping[UUID, StudentOutcome]
) -> OrderReport:
    of_class = {cohort.id: {user_id for cohort_id, user_id in members if cohort_id == cohort.id} for cohort in classes}
    items = [
        ClassOrder(
            cohort_id=cohort.id,
            name=cohort.name,
            next_order=NextOrder(cohort.next_order),
            **figures_of([outcomes[user_id] for user_id in of_class[cohort.id]]).model_dump(),
        )
        for cohort in classes
    ]
    by_order = {}
    for order in NextOrder:
        # Who is in two classes of one order counts once.
        people = {user for cohort in classes if cohort.next_order == order.value for user in of_class[cohort.id]}
        by_order[order] = [outcomes[user_id] for user_id in people]
    return OrderReport(
        roadmap=slug,
        items=items,
        by_order={order: figures_of(found) for order, found in by_order.items()},
        difference=difference_of(by_order[NextOrder.CHOSEN], by_order[NextOrder.FIXED]),
    )


def difference_of(chosen: Sequence[StudentOutcome], fixed: Sequence[StudentOutcome]) -> OrderDifference | None:
    """Return how far the mean rates are apart, by unequal variances (B. L. Welch, Biometrika 34, 1947)."""
    groups = rates_of(chosen), rates_of(fixed)
    if min(map(len, groups)) < 2:  # noqa: PLR2004  one student has no spread
        return None
    apart = mean(groups[0]) - mean(groups[1])
    spread = Z * sqrt(sum(stdev(rates) ** 2 / len(rates) for rates in groups))
    return OrderDifference(
        mastered_per_100_answers=round(apart, 2), interval=(round(apart - spread, 2), round(apart + spread, 2))
    )


def rates_of(outcomes: Sequence[StudentOutcome]) -> list[float]:
    """Return the concepts that were mastered for 100 answers, of each student who answered anything."""
    return [100 * outcome.mastered / outcome.answers for outcome in outcomes if outcome.answers]


def figures_of(outcomes: Sequence[StudentOutcome]) -> OrderFigures:
    """Return the averages of those who answered anything; nobody's rate is known who did not."""
    active = [outcome for outcome in outcomes if outcome.answers]
    rates = rates_of(active)
    spread = Z * stdev(rates) / sqrt(len(rates)) if len(rates) > 1 else None
    middle = mean(rates) if rates else None
    return OrderFigures(
        students=len(active),
        answers=round(mean(outcome.answers for outcome in active), 2) if active else 0.0,
        mastered=round(mean(outcome.mastered for outcome in active), 2) if active else 0.0,
        mastered_per_100_answers=None if middle is None else round(middle, 2),
        interval=None if middle is None or spread is None else (round(middle - spread, 2), round(middle + spread, 2)),
    )
