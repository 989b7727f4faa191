"""*I'm stuck*: a learner passes the cell and the conversation to those who teach them."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, Notification, User
from nexus_server.store.models.roadmaps import Node
from nexus_server.store.models.tutor import ChatMessage, HelpRequest, Hint
from nexus_server.tutor.daily_limit import lock_learner
from nexus_server.tutor.errors import HelpLimitError, HelpNotFoundError, NobodyToHelpError, NothingToHelpWithError
from nexus_server.tutor.help.types import ConversationTurn, HelpView, StuckCell
from nexus_server.tutor.lessons.lessons import LessonSource

#: what goes along of a conversation
HINTS, MESSAGES = 8, 20
#: requests of one learner that may wait
WAITING = 3
#: in a list
LISTED = 50


class HelpService:
    """Takes requests, and shows learners their own."""

    def __init__(self, database: Database, clock: Clock, lessons: LessonSource) -> None:
        """Keep requests in `database`."""
        self._database = database
        self._clock = clock
        self._lessons = lessons

    async def ask(self, learner: Learner, stuck: StuckCell) -> HelpView:
        """Pass the cell, and what was said about its node lately, to the instructors of the learner's classes.

        Raises:
            NothingToHelpWithError: there is neither a cell nor a word.
            NodeNotFoundError, NodeLockedError
            NobodyToHelpError: the learner is in no class.
            HelpLimitError: some requests wait already.
        """
        if not (stuck.cell_source.strip() or stuck.note.strip()):
            raise NothingToHelpWithError
        if stuck.node_id is not None:
            await self._lessons.get_lesson(learner, stuck.node_id)
        async with self._database.transaction() as session:
            await lock_learner(session, learner)
            helpers = await _helpers(session, learner)
            if not helpers:
                raise NobodyToHelpError
            await _require_room(session, learner)
            row = self._row(learner, stuck, await _conversation(session, learner, stuck.node_id))
            session.add(row)
            await session.flush()
            _ring(session, helpers, row, learner)
            found = (await session.execute(requests_query().where(HelpRequest.id == row.id))).one()
        return view_of(*found)

    async def list_own(self, learner: Learner) -> list[HelpView]:
        """Return the learner's latest requests, newest first."""
        query = requests_query().where(HelpRequest.user_id == learner.id).order_by(HelpRequest.created_at.desc())
        async with self._database.reading() as session:
            return [view_of(*found) for found in await session.execute(query.limit(LISTED))]

    async def withdraw(self, learner: Learner, request_id: UUID) -> None:
        """Take a request back, answered or not.

        Raises:
            HelpNotFoundError: there is none, or it is somebody else's.
        """
        own = delete(HelpRequest).where(HelpRequest.id == request_id, HelpRequest.user_id == learner.id)
        async with self._database.transaction() as session:
            if not (await session.scalars(own.returning(HelpRequest.id))).all():
                raise HelpNotFoundError

    def _row(self, learner: Learner, stuck: StuckCell, conversation: Sequence[ConversationTurn]) -> HelpRequest:
        error = {"ename": stuck.ename, "evalue": stuck.evalue, "traceback": stuck.traceback}
        return HelpRequest(
            id=uuid4(),
            user_id=learner.id,
            node_id=stuck.node_id,
            note=stuck.note.strip(),
            cell_source=stuck.cell_source,
            error=error if stuck.ename else None,
            conversation=[{"author": turn.author, "text": turn.text} for turn in conversation],
            created_at=self._clock.now(),
        )


def requests_query() -> Select[HelpRequest, str, str]:
    """Return the statement of requests, each with its node's title and its learner's name."""
    return (
        select(HelpRequest, Node.title, User.display_name)
        .outerjoin(Node, Node.id == HelpRequest.node_id)
        .join(User, User.id == HelpRequest.user_id)
    )


def view_of(row: HelpRequest, title: str | None, learner: str) -> HelpView:
    """Return a request as people see it."""
    error = row.error or {}
    told = f"{error['traceback']}\n{error['ename']}: {error['evalue']}".strip() if error else ""
    turns = tuple(ConversationTurn(turn["author"], turn["text"]) for turn in row.conversation)
    return HelpView(
        row.id,
        row.node_id,
        title or "",
        learner,
        row.note,
        row.cell_source,
        told,
        turns,
        row.created_at,
        row.answer,
        row.answered_at,
    )


async def _helpers(session: AsyncSession, learner: Learner) -> list[UUID]:
    """Return the instructors of the learner's open classes."""
    mine = (
        select(CohortMember.cohort_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.user_id == learner.id, CohortMember.role == "student", Cohort.archived_at.is_(None))
    )
    query = (
        select(CohortMember.user_id)
        .join(User, User.id == CohortMember.user_id)
        .where(CohortMember.cohort_id.in_(mine), CohortMember.role == "instructor", User.disabled_at.is_(None))
    )
    return list(await session.scalars(query.distinct()))


async def _require_room(session: AsyncSession, learner: Learner) -> None:
    waiting = select(func.count()).select_from(HelpRequest)
    query = waiting.where(HelpRequest.user_id == learner.id, HelpRequest.answer.is_(None))
    if (await session.execute(query)).scalar_one() >= WAITING:
        raise HelpLimitError(limit=WAITING)


async def _conversation(session: AsyncSession, learner: Learner, node_id: UUID | None) -> list[ConversationTurn]:
    """Return the latest hints and messages about a node, in the order in which they came."""
    hints = select(Hint.created_at, Hint.text).where(Hint.user_id == learner.id, _at(Hint, node_id))
    said = select(ChatMessage.created_at, ChatMessage.text, ChatMessage.author).where(
        ChatMessage.user_id == learner.id, _at(ChatMessage, node_id)
    )
    told = (await session.execute(hints.order_by(Hint.created_at.desc()).limit(HINTS))).all()
    talked = (await session.execute(said.order_by(ChatMessage.created_at.desc()).limit(MESSAGES))).all()
    turns = [
        *((when, ConversationTurn("tutor", text)) for when, text in told),
        *(
            (when, ConversationTurn("learner" if author == "learner" else "tutor", text))
            for when, text, author in talked
        ),
    ]
    # A question and its answer may share a moment; "learner" sorts first.
    return [turn for _, turn in sorted(turns, key=lambda each: (each[0], each[1].author))]


def _at(table: type[Hint] | type[ChatMessage], node_id: UUID | None) -> ColumnElement[bool]:
    return table.node_id == node_id if node_id else table.node_id.is_(None)


def _ring(session: AsyncSession, helpers: Sequence[UUID], row: HelpRequest, learner: Learner) -> None:
    payload = {"request_id": str(row.id), "learner": learner.display_name}
    session.add_all(Notification(user_id=helper, type="help.asked", payload=payload) for helper in helpers)
