"""Accounts, the audit log, classes and personal data over HTTP, as each kind of person meets them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.plugins.server import PASSWORD, LiveServer
from tests.security.people import log_in_admin


@dataclass
class Person:
    """Somebody's client and profile."""

    client: httpx.Client
    id: str
    email: str


@dataclass
class School:
    """An admin, an instructor, a colleague and a student of one server."""

    server: LiveServer
    admin: Person
    instructor: Person
    colleague: Person
    student: Person


def person(client: httpx.Client) -> Person:
    profile = client.get("/me").raise_for_status().json()
    return Person(client, profile["id"], profile["email"])


@pytest.fixture
def school(live_server: LiveServer) -> Iterator[School]:
    with ExitStack() as stack:
        admin = person(stack.enter_context(closing(log_in_admin(live_server))))
        rest = [
            person(stack.enter_context(closing(live_server.learner(n)))) for n in ("instructor", "colleague", "student")
        ]
        for teacher in rest[:2]:
            change(admin, teacher, role="instructor")
        yield School(live_server, admin, *rest)


def change(admin: Person, whom: Person, **values: Any) -> httpx.Response:
    return admin.client.patch(f"/admin/users/{whom.id}", json=values).raise_for_status()


def error_of(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


def socket_of(school: School, whom: Person, after: str = "") -> ClientConnection:
    address = f"{school.server.url.replace('http', 'ws')}/nexus/api/v1/events?after={after}"
    return connect(address, additional_headers={"Authorization": whom.client.headers["Authorization"]}, proxy=None)


def test_a_tab_that_comes_back_hears_what_it_missed(school: School) -> None:
    with socket_of(school, school.student) as socket:
        hello = json.loads(socket.recv(timeout=60))
    assert (hello["type"], hello["is_resumed"]) == ("hello", False)
    school.admin.client.patch("/me", json={"leaderboard_opt_out": True}).raise_for_status()
    with socket_of(school, school.student, hello["cursor"]) as socket:
        again, news = [json.loads(socket.recv(timeout=60)) for _ in range(2)]
        while news["type"] != "leaderboard.changed":
            news = json.loads(socket.recv(timeout=60))
    assert again == {"type": "hello", "is_resumed": True, "cursor": hello["cursor"]}
    assert news["cursor"] > hello["cursor"]
    with socket_of(school, school.student, "of-another-time") as socket:
        assert json.loads(socket.recv(timeout=60))["is_resumed"] is False


def test_admins_find_and_read_people(school: School) -> None:
    found = school.admin.client.get("/admin/users", params={"q": school.student.email.upper()}).json()
    assert [item["id"] for item in found["items"]] == [school.student.id]
    assert "password_hash" not in json.dumps(found)
    page = school.admin.client.get("/admin/users", params={"limit": 2}).json()
    assert len(page["items"]) == 2
    rest = school.admin.client.get("/admin/users", params={"limit": 2, "cursor": page["next"]}).json()
    assert {item["id"] for item in page["items"]}.isdisjoint(item["id"] for item in rest["items"])
    one = school.admin.client.get(f"/admin/users/{school.student.id}").json()
    assert (one["email"], one["role"], one["disabled_at"]) == (school.student.email, "student", None)
    for nobody in (school.student, school.instructor):
        assert error_of(nobody.client.get("/admin/users")) == (403, "forbidden")
        assert error_of(nobody.client.patch(f"/admin/users/{nobody.id}", json={"role": "admin"})) == (403, "forbidden")


def test_a_change_of_role_is_felt_at_once_and_written_down(school: School) -> None:
    with socket_of(school, school.student) as socket:
        assert json.loads(socket.recv(30))["type"] == "hello"
        assert school.student.client.get("/teaching/cohorts").status_code == 403
        change(school.admin, school.student, role="instructor")
        assert school.student.client.get("/teaching/cohorts").status_code == 200, "with the same access token"
        change(school.admin, school.student, role="student")
        assert school.student.client.get("/teaching/cohorts").status_code == 403
    entries = school.admin.client.get("/admin/audit", params={"subject_id": school.student.id}).json()["items"]
    assert [(entry["action"], entry["data"]) for entry in entries] == [
        ("user.role", {"before": "instructor", "after": "student"}),
        ("user.role", {"before": "student", "after": "instructor"}),
    ]
    assert {entry["actor_id"] for entry in entries} == {school.admin.id}
    assert all(entry["request_id"] for entry in entries)
    assert error_of(school.instructor.client.get("/admin/audit")) == (403, "forbidden")


def test_the_audit_log_has_no_way_to_change_it(school: School) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert school.admin.client.request(method, "/admin/audit", json={}).status_code == 405


def test_a_disabled_account_is_out_and_comes_back(school: School) -> None:
    with socket_of(school, school.student) as socket:
        assert json.loads(socket.recv(30))["type"] == "hello"
        change(school.admin, school.student, disabled=True)
        assert school.student.client.get("/me").status_code == 401
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(30)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401
    credentials = {"email": school.student.email, "password": PASSWORD}
    with school.server.client() as client:
        assert error_of(client.post("/auth/login", json=credentials)) == (403, "account_disabled")
        wrong = credentials | {"password": "wrong-password-1"}
        assert error_of(client.post("/auth/login", json=wrong)) == (401, "bad_credentials")
        change(school.admin, school.student, disabled=False)
        assert client.post("/auth/login", json=credentials).status_code == 200


def test_nobody_locks_the_last_admin_out(school: School) -> None:
    admins = school.admin.client.get("/admin/users", params={"role": "admin", "disabled": False}).json()["items"]
    if [item["id"] for item in admins] == [school.admin.id]:
        reply = school.admin.client.patch(f"/admin/users/{school.admin.id}", json={"role": "student"})
        assert error_of(reply) == (409, "last_admin")
        assert error_of(school.admin.client.delete("/me")) == (409, "last_admin")
    assert school.admin.client.get("/admin/users").status_code == 200


def test_a_class_is_joined_by_its_code_and_seen_by_its_own_instructors(school: School) -> None:
    teacher, student = school.instructor.client, school.student.client
    assert error_of(student.post("/teaching/cohorts", json={"name": "Mine"})) == (403, "forbidden")
    made = teacher.post("/teaching/cohorts", json={"name": "Class 7b"}).raise_for_status().json()
    path = f"/teaching/cohorts/{made['id']}"
    spoken = f" {made['join_code'][:4].lower()}-{made['join_code'][4:].lower()} "
    for _ in range(2):
        assert student.post("/cohorts/join", json={"code": spoken}).json() == {"id": made["id"], "name": "Class 7b"}
    members = teacher.get(f"{path}/members").json()["items"]
    assert {member["user_id"]: member["role"] for member in members} == {
        school.instructor.id: "instructor",
        school.student.id: "student",
    }
    assert error_of(student.get(f"{path}/members")) == (403, "forbidden")
    other = school.colleague.client
    assert other.get("/teaching/cohorts").json()["items"] == []
    for reply in (other.get(path), other.get(f"{path}/members"), other.patch(path, json={"name": "Taken"})):
        assert error_of(reply) == (404, "unknown_cohort")
    assert teacher.post(f"{path}/members", json={"email": school.colleague.email}).status_code == 204
    assert [item["students"] for item in other.get("/teaching/cohorts").json()["items"]] == [1]
    assert teacher.post(f"{path}/members", json={"email": school.student.email}).status_code == 403


def test_a_renewed_code_makes_the_old_one_worthless(school: School) -> None:
    teacher = school.instructor.client
    made = teacher.post("/teaching/cohorts", json={"name": "Class"}).json()
    path = f"/teaching/cohorts/{made['id']}"
    renewed = teacher.patch(path, json={"new_join_code": True}).raise_for_status().json()["join_code"]
    assert renewed != made["join_code"]
    old = school.student.client.post("/cohorts/join", json={"code": made["join_code"]})
    assert error_of(old) == (404, "bad_join_code")
    assert school.student.client.post("/cohorts/join", json={"code": renewed}).status_code == 200
    assert teacher.delete(f"{path}/members/{school.student.id}").status_code == 204
    assert [m["user_id"] for m in teacher.get(f"{path}/members").json()["items"]] == [school.instructor.id]
    teacher.patch(path, json={"archived": True}).raise_for_status()
    assert error_of(school.student.client.post("/cohorts/join", json={"code": renewed})) == (404, "bad_join_code")


def test_people_take_their_data_along_and_leave(school: School) -> None:
    student = school.student.client
    student.post("/forum/threads", json={"title": "My question", "body_md": "How?"}).raise_for_status()
    reply = student.get("/me/export")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="nexusai-export.json"'
    data = reply.json()
    assert [row["email"] for row in data["users.id"]] == [school.student.email]
    assert "My question" in reply.text
    assert data["me.concepts"] == student.get("/me/concepts").json()["items"]
    assert {badge["slug"]: badge["goal"] for badge in data["me.badges"]}["helper"] == 1
    for secret in ("password_hash", "token_hash", school.instructor.email, school.admin.email):
        assert secret not in reply.text
    assert student.delete("/me").status_code == 204
    assert student.get("/me").status_code == 401
    assert error_of(school.admin.client.get(f"/admin/users/{school.student.id}")) == (404, "unknown_user")
    with school.server.client() as client:
        gone = client.post("/auth/login", json={"email": school.student.email, "password": PASSWORD})
        never = client.post("/auth/login", json={"email": "never@example.org", "password": PASSWORD})
    assert error_of(gone) == error_of(never) == (401, "bad_credentials")


def test_the_password_is_changed_by_who_knows_it(school: School) -> None:
    student, new = school.student.client, "another-fine-password-77"
    with school.server.client() as elsewhere:
        credentials = {"email": school.student.email, "password": PASSWORD}
        elsewhere.post("/auth/login", json=credentials).raise_for_status()
        wrong = {"current_password": "wrong-password-1", "new_password": new}
        assert error_of(student.post("/me/password", json=wrong)) == (401, "bad_credentials")
        weak = {"current_password": PASSWORD, "new_password": "qwertyuiop"}
        assert error_of(student.post("/me/password", json=weak)) == (422, "weak_password")
        right = {"current_password": PASSWORD, "new_password": new}
        assert student.post("/me/password", json=right).status_code == 204
        assert student.get("/me").status_code == 200
        assert elsewhere.get("/me").status_code == 401
    with school.server.client() as client:
        assert client.post("/auth/login", json=credentials | {"password": new}).status_code == 200


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 10 characters"),
        ("1234567890", "top-100 common password"),
        ("password1234", "very common password"),
        ("iloveyou1234", "similar to a commonly used password"),
        ("qwertyuiop[]", "Straight rows of keys"),
        ("aaaaaaaaaaaa", "Repeats"),
        ("nexusainexusai", "Repeats"),
        ("Tr0ub4dour1", "easy to guess"),
        ("adalovelace1815", "made of your name"),
        ("x" * 300, "at most 256 characters"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(live_server: LiveServer, password: str, reason: str) -> None:
    body = {"email": "weak@example.org", "password": password, "display_name": "Ada Lovelace"}
    with live_server.client() as client:
        reply = client.post("/auth/register", json=body)
    assert error_of(reply) == (422, "weak_password")
    (field,) = reply.json()["error"]["details"]["fields"]
    assert field["field"] == "password"
    assert reason in field["message"]
