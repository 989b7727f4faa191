"""Every route of the running server, by method and person, against `matrix.yaml`."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.plugins.server import ROOT, LiveServer
from tests.security.people import PEOPLE, Cast, gather

pytestmark = [pytest.mark.docker, pytest.mark.slow]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
)
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
LOGGED_IN = tuple(name for name in PEOPLE if name != "anonymous")
STUDENTS = ("owner", "other_student")
STAFF = ("cohort_instructor", "grader", "other_instructor", "admin")
#: who has no business with the owner
STRANGERS = ("anonymous", "other_student", "other_instructor")


def is_in(reply: httpx.Response) -> bool:
    """Whether the person got past the door; what they then found there is another test's business."""
    return reply.status_code not in (401, 403, 405) and reply.status_code < 500


def is_found(reply: httpx.Response) -> bool:
    return is_in(reply) and reply.status_code != 404


def is_sent_to_login(reply: httpx.Response) -> bool:
    return reply.status_code == 302 and "/login" in reply.headers["Location"]


def is_anonymous(reply: httpx.Response) -> bool:
    return reply.status_code in (401, 403) or is_sent_to_login(reply)


def is_nothing(reply: httpx.Response) -> bool:
    return reply.status_code in (403, 404, 405) or is_sent_to_login(reply)


def is_refused(reply: httpx.Response) -> bool:
    return reply.status_code in (403, 404)


def is_forbidden(reply: httpx.Response) -> bool:
    return reply.status_code == 403


def is_missing(reply: httpx.Response) -> bool:
    return reply.status_code == 404


Check = Callable[[httpx.Response], bool]
#: what each person is answered, by profile; those who get in come last
PROFILES: dict[str, dict[str, Check]] = {
    "public": dict.fromkeys(PEOPLE, is_in),
    "nobody": dict.fromkeys(PEOPLE, is_nothing),
    "learner": {"anonymous": is_anonymous, **dict.fromkeys(LOGGED_IN, is_in)},
    "shared": {"anonymous": is_anonymous, **dict.fromkeys(LOGGED_IN, is_found)},
    "reached": {"anonymous": is_anonymous, "other_student": is_forbidden, **dict.fromkeys(("owner", *STAFF), is_found)},
    "ahead": {"anonymous": is_anonymous, **dict.fromkeys(STUDENTS, is_forbidden), **dict.fromkeys(STAFF, is_found)},
    "page": {"anonymous": is_sent_to_login, **dict.fromkeys(LOGGED_IN, is_in)},
    "owner": {"anonymous": is_anonymous, **dict.fromkeys(LOGGED_IN, is_missing), "owner": is_found},
    "author": {
        "anonymous": is_anonymous,
        "other_student": is_forbidden,
        **dict.fromkeys(("owner", *STAFF), is_found),
    },
    "staff": {
        "anonymous": is_anonymous,
        **dict.fromkeys(STUDENTS, is_refused),
        **dict.fromkeys(STAFF, is_found),
    },
    "own_cohort": {
        "anonymous": is_anonymous,
        **dict.fromkeys(STUDENTS, is_forbidden),
        "other_instructor": is_missing,
        "grader": is_refused,
        **dict.fromkeys(("cohort_instructor", "admin"), is_found),
    },
    "marked_cohort": {
        "anonymous": is_anonymous,
        **dict.fromkeys(STUDENTS, is_forbidden),
        "other_instructor": is_missing,
        **dict.fromkeys(("cohort_instructor", "grader", "admin"), is_found),
    },
    "own_student": {
        "anonymous": is_anonymous,
        **dict.fromkeys((*STUDENTS, "other_instructor", "grader"), is_missing),
        **dict.fromkeys(("cohort_instructor", "admin"), is_found),
    },
    "marked_student": {
        "anonymous": is_anonymous,
        **dict.fromkeys((*STUDENTS, "other_instructor"), is_missing),
        **dict.fromkeys(("cohort_instructor", "grader", "admin"), is_found),
    },
    "own_draft": {
        "anonymous": is_anonymous,
        **dict.fromkeys(STUDENTS, is_forbidden),
        **dict.fromkeys(("other_instructor", "grader", "admin"), is_missing),
        "cohort_instructor": is_found,
    },
    "admin": {
        "anonymous": is_anonymous,
        **dict.fromkeys((*STUDENTS, "cohort_instructor", "grader", "other_instructor"), is_forbidden),
        "admin": is_found,
    },
}


