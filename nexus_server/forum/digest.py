"""A mail a day about what is new in the forum, for those who asked for it. Whoever has no news gets none.

What stands unread under the bell is in the mail. One click ends it, without a login, as mail programs offer it
(RFC 8058).
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, select, update

from nexus_server.clock import Clock
from nexus_server.languages import UserLanguage, catalog_of, find_language
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.models.forum import ForumDigest, Thread
from nexus_server.tasks import Part, end_task, forever

DAY = timedelta(days=1)
#: seconds between two looks at whose day is over
LOOK_S = 600.0
#: threads that a mail names
MOST_THREADS = 20
UNSUBSCRIBE = "/nexus/api/v1/forum/digest/unsubscribe?token="


class DigestMailer(Protocol):
    """Takes mail off our hands."""

    async def post(self, to: str, subject: str, text: str, *, unsubscribe_url: str = "") -> None:
        """Accept a plain-text mail that one click unsubscribes from."""
        ...


class ForumDigests:
    """Keeps who wants the mail, and sends it. A `Background`."""

    def __init__(self, database: Database, clock: Clock, mailer: DigestMailer, *, public_url: str) -> None:
        """Send by `mailer`; links begin with `public_url`."""
        self._database = database
        self._clock = clock
        self._mailer = mailer
        self._public_url = public_url.rstrip("/")
        self._part: Part | None = None

    async def start(self) -> None:
        """Look now, and from time to time."""
        self._part = forever("forum-digest", self.send_due, every_s=LOOK_S)

    async def stop(self) -> None:
        """Stop looking."""
        await end_task(self._part)

    async def is_wanted(self, learner: Learner) -> bool:
        """Return whether a learner gets the mail."""
        async with self._database.reading() as session:
            return await session.get(ForumDigest, learner.id) is not None

    async def set_wanted(self, learner: Learner, *, wanted: bool) -> None:
        """Begin with what is new from now on, or end."""
        async with self._database.transaction() as session:
            if not wanted:
                await session.execute(delete(ForumDigest).where(ForumDigest.user_id == learner.id))
            elif await session.get(ForumDigest, learner.id) is None:
                token = secrets.token_urlsafe(32)
                session.add(ForumDigest(user_id=learner.id, token=token, sent_at=self._clock.now()))

    async def unsubscribe(self, token: str) -> None:
        """End the mail that a token came with; one that ended before is no mistake."""
        async with self._database.transaction() as session:
            await session.execute(delete(ForumDigest).where(ForumDigest.token == token))

    async def send_due(self) -> None:
        """Send what is due, each mail once, whichever server comes first."""
        now = self._clock.now()
        query = (
            select(ForumDigest.user_id, ForumDigest.token, ForumDigest.sent_at, User.email, User.language)
            .join(User, User.id == ForumDigest.user_id)
            .where(ForumDigest.sent_at <= now - DAY, User.disabled_at.is_(None))
            .order_by(ForumDigest.sent_at)
        )
        async with self._database.reading() as session:
            due = (await session.execute(query)).all()
        for user_id, token, sent_at, email, chosen in due:
            titles = await self._claim(user_id, sent_at, now)
            if titles:
                url = f"{self._public_url}{UNSUBSCRIBE}{token}"
                language = find_language(chosen) or UserLanguage.ENGLISH
                subject = catalog_of(language).gettext("What is new in the forum")
                await self._mailer.post(email, subject, self._text(titles, language), unsubscribe_url=url)

    async def _claim(self, user_id: UUID, sent_at: datetime, now: datetime) -> Sequence[str]:
        """Take a mail over, and return the titles of the threads with news, without those that were deleted since.

        None when another server has it.
        """
        own = ForumDigest.user_id == user_id, ForumDigest.sent_at == sent_at
        news = (
            select(Notification.payload)
            .where(
                Notification.user_id == user_id,
                Notification.type.startswith("forum."),
                Notification.read_at.is_(None),
                Notification.created_at > sent_at,
                Notification.created_at <= now,
            )
            .order_by(Notification.created_at)
        )
        async with self._database.transaction() as session:
            claimed = await session.execute(
                update(ForumDigest).where(*own).values(sent_at=now).returning(ForumDigest.token)
            )
            if claimed.scalar() is None:
                return []
            threads = [UUID(payload["thread_id"]) for payload in await session.scalars(news) if "thread_id" in payload]
            left = select(Thread.id, Thread.title).where(Thread.id.in_(threads), Thread.deleted_at.is_(None))
            titles = dict((await session.execute(left)).all())
            return [titles[thread_id] for thread_id in threads if thread_id in titles]

    def _text(self, titles: Sequence[str], language: UserLanguage) -> str:
        catalog = catalog_of(language)
        gettext = catalog.gettext
        counts = list(Counter(titles).items())
        posts = {title: catalog.ngettext("{count} post", "{count} posts", n).format(count=n) for title, n in counts}
        lines = [f"- {title}" + (f" ({posts[title]})" if count > 1 else "") for title, count in counts[:MOST_THREADS]]
        if len(counts) > MOST_THREADS:
            lines.append("- " + gettext("and {count} more").format(count=len(counts) - MOST_THREADS))
        return "\n".join(
            [
                gettext("New in threads that you follow, or that name you:"),
                "",
                *lines,
                "",
                f"{self._public_url}/nexus/learn/forum",
                "",
                gettext(
                    "You asked for this mail. Your mail program can end it with one click; the forum has a switch, too."
                ),
                "",
            ]
        )
