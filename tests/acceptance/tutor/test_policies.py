"""Policies of the tutor over HTTP: who may set them, and what learners are told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.acceptance.tutor.conftest import Classroom
from tests.acceptance.tutor.test_hints import FAILED

PATH = "/teaching/tutor/policies"


@pytest.fixture
def classroom(people: Classroom) -> Iterator[Classroom]:
    """Let nothing be said before each test."""
    yield people
    for policy in people.instructor.get(PATH).json()["items"]:
        if policy["is_mine"]:
            people.instructor.delete(f"{PATH}/{policy['id']}").raise_for_status()


def test_a_class_is_told_what_is_on_and_why(classroom: Classroom) -> None:
    before = classroom.ada.get("/tutor").json()
    assert (before["mode"], before["model"], before["reasons"]) == ("chat", None, [])
    assert before["level_wait_s"] == 20
    said = classroom.say(mode="hints", level_wait_s=0, avoid=["lambda"])
    (policy,) = [each for each in said.json()["items"] if each["cohort_id"] == classroom.cohort_id]
    assert (policy["place"], policy["mode"], policy["avoid"], policy["is_mine"]) == ("4b", "hints", ["lambda"], True)
    after = classroom.ada.get("/tutor").json()
    assert (after["mode"], after["level_wait_s"]) == ("hints", 0)
    assert after["reasons"] == [{"subject": "mode", "by": "4b"}]
    refused = classroom.ada.post("/chat/general", json={"message": "Why?"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "chat_off")
    levels = [classroom.ada.post("/hints", json=FAILED).json()["level"] for _ in range(4)]
    assert levels == [1, 2, 3, 4]
    classroom.instructor.delete(f"{PATH}/{policy['id']}").raise_for_status()
    assert classroom.ada.get("/tutor").json() == before


def test_a_lab_is_switched_off_for_a_class(classroom: Classroom) -> None:
    nodes = classroom.ada.get("/roadmaps/python-foundations").json()["nodes"]
    lab = next(node["id"] for node in nodes if node["type"] == "lab")
    open_one = nodes[0]["id"]
    assert classroom.say(node_id=open_one, mode="off").status_code == 200
    assert classroom.say(node_id=lab, mode="hints").status_code == 200
    refused = classroom.ada.post("/hints", json={**FAILED, "node_id": open_one})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "tutor_off")
    assert classroom.ada.get("/tutor", params={"node_id": open_one}).json()["mode"] == "off"
    assert classroom.ada.get("/tutor", params={"node_id": lab}).json()["mode"] == "hints"
    assert classroom.say(roadmap="python-foundations", model="none").status_code == 200
    named = {each["place"] for each in classroom.instructor.get(PATH).json()["items"] if each["cohort_id"]}
    assert "Python foundations, 4b" in named


def test_an_exam_switches_the_tutor_off_while_it_lasts(classroom: Classroom) -> None:
    now = datetime.now(UTC)
    past = {"begins_at": f"{now - timedelta(days=2)}", "ends_at": f"{now - timedelta(days=1)}"}
    said = classroom.say(exams=[past])
    (policy,) = [each for each in said.json()["items"] if each["cohort_id"] == classroom.cohort_id]
    assert [datetime.fromisoformat(each["begins_at"]) for each in policy["exams"]] == [now - timedelta(days=2)]
    assert classroom.ada.get("/tutor").json()["mode"] == "chat"
    running = {"begins_at": f"{now - timedelta(days=1)}", "ends_at": f"{now + timedelta(days=1)}"}
    classroom.say(mode="chat", exams=[past, running])
    found = classroom.ada.get("/tutor").json()
    assert (found["mode"], found["reasons"]) == ("off", [{"subject": "mode", "by": "4b"}])
    refused = classroom.ada.post("/hints", json=FAILED)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "tutor_off")


def test_what_is_said_twice_is_said_once(classroom: Classroom) -> None:
    classroom.say(mode="off")
    items = classroom.say(mode="hints").json()["items"]
    assert [each["mode"] for each in items if each["cohort_id"] == classroom.cohort_id] == ["hints"]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({}, 422, "invalid"),
        ({"mode": "loud"}, 422, "invalid"),
        ({"mode": "off", "roadmap": "no-such"}, 404, "roadmap_not_found"),
        ({"mode": "off", "node_id": str(uuid4())}, 404, "node_not_found"),
        ({"mode": "off", "node_id": str(uuid4()), "roadmap": "python-foundations"}, 422, "invalid"),
        ({"tokens_per_day": -1}, 422, "invalid"),
        ({"level_wait_s": 86_400}, 422, "invalid"),
        ({"avoid": [""]}, 422, "invalid"),
        ({"exams": [{"begins_at": "2027-01-20T09:00Z", "ends_at": "2027-01-20T09:00Z"}]}, 422, "invalid"),
        ({"exams": [{"begins_at": "2027-01-20T09:00", "ends_at": "2027-01-20T10:00"}]}, 422, "invalid"),
    ],
)
def test_what_cannot_be_said(classroom: Classroom, said: dict[str, object], status: int, code: str) -> None:
    reply = classroom.say(**said)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


def test_an_instructor_says_nothing_for_everybody(classroom: Classroom) -> None:
    assert classroom.instructor.put(PATH, json={"mode": "off"}).status_code == 403
    assert classroom.ada.put(PATH, json={"mode": "off"}).status_code == 403
    assert classroom.instructor.delete(f"{PATH}/{uuid4()}").status_code == 404


def test_a_learner_does_without_a_model(classroom: Classroom) -> None:
    assert classroom.ada.get("/me").json()["no_ai"] is False
    assert classroom.ada.patch("/me", json={"no_ai": True}).json()["no_ai"] is True
    assert {"subject": "model", "by": "you"} in classroom.ada.get("/tutor").json()["reasons"]
