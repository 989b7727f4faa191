"""Roadmaps through a real server."""

import json
import re
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.plugins.content import write_content
from tests.plugins.grading_site import wait_until_graded
from tests.plugins.server import LiveServer, StartServer

#: long enough that one report cannot be believed, short enough to wait for
VIDEO_S = 10


@pytest.fixture(scope="module")
def tiny_server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    content = write_content(tmp_path_factory.mktemp("site") / "content")
    roadmap = content / "tiny/roadmap.yaml"
    roadmap.write_text(roadmap.read_text().replace("duration_s: 100", f"duration_s: {VIDEO_S}"))
    return start_server(NEXUS_CONTENT_DIR=str(content))


@pytest.fixture
def ada(tiny_server: LiveServer) -> Iterator[httpx.Client]:
    client = tiny_server.learner("ada")
    yield client
    client.close()


def node_ids(client: httpx.Client) -> dict[str, str]:
    reply = client.get("/roadmaps/tiny")
    assert reply.status_code == 200
    return {node["slug"]: node["id"] for node in reply.json()["nodes"]}


def watch(client: httpx.Client, clip: str) -> None:
    """Claim at once to have watched the video, and again and again, until enough time has passed for it."""
    claim = {"position": VIDEO_S * 0.9, "watched": [[0, VIDEO_S * 0.9]]}
    first = client.put(f"/nodes/{clip}/position", json=claim).json()
    assert first["status"] == "in_progress"
    assert client.post(f"/nodes/{clip}/complete").json()["error"]["code"] == "not_watched"
    assert client.get(f"/nodes/{clip}").json()["position"] == VIDEO_S * 0.9
    deadline = time.monotonic() + 60
    while client.put(f"/nodes/{clip}/position", json=claim).json()["status"] != "completed":
        assert time.monotonic() < deadline


def test_a_learner_walks_a_roadmap(ada: httpx.Client, tiny_server: LiveServer) -> None:
    (roadmap,) = ada.get("/roadmaps").json()["items"]
    assert (roadmap["slug"], roadmap["completed_count"]) == ("tiny", 0)
    ids = node_ids(ada)
    hello = ada.get(f"/nodes/{ids['hello']}").json()
    assert 'src="/nexus/api/v1/content-files/tiny/images/dot.svg"' in hello["content_html"]
    assert ada.post(f"/nodes/{ids['hello']}/open").json()["status"] == "in_progress"
    done = ada.post(f"/nodes/{ids['hello']}/complete").json()
    assert (done["status"], done["xp_awarded"]) == ("completed", 25)
    watch(ada, ids["clip"])
    quiz = ada.get(f"/nodes/{ids['quizzed']}/quiz").json()
    assert {question["id"] for question in quiz["questions"]} == {"one", "two"}
    result = ada.post(f"/nodes/{ids['quizzed']}/quiz/attempts", json={"answers": {"one": "a", "two": 3.14}}).json()
    assert (result["passed"], result["score"]) == (True, 1.0)
    opened = ada.post(f"/nodes/{ids['lab']}/open").json()
    assert opened["kernel_name"] == "nexus-python"
    contents = ada.get(f"{tiny_server.url}/api/contents/{opened['path']}").json()
    assert len(contents["content"]["cells"]) == 4
    progress = {row["slug"]: row["status"] for row in ada.get("/me/progress").json()["items"]}
    assert progress == {"hello": "completed", "clip": "completed", "quizzed": "completed", "lab": "in_progress"}


@pytest.mark.parametrize(
    ("asked", "body", "status", "code"),
    [
        ("GET /roadmaps/gone", None, 404, "roadmap_not_found"),
        ("GET /nodes/not-a-uuid", None, 404, "not_found"),
        ("GET /nodes/00000000-0000-0000-0000-000000000000", None, 404, "node_not_found"),
        ("GET /nodes/{lab}", None, 403, "node_locked"),
        ("POST /nodes/{lab}/open", None, 403, "node_locked"),
        ("GET /nodes/{hello}/quiz", None, 404, "quiz_not_found"),
        ("POST /nodes/{hello}/reset", None, 409, "wrong_node_type"),
        ("PUT /nodes/{hello}/position", {"position": -1}, 422, "invalid"),
        ("PUT /nodes/{hello}/position", {"position": "NaN"}, 422, "invalid"),
        ("PUT /nodes/{hello}/position", None, 400, "malformed"),
        ("POST /nodes/{quizzed}/quiz/attempts", {"answers": [1]}, 422, "invalid"),
        ("POST /nodes/{quizzed}/quiz/attempts", {"answers": {"one": {"a": 1}}}, 422, "invalid"),
        ("GET /content-files/tiny/labs/lab.ipynb", None, 404, "node_not_found"),
        ("GET /content-files/tiny/images/%2e%2e/quizzes/quizzed.yaml", None, 404, "node_not_found"),
        ("POST /nodes/{hello}/submissions", {}, 409, "wrong_node_type"),
        ("POST /nodes/{lab}/submissions", {"notebook": {}}, 403, "node_locked"),
        ("POST /nodes/{lab}/submissions", {"notebook": 5}, 422, "invalid"),
        ("GET /submissions/00000000-0000-0000-0000-000000000000", None, 404, "submission_not_found"),
        ("HEAD /content-files/tiny/images/dot.svg", None, 405, None),
    ],
)
def test_bad_requests_get_the_contracts_errors(
    ada: httpx.Client, asked: str, body: object, status: int, code: str | None
) -> None:
    method, path = asked.format(**node_ids(ada)).split()
    reply = ada.request(method, path, json=body)
    assert reply.status_code == status
    if code is not None:
        assert reply.json()["error"]["code"] == code


