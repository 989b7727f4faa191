"""The terms that hold for a learner on a lab: the lab's own, with the overrides for them, their labels and classes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import ExamClosedError, ExamNotStartedError, LabNotOpenYetError
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.sittings import find_sitting
from nexus_server.roadmaps.learning.terms import Override, Terms, TermsOverride, decide, terms_for
from nexus_server.store.models.accounts import Cohort, CohortMember
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.terms import TermsOverrideRow


async def load_terms(session: AsyncSession, user_id: UUID, node: Node) -> Terms:
    """Return what holds for a learner on the lab `node`."""
    return (await load_terms_of(session, user_id, [node]))[node.id]


async def load_terms_of(session: AsyncSession, user_id: UUID, labs: Sequence[Node]) -> dict[UUID, Terms]:
    """Return what holds for a learner on each of some labs, by the labs' ids."""
    labels = (await _labels(session, [user_id])).get(user_id, {})
    mine = or_(TermsOverrideRow.user_id == user_id, TermsOverrideRow.cohort_id.in_(labels))
    overrides: dict[UUID, list[Override]] = {node.id: [] for node in labs}
    for row, class_name in await _overrides(session, labs, mine):
        if row.cohort_id is None or row.label in labels[row.cohort_id]:
            overrides[row.node_id].append(_override(row, class_name))
    return {node.id: terms_for(LabSpec.model_validate(node.spec["lab"]), overrides[node.id]) for node in labs}


async def load_terms_for(session: AsyncSession, user_ids: Collection[UUID], node: Node) -> dict[UUID, Terms]:
    """Return what holds for each of some learners on the lab `node`, by the learners' ids."""
    labels = await _labels(session, user_ids)
    classes = {cohort_id for theirs in labels.values() for cohort_id in theirs}
    theirs = or_(TermsOverrideRow.user_id.in_(user_ids), TermsOverrideRow.cohort_id.in_(classes))
    rows = list(await _overrides(session, [node], theirs))
    spec = LabSpec.model_validate(node.spec["lab"])
    return {
        user_id: terms_for(
            spec,
            [
                _override(row, class_name)
                for row, class_name in rows
                if row.user_id == user_id
                or (row.cohort_id is not None and row.label in labels.get(user_id, {}).get(row.cohort_id, ()))
            ],
        )
        for user_id in user_ids
    }


async def require_opened(session: AsyncSession, learner: Learner, node: Node, now: datetime) -> None:
    """Do nothing when the learner may look at the node; staff may look at a lab before it opens.

    Raises:
        LabNotOpenYetError: it is a lab that opens later.
        ExamNotStartedError, ExamClosedError: it is a timed exam that the learner has not started.
    """
    if node.type != "lab" or learner.is_staff:
        return
    sitting = await find_sitting(session, learner.id, node.id)
    require_begun(await load_terms(session, learner.id, node), now, sitting.started_at if sitting else None)


def require_begun(terms: Terms, now: datetime, started_at: datetime | None) -> None:
    """Do nothing when somebody who started an exam at `started_at`, if it is one, may look at it.

    Raises:
        LabNotOpenYetError, ExamNotStartedError, ExamClosedError
    """
    match decide(terms, now, started_at=started_at).access:
        case "early":
            raise LabNotOpenYetError(opens=terms.opens.isoformat() if terms.opens else None)
        case "ready":
            raise ExamNotStartedError
        case "closed":
            raise ExamClosedError(deadline=terms.deadline.isoformat() if terms.deadline else None)


def is_over(terms: Terms, now: datetime, sitting: ExamSitting | None) -> bool:
    """Whether a lab is over for a learner: its deadline is past; of an exam, they sat it and may see the results."""
    if terms.time_limit is not None:
        return sitting is not None and sitting.released_at is not None
    return terms.deadline is not None and now > terms.deadline


async def _labels(session: AsyncSession, user_ids: Collection[UUID]) -> dict[UUID, dict[UUID, set[str]]]:
    """Return the labels that learners have in their open classes, the empty one for the class; by learner and class."""
    memberships = (
        select(CohortMember.user_id, CohortMember.cohort_id, CohortMember.labels)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.user_id.in_(user_ids), CohortMember.role == "student", Cohort.archived_at.is_(None))
    )
    found: dict[UUID, dict[UUID, set[str]]] = {}
    for user_id, cohort_id, labels in await session.execute(memberships):
        found.setdefault(user_id, {})[cohort_id] = {"", *labels}
    return found


async def _overrides(
    session: AsyncSession, labs: Sequence[Node], whose: ColumnElement[bool]
) -> Iterable[tuple[TermsOverrideRow, str | None]]:
    """Return overrides with the names of their classes, always in the same order."""
    query = (
        select(TermsOverrideRow, Cohort.name)
        .outerjoin(Cohort, Cohort.id == TermsOverrideRow.cohort_id)
        .where(TermsOverrideRow.node_id.in_([node.id for node in labs]), whose)
        .order_by(Cohort.name, TermsOverrideRow.id)
    )
    return [(row, name) for row, name in await session.execute(query)]


def _override(row: TermsOverrideRow, class_name: str | None) -> Override:
    return Override(TermsOverride.model_validate(row.terms), class_name, row.label)
