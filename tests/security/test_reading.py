"""Whoever only opens an address changes nothing: no GET ends a session, pays or deletes.

The stamps of activity move, and the callback of a sign-on makes a session: that is what they are for.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.plugins.server import PASSWORD, LiveServer
from tests.security.people import Cast, gather
from tests.security.test_matrix import Row, ask, rows

pytestmark = [pytest.mark.docker, pytest.mark.slow]

#: columns that say when somebody was last here
STAMPS = {
    "users.last_login",
    "users.streak_count",
    "users.longest_streak",
    "users.streak_day",
    "users.streak_freezes",
    "auth_sessions.last_used_at",
    "auth_sessions.expires_at",
    "refresh_tokens.expires_at",
    "kernels.last_activity",
}
READING = [row for row in rows() if row.method in ("GET", "HEAD")]
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site", "Accept": "text/html"}


@pytest.fixture(scope="module")
def cast(live_server: LiveServer) -> Iterator[Cast]:
    found = gather(live_server)
    yield found
    found.close()


def database_of(data_dir: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, without the stamps of activity."""
    found: dict[str, list[dict[str, Any]]] = {}
    with closing(sqlite3.connect(data_dir / "nexus.db", timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in names:
            rows_ = connection.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608  names of our own tables
            found[table] = [_without_stamps(table, dict(row)) for row in rows_]
    return found


def _without_stamps(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if f"{table}.{name}" not in STAMPS}


def files_of(data_dir: Path) -> set[str]:
    """Return the paths of all files that learners have."""
    return {str(path) for top in ("workspaces", "learners") for path in (data_dir / top).rglob("*") if path.is_file()}


@pytest.mark.parametrize("row", READING, ids=str)
def test_reading_changes_no_row_and_no_file(cast: Cast, live_server: LiveServer, row: Row) -> None:
    for person in ("owner", "admin", "anonymous"):
        before, files = database_of(live_server.data_dir), files_of(live_server.data_dir)
        ask(cast, person, row.method, row.example, is_websocket=row.is_websocket)
        after = database_of(live_server.data_dir)
        changed = {table for table in after if after[table] != before[table]}
        assert changed == set(), f"{row} as {person}"
        assert files <= files_of(live_server.data_dir), f"{row} as {person}"


@pytest.fixture
def browser(live_server: LiveServer) -> Iterator[httpx.Client]:
    """A browser that is logged in by cookies."""
    with httpx.Client(base_url=live_server.url, timeout=60) as client:
        email = f"reader-{uuid4().hex[:8]}@example.org"
        body = {"email": email, "password": PASSWORD, "display_name": "Reader"}
        client.post("/nexus/api/v1/auth/register", json=body).raise_for_status()
        client.post("/nexus/api/v1/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        yield client


def is_in(client: httpx.Client) -> bool:
    return client.get("/nexus/api/v1/me").status_code == 200


def test_the_address_of_the_logout_asks_and_its_form_ends_the_session(browser: httpx.Client) -> None:
    page = browser.get("/logout", headers=NAVIGATION)
    assert "Log out?" in page.text
    assert is_in(browser)
    forged = browser.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 403
    assert is_in(browser)
    token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert token
    done = browser.post("/logout", data={"_xsrf": token[1]})
    assert (done.status_code, done.headers["Location"]) == (302, "/nexus/login")
    assert not is_in(browser)
    assert browser.get("/logout").headers["Location"] == "/nexus/login"


def test_an_old_login_cookie_in_an_opened_address_ends_no_session(
    browser: httpx.Client, live_server: LiveServer
) -> None:
    old = browser.cookies["nexus_refresh"]
    for _ in range(2):  # two children later, a second use of the first token counts as stolen
        headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
        browser.post("/nexus/api/v1/auth/refresh", headers=headers).raise_for_status()
    with httpx.Client(base_url=live_server.url, timeout=60, cookies={"nexus_refresh": old}) as stale:
        assert "/login" in stale.get("/lab", headers=NAVIGATION).headers["Location"]
    assert is_in(browser)


def test_a_returning_visitor_is_let_in_without_a_new_token(browser: httpx.Client, live_server: LiveServer) -> None:
    refresh = browser.cookies["nexus_refresh"]
    before = database_of(live_server.data_dir)
    with httpx.Client(base_url=live_server.url, timeout=60, cookies={"nexus_refresh": refresh}) as returning:
        reply = returning.get("/lab", headers=NAVIGATION)
        assert reply.status_code == 200
        assert returning.cookies.get("nexus_access")
    assert database_of(live_server.data_dir) == before