#: bodies that are no answers to the quiz, and what the server says to them
HOSTILE_ANSWERS = [
    ('{"answers": {"two": NaN}}', 422),
    ('{"answers": {"two": Infinity}}', 422),
    ('{"answers": {"two": 1e999}}', 422),
    ('{"answers": {"two": 1' + "0" * 5000 + "}}", 400),
    ('{"answers": {"two": [3.14]}}', 422),
    ('{"answers": {"one": "z"}}', 422),
    ('{"answers": {"one": ["a"]}}', 422),
    ('{"answers": {"gone": "a"}}', 422),
    (json.dumps({"answers": {f"q{number}": "a" for number in range(201)}}), 422),
    (json.dumps({"answers": {"one": "a" * 10_001}}), 422),
    (json.dumps({"answers": {"one": ["a"] * 101}}), 422),
    ('{"answers": {}, "passed": true}', 422),
    ("[" * 100_000, 400),
]
HOSTILE_POSITIONS = (
    '{"position": NaN}',
    '{"position": 1e999}',
    '{"position": 1, "watched": [[0, 1e999]]}',
    '{"position": 1, "watched": [[-1, 2]]}',
    '{"position": 1, "watched": [[1]]}',
)


def test_a_quiz_gives_nothing_away_and_survives_hostile_answers(tiny_server: LiveServer) -> None:
    eve = tiny_server.learner("eve")
    clip, quizzed = node_ids(eve)["clip"], node_ids(eve)["quizzed"]
    eve.post(f"/nodes/{node_ids(eve)['hello']}/complete").raise_for_status()
    watch(eve, clip)
    attempts = f"/nodes/{quizzed}/quiz/attempts"
    failed = eve.post(attempts, json={"answers": {"one": "b"}})
    assert (failed.status_code, failed.json()["passed"]) == (200, False)
    seen = [
        eve.get(path).text for path in ("/roadmaps/tiny", f"/nodes/{quizzed}", f"/nodes/{quizzed}/quiz", "/me/progress")
    ]
    seen += [failed.text, eve.get(f"/teaching/nodes/{quizzed}/preview").text, eve.get(f"{tiny_server.url}/lab").text]
    # the numbers as such: a time's seconds may be 43.146
    secrets = (
        "It is two",
        r"Nearly\.",
        r"(?<!\d)3\.14(?!\d)",
        "tolerance",
        '"answer"',
        "questions_json",
        r"(?<!\d)0\.01(?!\d)",
    )
    for secret in secrets:
        assert [text for text in seen if re.search(secret, text)] == []
    headers = {"Content-Type": "application/json"}
    statuses = [(body, eve.post(attempts, content=body, headers=headers).status_code) for body, _ in HOSTILE_ANSWERS]
    assert statuses == HOSTILE_ANSWERS
    for position in HOSTILE_POSITIONS:
        assert eve.put(f"/nodes/{clip}/position", content=position, headers=headers).status_code == 422
    last = eve.post(attempts, json={"answers": {"one": "a", "two": 3.14}}).json()
    assert (last["attempt"], last["passed"]) == (2, True)
    assert "It is two" in json.dumps(last)


def test_anonymous_people_see_nothing(tiny_server: LiveServer) -> None:
    with tiny_server.client() as client:
        for path in ("/roadmaps", "/me/progress", "/content-files/tiny/images/dot.svg"):
            assert client.get(path).status_code == 401


def test_media_come_in_parts_and_cannot_run_anything(ada: httpx.Client) -> None:
    part = ada.get("/content-files/tiny/media/clip.webm", headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.text) == (206, "really")
    svg = ada.get("/content-files/tiny/images/dot.svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in svg.headers["content-security-policy"]
    assert svg.headers["x-content-type-options"] == "nosniff"


@pytest.mark.docker
def test_a_lab_is_submitted_and_graded_in_the_sandbox(ada: httpx.Client) -> None:
    ids = node_ids(ada)
    ada.post(f"/nodes/{ids['hello']}/complete")
    opened = ada.post(f"/nodes/{ids['lab']}/open").json()
    contents = ada.get(f"{str(ada.base_url).split('/nexus')[0]}/api/contents/{opened['path']}").json()
    notebook = contents["content"]
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "def double(x):\n    return x + x"
    reply = ada.post(f"/nodes/{ids['lab']}/submissions", json={"notebook": notebook})
    assert reply.status_code == 202
    graded = wait_until_graded(ada, f"/submissions/{reply.json()['id']}")
    assert (graded["status"], graded["score"], graded["max_score"]) == ("graded", 2.0, 2.0)
    assert graded["xp_awarded"] == 60
    assert "double(-3)" not in str(graded)
    feedback = ada.get(f"/submissions/{graded['id']}/feedback")
    assert "sandbox" in feedback.headers["content-security-policy"]
    assert "double(-3)" not in feedback.text
    assert ada.get("/roadmaps/tiny").json()["nodes"][3]["status"] == "completed"
