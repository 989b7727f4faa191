"""What no database keeps is replaced on the way to either of them; nobody meets an error."""

import json
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Notification, User
from nexus_server.store.storable import storable_json

HARD = "a\0b\ud83dc"
KEPT = "a\ufffdb\ufffdc"
#: what only looks like it: an escape that somebody wrote about
PLAIN = "\\u0000 and \U0001f600 stay"


async def test_text_is_cleaned_in_every_kind_of_statement(database: Database) -> None:
    async with database.transaction() as session:
        user = User(email="ada@example.org", display_name=HARD)
        session.add(user)
        await session.flush()
        rows = [{"email": f"{n}@example.org", "display_name": HARD + PLAIN} for n in range(3)]
        await session.execute(insert(User), rows[:1])
        made = await session.scalars(insert(User).returning(User.display_name), rows[1:])
        assert made.all() == [KEPT + PLAIN] * 2
        session.add(Notification(user_id=user.id, type="x", payload={HARD: [HARD, {"deep": PLAIN}]}))
    async with database.reading() as session:
        names = (await session.scalars(select(User.display_name).order_by(User.email))).all()
        assert names == [*[KEPT + PLAIN] * 3, KEPT]
        assert await session.scalar(select(Notification.payload)) == {KEPT: [KEPT, {"deep": PLAIN}]}
        found = select(func.count()).select_from(User).where(User.display_name.contains(HARD, autoescape=True))
        assert await session.scalar(found) == 4


@pytest.mark.parametrize("value", [{"a": PLAIN}, ["größe", 1.5, None, True], {}])
def test_other_json_is_left_as_it_is(value: Any) -> None:
    assert json.loads(storable_json(value)) == value
