"""An instructor's own class over HTTP: what was handed in, marks by hand, grading again, copied work, the gradebook."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.plugins.grading_site import is_over, until, wait_until_graded
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import PASSWORD, StartServer
from tests.plugins.workshop import MEAN, Workshop, break_the_quiz, found, write_workshop

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def workshop(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    content = write_workshop(tmp_path_factory.mktemp("workshop") / "content")
    return found(start_server(NEXUS_CONTENT_DIR=str(content)), content)


@pytest.fixture
def teacher(workshop: Workshop) -> Iterator[httpx.Client]:
    client = workshop.server.client()
    reply = client.post("/auth/login", json={"email": workshop.instructor, "password": PASSWORD}).raise_for_status()
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    yield client
    client.close()


@pytest.fixture
def graded(workshop: Workshop, teacher: httpx.Client) -> dict[str, dict[str, Any]]:
    """The class's submissions by student's name, when all are graded."""

    def look() -> dict[str, dict[str, Any]]:
        page = teacher.get("/teaching/submissions", params={"node_id": workshop.lab_id}).raise_for_status().json()
        items = {item["display_name"]: item for item in page["items"]}
        return items if all(is_over(item) for item in items.values()) else {}

    everybody: dict[str, dict[str, Any]] = until(look, "the class is graded")
    return everybody


def error_of(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


def errors_of(reply: httpx.Response) -> list[str]:
    """Return the files with mistakes; warnings keep nothing back."""
    return [problem["file"] for problem in reply.json()["problems"] if problem["severity"] == "error"]


def test_submissions_are_listed_with_what_they_earned(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    assert {name: item["score"] for name, item in graded.items()} == {"Ada": 3.0, "Bob": 3.0, "Cleo": 1.0}, (
        "the sum of one number is its mean"
    )
    assert all(item["needs_manual"] for item in graded.values())
    first = teacher.get("/teaching/submissions", params={"limit": 2, "cohort_id": workshop.cohort_id}).json()
    rest = teacher.get("/teaching/submissions", params={"limit": 2, "cursor": first["next"]}).json()
    assert {item["id"] for item in first["items"] + rest["items"]} == {item["id"] for item in graded.values()}
    assert rest["next"] is None
    one = teacher.get(f"/teaching/submissions/{graded['Cleo']['id']}").json()
    assert any("sum(values)" in cell["source"] for cell in one["notebook"]["cells"])
    assert [grade["origin"] for grade in one["grades"]][-1] == "autograde"
    feedback = teacher.get(f"/teaching/submissions/{graded['Cleo']['id']}/feedback")
    assert "sandbox" in feedback.headers["content-security-policy"]


def test_what_grading_says_is_in_the_readers_language(teacher: httpx.Client, graded: dict[str, dict[str, Any]]) -> None:
    address = f"/teaching/submissions/{graded['Cleo']['id']}"
    told = {}
    for language in ("en", "de", "es"):
        cells = teacher.get(address, headers={"Accept-Language": language}).json()["cells"]
        told[language] = {cell["message"] for cell in cells if cell["status"] == "manual"}
    assert told == {
        "en": {"Your instructor marks this part."},
        "de": {"Diesen Teil bewertet deine Lehrperson."},
        "es": {"Tu docente califica esta parte."},
    }


def test_points_by_hand_count_and_are_kept_through_a_regrade(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    path = f"/teaching/submissions/{graded['Ada']['id']}"
    body = {"cells": {"explain": {"points": 2, "comment": "And skewed data?"}}, "comment": "Well done."}
    marked = teacher.post(f"{path}/manual-score", json=body).raise_for_status().json()
    assert (marked["score"], marked["needs_manual"]) == (5.0, False)
    assert teacher.post(f"{path}/regrade").status_code == 202
    again = wait_until_graded(teacher, path)
    assert again["score"] == 5.0, "a regrade keeps what a person gave"
    origins = [grade["origin"] for grade in again["grades"]]
    assert (origins[-1], "manual" in origins, len(origins)) == ("autograde", True, 3)
    wrong = {"too much": {"explain": {"points": 9}}, "no such cell": {"nothing": {"points": 1}}}
    for cells in wrong.values():
        assert teacher.post(f"{path}/manual-score", json={"cells": cells}).status_code == 422
    assert teacher.get(path).json()["score"] == 5.0


def test_the_signature_of_a_submission_can_be_verified(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    shown = teacher.get(f"/teaching/submissions/{graded['Cleo']['id']}").raise_for_status().json()

    def verify(content: dict[str, Any]) -> int:
        environment = {"NEXUS_DATA_DIR": str(workshop.server.data_dir)}
        return run_nexus("grade", "verify", "-", stdin=json.dumps(content), environment=environment).returncode

    assert verify(shown) == 0
    assert verify({**shown, "score": shown["score"] + 1}) == 1
    assert verify({**shown, "sha256": "0" * 64}) == 1


def test_only_what_other_tests_graded_is_graded_again(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    path = f"/teaching/nodes/{workshop.lab_id}/regrade"
    assert teacher.post(path, json={"only_changed": True}).json() == {"queued": 0}
    assert teacher.post(path).json() == {"queued": len(graded)}
    for item in graded.values():
        wait_until_graded(teacher, f"/teaching/submissions/{item['id']}")


def test_copied_work_is_shown_side_by_side(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    report = teacher.get(f"/teaching/nodes/{workshop.lab_id}/similarity").raise_for_status().json()
    assert report["compared"] == len(graded)
    (pair,) = report["items"]
    assert {pair["first"]["display_name"], pair["second"]["display_name"]} == {"Ada", "Bob"}
    assert pair["matches"]
    assert MEAN not in pair["first"]["code"]


def test_the_gradebook_says_the_same_as_json_and_csv(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    of_class = {"cohort_id": workshop.cohort_id}
    book = teacher.get("/teaching/roadmaps/workshop/gradebook", params=of_class).raise_for_status().json()
    assert {row["display_name"] for row in book["items"]} == set(graded)
    reply = teacher.get("/teaching/roadmaps/workshop/gradebook.csv", params=of_class).raise_for_status()
    assert reply.headers["content-type"].startswith("text/csv")
    assert "attachment" in reply.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(reply.text)))
    assert len(rows) == len(graded) + 1
    assert {name for name in graded if any(name in cell for row in rows for cell in row)} == set(graded)
    report = teacher.get(f"/teaching/nodes/{workshop.lab_id}/analytics", params=of_class).json()
    assert report["students"] == len(graded)
    assert sum(report["score_distribution"]) == len(graded)
    assert next(point for point in report["points_of_failure"] if point["id"] == "test-mean")["missed"] == 1


def test_a_bad_file_fails_alone_and_is_shown(workshop: Workshop, teacher: httpx.Client) -> None:
    assert errors_of(teacher.get("/teaching/content/status")) == []
    break_the_quiz(workshop)
    synced = teacher.post("/teaching/content/sync").raise_for_status()
    assert errors_of(synced) == ["workshop/quiz.yaml"]
    assert synced.json()["archived"] == []
    assert errors_of(teacher.get("/teaching/content/status")) == ["workshop/quiz.yaml"]
    assert teacher.get(f"/nodes/{workshop.lab_id}").status_code == 200
    preview = teacher.get(f"/teaching/nodes/{workshop.lab_id}/preview").raise_for_status()
    assert "total += value" not in preview.text, "a preview shows what a student gets"
    assert "mean([4])" not in preview.text


def test_nobody_else_gets_any_of_it(
    workshop: Workshop, teacher: httpx.Client, graded: dict[str, dict[str, Any]]
) -> None:
    submission, node = graded["Ada"]["id"], workshop.lab_id
    with closing(workshop.server.learner("curious")) as student:
        assert error_of(student.get("/teaching/submissions")) == (403, "forbidden")
        assert error_of(student.get(f"/teaching/submissions/{submission}")) == (404, "submission_not_found")
        assert error_of(student.post(f"/teaching/nodes/{node}/regrade")) == (403, "forbidden")
        body = {"cells": {"explain": {"points": 3}}}
        assert error_of(student.post(f"/teaching/submissions/{submission}/manual-score", json=body))[0] == 404
    unknown = "00000000-0000-4000-8000-000000000000"
    assert error_of(teacher.get(f"/teaching/submissions/{unknown}")) == (404, "submission_not_found")
    assert error_of(teacher.get(f"/teaching/nodes/{unknown}/analytics"))[0] == 404
    assert error_of(teacher.get("/teaching/roadmaps/gone/gradebook"))[0] == 404


def test_the_forum_and_the_playground_are_closed_to_who_sits_an_exam(workshop: Workshop, teacher: httpx.Client) -> None:
    student, run = workshop.server.learner("gil"), {"language": "python", "code": "1"}
    thread = {"title": "Nobody in an exam finds this", "body_md": "A zebra."}
    teacher.post("/forum/threads", json=thread).raise_for_status()
    search = {"q": "zebra"}
    assert student.get("/search", params=search).json()["items"]
    cohort = teacher.post("/teaching/cohorts", json={"name": "Exam class"}).raise_for_status().json()
    student.post("/cohorts/join", json={"code": cohort["join_code"]}).raise_for_status()
    terms = f"/teaching/nodes/{workshop.lab_id}/overrides/cohorts/{cohort['id']}"
    teacher.put(terms, json={"time_limit_minutes": 60}).raise_for_status()
    started = student.post(f"/nodes/{workshop.lab_id}/exam").raise_for_status().json()
    assert started["closed"] == ["forum", "playground", "tutor"]
    for refused in (
        student.get("/forum/threads"),
        student.post("/forum/threads", json=thread),
        student.post("/playground/runs", json=run),
        student.post("/me/practice/code", json={"node_id": str(workshop.lab_id), "item": "any", "code": "1"}),
    ):
        assert error_of(refused) == (403, "closed_in_exam")
    assert student.get("/search", params=search).json()["items"] == []
    assert teacher.get("/forum/threads").status_code == 200
    teacher.delete(terms).raise_for_status()
    teacher.patch(f"/teaching/cohorts/{cohort['id']}", json={"archived": True}).raise_for_status()
