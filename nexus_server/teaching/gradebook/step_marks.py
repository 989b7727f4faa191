"""Scores for whole steps that a person gave in place of the earned ones. Every mark stays in the history.

A mark changes the gradebook alone. Progress, XP and what is unlocked go by what the learner earned.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.errors import UnknownUserError
from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gradebook import StepMark
from nexus_server.store.models.roadmaps import Node

#: where a mark came from
MarkOrigin = Literal["page", "csv"]


class StepMarkView(BaseModel):
    """A mark. `share` is 0 to 1, or null: the earned score counts again."""

    share: float | None
    origin: MarkOrigin
    #: None: their account is gone
    given_by: str | None
    given_at: datetime


class StepMarkHistory(BaseModel):
    """A learner's marks for a step, the newest first."""

    items: list[StepMarkView]
    next: None = None


@dataclass(frozen=True, slots=True)
class NewMark:
    """A mark to be given."""

    user_id: UUID
    node_id: UUID
    share: float | None


class StepMarks:
    """Gives marks and shows their history."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock) -> None:
        """`cohorts` know whom an instructor may see."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock

    async def give(self, instructor: Learner, mark: NewMark, origin: MarkOrigin = "page") -> StepMarkHistory:
        """Give a mark; None lets the earned score count again.

        Raises:
            ForbiddenError: students may not.
            UnknownUserError: the instructor does not teach them.
            NodeNotFoundError
        """
        await self._require_taught(instructor, mark.user_id)
        async with self._database.transaction() as session:
            await _require_node(session, mark.node_id)
            await self.write(session, instructor, [mark], origin)
        return await self.history(instructor, mark.node_id, mark.user_id)

    async def write(
        self, session: AsyncSession, instructor: Learner, marks: Iterable[NewMark], origin: MarkOrigin
    ) -> None:
        """Write marks down in the caller's transaction, who has asked whether the instructor may."""
        now = self._clock.now()
        for mark in marks:
            before = update(StepMark).where(
                StepMark.user_id == mark.user_id, StepMark.node_id == mark.node_id, StepMark.is_current.is_(True)
            )
            await session.execute(before.values(is_current=False))
            session.add(
                StepMark(
                    user_id=mark.user_id,
                    node_id=mark.node_id,
                    share=mark.share,
                    origin=origin,
                    is_current=True,
                    given_by=instructor.id,
                    given_at=now,
                )
            )
            facts = {"user_id": str(mark.user_id), "share": mark.share, "origin": origin}
            self._audit.write(session, instructor.id, "step_mark.give", "node", mark.node_id, **facts)
            await session.flush()

    async def history(self, instructor: Learner, node_id: UUID, user_id: UUID) -> StepMarkHistory:
        """Return every mark that a learner was given for a step.

        Raises:
            ForbiddenError: students may not.
            UnknownUserError: the instructor does not teach them.
            NodeNotFoundError
        """
        await self._require_taught(instructor, user_id)
        query = (
            select(StepMark, User.display_name)
            .outerjoin(User, User.id == StepMark.given_by)
            .where(StepMark.user_id == user_id, StepMark.node_id == node_id)
            .order_by(StepMark.is_current.desc(), StepMark.given_at.desc(), StepMark.id)
        )
        async with self._database.reading() as session:
            await _require_node(session, node_id)
            rows = (await session.execute(query)).all()
        return StepMarkHistory(
            items=[
                StepMarkView(share=mark.share, origin=mark.origin, given_by=name, given_at=mark.given_at)
                for mark, name in rows
            ]
        )

    async def _require_taught(self, instructor: Learner, user_id: UUID) -> None:
        if user_id not in await self._cohorts.student_ids(instructor):
            raise UnknownUserError


async def load_marks(
    session: AsyncSession, node_ids: Collection[UUID], student_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], float]:
    """Return the marks that count, by learner and step."""
    query = select(StepMark.user_id, StepMark.node_id, StepMark.share).where(
        StepMark.node_id.in_(node_ids),
        StepMark.user_id.in_(student_ids),
        StepMark.is_current.is_(True),
        StepMark.share.is_not(None),
    )
    return {(user_id, node_id): share for user_id, node_id, share in await session.execute(query) if share is not None}


async def _require_node(session: AsyncSession, node_id: UUID) -> None:
    if await session.scalar(select(Node.id).where(Node.id == node_id, Node.archived_at.is_(None))) is None:
        raise NodeNotFoundError
