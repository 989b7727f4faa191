"""The terms that hold for a learner on a lab: the lab's own, with the overrides for them, their labels and classes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import LabNotOpenYetError
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.terms import Override, Terms, TermsOverride, decide, terms_for
from nexus_server.store.models.accounts import Cohort, CohortMember
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.terms import TermsOverrideRow


async def load_terms(session: AsyncSession, user_id: UUID, node: Node) -> Terms:
    """Return what holds for a learner on the lab `node`."""
    return (await load_terms_of(session, user_id, [node]))[node.id]


async def load_terms_of(session: AsyncSession, user_id: UUID, labs: Sequence[Node]) -> dict[UUID, Terms]:
    """Return what holds for a learner on each of some labs, by the labs' ids."""
    memberships = (
        select(CohortMember.cohort_id, CohortMember.labels)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.user_id == user_id, CohortMember.role == "student", Cohort.archived_at.is_(None))
    )
    labels = {cohort_id: {"", *theirs} for cohort_id, theirs in await session.execute(memberships)}
    columns = (TermsOverrideRow.node_id, TermsOverrideRow.terms, TermsOverrideRow.cohort_id, TermsOverrideRow.label)
    query = (
        select(*columns, Cohort.name)
        .outerjoin(Cohort, Cohort.id == TermsOverrideRow.cohort_id)
        .where(
            TermsOverrideRow.node_id.in_([node.id for node in labs]),
            or_(TermsOverrideRow.user_id == user_id, TermsOverrideRow.cohort_id.in_(labels)),
        )
        .order_by(Cohort.name, TermsOverrideRow.id)
    )
    overrides: dict[UUID, list[Override]] = {node.id: [] for node in labs}
    for node_id, terms, cohort_id, label, class_name in await session.execute(query):
        if cohort_id is None or label in labels[cohort_id]:
            overrides[node_id].append(Override(TermsOverride.model_validate(terms), class_name, label))
    return {node.id: terms_for(LabSpec.model_validate(node.spec["lab"]), overrides[node.id]) for node in labs}


async def require_opened(session: AsyncSession, learner: Learner, node: Node, now: datetime) -> None:
    """Do nothing when the learner may begin the node; staff may look at a lab before it opens.

    Raises:
        LabNotOpenYetError: it is a lab that opens later.
    """
    if node.type != "lab" or learner.is_staff:
        return
    terms = await load_terms(session, learner.id, node)
    if decide(terms, now).access == "early":
        raise LabNotOpenYetError(opens=terms.opens.isoformat() if terms.opens else None)
