"""Policies in the database, and the decision for a learner."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Row, Select, or_, select

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.sittings import exams_that_close
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.roadmaps import Node, Roadmap
from nexus_server.store.models.tutor import TutorPolicyRow
from nexus_server.tutor.policy.decision import (
    ExamWindow,
    Policy,
    TutorDecision,
    TutorMode,
    TutorPlace,
    TutorSite,
    decide,
)

#: how the place without any restriction is called
EVERYWHERE = "the site"


class PolicySource(Protocol):
    """Decides what holds for a learner at a place."""

    async def decide(self, learner: Learner, node_id: UUID | None) -> TutorDecision:
        """Return what holds in node `node_id`, or outside of every node."""
        ...


class StoredPolicies:
    """Decides by what instructors and administrators have set."""

    def __init__(self, database: Database, clock: Clock, site: TutorSite) -> None:
        """`site` is what holds where nobody says anything."""
        self._database = database
        self._clock = clock
        self._site = site

    async def decide(self, learner: Learner, node_id: UUID | None) -> TutorDecision:
        """Return what holds in node `node_id`, or outside of every node; nothing is on in an exam that does without."""
        classes = (
            select(CohortMember.cohort_id)
            .join(Cohort, Cohort.id == CohortMember.cohort_id)
            .where(CohortMember.user_id == learner.id, CohortMember.role == "student", Cohort.archived_at.is_(None))
        )
        roadmap = select(Node.roadmap_id).where(Node.id == node_id).scalar_subquery()
        mine = policies_query().where(
            or_(TutorPolicyRow.cohort_id.is_(None), TutorPolicyRow.cohort_id.in_(classes)),
            or_(TutorPolicyRow.roadmap_id.is_(None), TutorPolicyRow.roadmap_id == roadmap),
            or_(TutorPolicyRow.node_id.is_(None), TutorPolicyRow.node_id == node_id),
        )
        async with self._database.reading() as session:
            sat = [
                Policy(TutorPlace(name=title), mode=TutorMode.OFF)
                for title in await exams_that_close(session, learner.id, "tutor")
            ]
            declines = await session.scalar(select(User.no_ai).where(User.id == learner.id))
            rows = (await session.execute(mine)).all()
        return decide(
            [*sat, *(policy_of(row).at(self._clock.now()) for row in rows)], self._site, declines=bool(declines)
        )


def policies_query() -> Select[TutorPolicyRow, str, str, str]:
    """Return the statement of policies, each with the names of its class, roadmap and node."""
    return (
        select(TutorPolicyRow, Cohort.name, Roadmap.title, Node.title)
        .outerjoin(Cohort, Cohort.id == TutorPolicyRow.cohort_id)
        .outerjoin(Roadmap, Roadmap.id == TutorPolicyRow.roadmap_id)
        .outerjoin(Node, Node.id == TutorPolicyRow.node_id)
    )


def policy_of(found: Row[TutorPolicyRow, str, str, str]) -> Policy:
    """Return the policy that a row holds."""
    row, cohort, roadmap, node = found
    name = ", ".join(part for part in (node or roadmap, cohort) if part) or EVERYWHERE
    said = row.said
    mode = said.get("mode")
    return Policy(
        TutorPlace(row.cohort_id, row.roadmap_id, row.node_id, name),
        mode=TutorMode(mode) if mode else None,
        model=said.get("model"),
        tokens_per_day=said.get("tokens_per_day"),
        money_per_day=said.get("money_per_day"),
        avoid=tuple(said.get("avoid", ())),
        context=said.get("context", ""),
        level_wait_s=said.get("level_wait_s"),
        exams=tuple(ExamWindow(_moment(exam["begins_at"]), _moment(exam["ends_at"])) for exam in said.get("exams", ())),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
