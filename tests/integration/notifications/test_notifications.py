from datetime import UTC, datetime, timedelta

from nexus_server.clock import ManualClock
from nexus_server.learner import Learner, Role
from nexus_server.notifications.service import NotificationService
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


async def test_pages_follow_each_other_and_end(database: Database) -> None:
    user = User(email="ada@example.org", display_name="Ada")
    async with database.transaction() as session:
        session.add(user)
        await session.flush()
        session.add_all(
            Notification(user_id=user.id, type=str(n), payload={}, created_at=START + timedelta(minutes=n))
            for n in range(5)
        )
    ada = Learner(user.id, user.email, "Ada", Role.STUDENT)
    bell = NotificationService(database, ManualClock(START))
    pages = [await bell.newest(ada, limit=2)]
    while pages[-1].next:
        pages.append(await bell.newest(ada, limit=2, after=pages[-1].next))
    assert [[row.type for row in page.items] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
