"""The address in the forum's mail: a mail program ends the mails by it, and a person who opens it gets a button."""

import asyncio

from sqlalchemy import select

from nexus_server.store.database import Database
from nexus_server.store.models.forum import ForumDigest
from tests.plugins.server import LiveServer

ADDRESS = "/forum/digest/unsubscribe"
PAGE = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "de"}


def test_opening_the_address_ends_nothing_and_its_button_does(live_server: LiveServer) -> None:
    ada, nobody = live_server.learner("ada"), live_server.client()
    ada.put("/forum/digest", json={"wanted": True}).raise_for_status()
    params = {"token": asyncio.run(_token(live_server, ada.get("/me").json()["id"]))}
    opened = nobody.get(ADDRESS, params=params, headers=PAGE)
    assert opened.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<form method="post">' in opened.text
    assert "Keine Mails mehr" in opened.text
    assert ada.get("/forum/digest").json() == {"wanted": True}
    ended = nobody.post(ADDRESS, params=params, data={"List-Unsubscribe": "One-Click"}, headers=PAGE)
    assert (ended.status_code, "<form" in ended.text) == (200, False)
    assert ada.get("/forum/digest").json() == {"wanted": False}


def test_a_mail_program_gets_no_page_and_no_token_is_told_from_another(live_server: LiveServer) -> None:
    nobody = live_server.client()
    posted = nobody.post(ADDRESS, params={"token": "none"}, data={"List-Unsubscribe": "One-Click"})
    assert (posted.status_code, posted.content) == (204, b"")
    assert nobody.get(ADDRESS, params={"token": "none"}).status_code == 200
    assert nobody.get(ADDRESS).status_code == 422
    assert nobody.post(ADDRESS, params={"token": "none"}, headers={"Origin": "https://evil.example"}).status_code == 403


async def _token(server: LiveServer, user_id: str) -> str:
    database = Database(f"sqlite:///{server.data_dir / 'nexus.db'}")
    async with database.reading() as session:
        rows = await session.scalars(select(ForumDigest))
        (token,) = [row.token for row in rows if str(row.user_id) == user_id]
    await database.close()
    return str(token)