@dataclass(frozen=True)
class Row:
    """One operation of the table."""

    path: str
    example: str
    method: str
    profile: str
    asks_all: bool
    body: dict[str, Any] | None
    is_websocket: bool

    def __str__(self) -> str:
        return f"{self.method} {self.example}"


#: methods with a body; where they differ in it, `bodies` has the one of a method
WRITING = ("POST", "PUT", "PATCH")


def rows() -> list[Row]:
    return [
        Row(
            path=route["path"],
            example=route["example"],
            method=method,
            profile=profile.rstrip("!"),
            asks_all=not profile.endswith("!"),
            body=route.get("bodies", {}).get(method, route.get("body")) if method in WRITING else None,
            is_websocket=route.get("websocket", False),
        )
        for route in TABLE["open"]
        for method, profile in route["methods"].items()
    ]


@pytest.fixture(scope="module")
def cast(live_server: LiveServer) -> Iterator[Cast]:
    found = gather(live_server)
    yield found
    found.close()


def ask(
    cast: Cast, person: str, method: str, example: str, body: Any = None, *, is_websocket: bool = False
) -> httpx.Response:
    headers = UPGRADE if is_websocket else {}
    return cast.clients[person].request(method, example.format(**cast.things), json=body, headers=headers)


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every route of the server as it would run, with its open methods."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.route_dump"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "NEXUS_DATA_DIR": str(tmp_path_factory.mktemp("dump")), "HOME": "/nonexistent"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return {route["path"]: set(route["methods"]) for route in json.loads(done.stdout)}


def test_every_route_is_classified(registered: dict[str, set[str]]) -> None:
    is_open = {path: methods for path, methods in registered.items() if methods}
    assert {route["path"]: set(route["methods"]) for route in TABLE["open"]} == is_open
    assert {route["path"] for route in TABLE["closed"]} == set(registered) - set(is_open)


@pytest.mark.parametrize("row", rows(), ids=str)
def test_people_get_in_or_not(cast: Cast, row: Row) -> None:
    for person, check in PROFILES[row.profile].items():
        if not row.asks_all and check in (is_in, is_found):
            continue
        reply = ask(cast, person, row.method, row.example, row.body, is_websocket=row.is_websocket)
        assert check(reply), f"{person}: {reply.status_code} {reply.text[:300]}"
        if person in STRANGERS:
            told = {name for name, value in cast.private.items() if value in reply.text}
            asked = {name for name in told if f"{{{name}}}" in row.example}
            assert told == asked, f"{person} hears of the owner's {told - asked}"


@pytest.mark.parametrize("route", TABLE["closed"], ids=lambda route: str(route["example"]))
def test_what_is_closed_is_closed_for_everybody(cast: Cast, route: dict[str, str]) -> None:
    for person in ("anonymous", "owner", "admin"):
        for method in METHODS:
            reply = ask(cast, person, method, route["example"])
            assert reply.status_code in (404, 405), f"{method} as {person}: {reply.status_code}"


@pytest.mark.parametrize("route", TABLE["open"], ids=lambda route: str(route["example"]))
def test_other_methods_do_not_exist(cast: Cast, route: dict[str, Any]) -> None:
    for method in set(METHODS) - set(route["methods"]):
        reply = ask(cast, "owner", method, route["example"])
        assert reply.status_code in (404, 405), f"{method}: {reply.status_code} {reply.text[:200]}"
