"""Chat messages in the database: history, the day's limit, one row per message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.tutor import ChatMessage as Row
from nexus_server.tutor.chat.notes import NoteLink
from nexus_server.tutor.daily_limit import day_of, lock_learner
from nexus_server.tutor.errors import ChatLimitError
from nexus_server.tutor.models.model import Speaker
from nexus_server.tutor.settings import TutorSettings

PAGE = 50
#: the source of a learner's message that no model was asked about: it does not count
FREE = "free"


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    """One message of a conversation."""

    id: UUID
    author: Speaker
    text: str
    #: who wrote the tutor's text: a model, or "static"; empty for the learner's
    source: str
    created_at: datetime
    #: where else to read
    links: tuple[NoteLink, ...] = ()


class ChatLedger:
    """The rows of `chat_messages`. A room is a learner and a node, or a learner alone (the general room)."""

    def __init__(self, database: Database, clock: Clock, settings: TutorSettings) -> None:
        """Keep messages in `database`."""
        self._database = database
        self._clock = clock
        self._settings = settings

    async def add_question(self, learner: Learner, node_id: UUID | None, text: str, *, is_free: bool = False) -> int:
        """Store and count a learner's message, unless it is free; return how many are left today.

        Raises:
            ChatLimitError: the learner has sent today's messages.
        """
        now = self._clock.now()
        start, end = day_of(now, learner.timezone)
        async with self._database.transaction() as session:
            await lock_learner(session, learner)
            remaining = self._settings.messages_per_day - await _sent(session, learner, start)
            if remaining <= 0 and not is_free:
                raise ChatLimitError(retry_after_s=(end - now).total_seconds(), limit=self._settings.messages_per_day)
            row = Row(user_id=learner.id, node_id=node_id, author=Speaker.LEARNER.value, text=text, created_at=now)
            row.source = FREE if is_free else ""
            session.add(row)
            return max(0, remaining) if is_free else remaining - 1

    async def add_answer(
        self, learner: Learner, node_id: UUID | None, text: str, *, source: str, usage: Mapping[str, object]
    ) -> ConversationMessage:
        """Store the tutor's answer."""
        row = Row(
            user_id=learner.id,
            node_id=node_id,
            author=Speaker.TUTOR.value,
            text=text,
            source=source,
            usage=dict(usage),
            created_at=self._clock.now(),
        )
        async with self._database.transaction() as session:
            session.add(row)
        return _shape(row)

    async def page(
        self, learner: Learner, node_id: UUID | None, before: UUID | None = None, limit: int = PAGE
    ) -> tuple[list[ConversationMessage], UUID | None]:
        """Return a room's latest messages before message `before`, oldest first, and the cursor of the page before."""
        room = and_(Row.user_id == learner.id, Row.node_id == node_id if node_id else Row.node_id.is_(None))
        async with self._database.reading() as session:
            query = select(Row).where(room)
            if before is not None and (edge := await session.scalar(select(Row).where(room, Row.id == before))):
                # A question and its answer may share a moment; the question, "learner", sorts first.
                query = query.where(
                    or_(
                        Row.created_at < edge.created_at,
                        and_(Row.created_at == edge.created_at, Row.author < edge.author),
                    )
                )
            latest = query.order_by(Row.created_at.desc(), Row.author.desc()).limit(limit + 1)
            rows = list((await session.scalars(latest)).all())
        messages = [_shape(row) for row in reversed(rows[:limit])]
        return messages, messages[0].id if messages and len(rows) > limit else None


async def _sent(session: AsyncSession, learner: Learner, since: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Row)
        .where(
            Row.user_id == learner.id, Row.author == Speaker.LEARNER.value, Row.source == "", Row.created_at >= since
        )
    )
    return (await session.execute(query)).scalar_one()


def _shape(row: Row) -> ConversationMessage:
    author = Speaker(row.author)
    source = "" if author is Speaker.LEARNER else row.source
    links = tuple(NoteLink(UUID(each["node_id"]), each["title"], each["place"]) for each in row.usage.get("links", ()))
    return ConversationMessage(row.id, author, row.text, source, row.created_at, links)
