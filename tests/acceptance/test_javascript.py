"""The first half of content/'s JavaScript roadmap, walked over HTTP: quizzes, Deno's kernel, grades, XP."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.plugins.kernel_talk import KernelTalk, headers_of
from tests.plugins.server import ROOT, LiveServer

pytestmark = pytest.mark.docker

FOLDER = ROOT / "content" / "javascript-foundations"
LABS = {
    "bike-workshop": FOLDER / "labs/02-bike-workshop.ipynb",
    "village-library": FOLDER / "labs/04-village-library.ipynb",
}
#: base points of a node, for a beginners' roadmap; the first day's streak bonus comes with the first
XP = {"values-and-functions": 15, "bike-workshop": 20, "arrays-and-maps": 10, "village-library": 30}


@pytest.fixture
def ada(live_server: LiveServer) -> Iterator[httpx.Client]:
    with closing(live_server.learner("ada")) as client:
        yield client


def nodes(client: httpx.Client) -> dict[str, dict[str, Any]]:
    return {node["slug"]: node for node in client.get("/roadmaps/javascript-foundations").json()["nodes"]}


def pass_quiz(client: httpx.Client, slug: str) -> int:
    node_id = nodes(client)[slug]["id"]
    client.post(f"/nodes/{node_id}/open").raise_for_status()
    questions = yaml.safe_load((FOLDER / f"quizzes/{slug}.yaml").read_text())["questions"]
    answers = {each["id"]: each["answer"] for each in questions}
    answers |= {name: answer[0] for name, answer in answers.items() if answer == ["1"]}
    result = client.post(f"/nodes/{node_id}/quiz/attempts", json={"answers": answers}).json()
    assert (result["passed"], result["score"]) == (True, 1.0), result
    return int(result["xp_awarded"])


def references(path: Path) -> dict[str, str]:
    cells = json.loads(path.read_text())["cells"]
    graded = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    return {meta["grade_id"]: cell["source"] for meta, cell in zip(graded, cells, strict=True) if meta.get("solution")}


class Lab:
    """An opened lab in a learner's workspace."""

    def __init__(self, server: LiveServer, client: httpx.Client, slug: str) -> None:
        self.server, self.client, self.slug = server, client, slug
        self.id = nodes(client)[slug]["id"]
        opened = client.post(f"/nodes/{self.id}/open").raise_for_status().json()
        assert opened["kernel_name"] == "nexus-javascript"
        self.path = opened["path"]
        self.notebook = client.get(f"{server.url}/api/contents/{self.path}?type=notebook").json()["content"]

    def answer(self, answers: dict[str, str]) -> None:
        """Write answers and save."""
        for cell in self.notebook["cells"]:
            cell["source"] = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])
        body = {"type": "notebook", "format": "json", "content": self.notebook}
        self.client.put(f"{self.server.url}/api/contents/{self.path}", json=body).raise_for_status()

    def run(self) -> list[str]:
        """Run every code cell as a page would; return what each printed."""
        body = {"path": self.path, "type": "notebook", "name": "", "kernel": {"name": "nexus-javascript"}}
        session = self.client.post(f"{self.server.url}/api/sessions", json=body).raise_for_status().json()
        code = [cell["source"] for cell in self.notebook["cells"] if cell["cell_type"] == "code"]
        with KernelTalk(self.server.url, session["kernel"]["id"], headers_of(self.client)) as talk:
            told = [talk.text_of(source) for source in code]
        self.client.delete(f"{self.server.url}/api/sessions/{session['id']}").raise_for_status()
        return told

    def submit(self) -> dict[str, Any]:
        """Submit what lies in the workspace and wait for the grade."""
        receipt = self.client.post(f"/nodes/{self.id}/submissions", json={}).raise_for_status().json()
        deadline = time.monotonic() + 150
        while time.monotonic() < deadline:
            state: dict[str, Any] = self.client.get(f"/submissions/{receipt['id']}").json()
            if state["status"] in ("graded", "failed"):
                return state
            time.sleep(0.2)  # a program without an event socket polls
        raise TimeoutError(receipt["id"])


def test_a_learner_walks_the_javascript_roadmap(live_server: LiveServer, ada: httpx.Client) -> None:
    earned = {}
    for note, slug in (("values-and-functions", "bike-workshop"), ("arrays-and-maps", "village-library")):
        earned[note] = pass_quiz(ada, note)
        lab = Lab(live_server, ada, slug)
        assert "not implemented" in "".join(lab.run()), "the stubs say so"
        lab.answer(references(LABS[slug]))
        told = lab.run()
        assert not [text for text in told if "Error" in text], told
        said = "Total...........   51.70" if slug == "bike-workshop" else "Bob      3 late, owes 10.20"
        assert said in "".join(told)
        graded = lab.submit()
        assert (graded["status"], graded["score"]) == ("graded", graded["max_score"]), graded
        earned[slug] = graded["xp_awarded"]
    assert earned == XP
    assert ada.get("/me").json()["xp"] == sum(XP.values())
    assert {slug for slug, node in nodes(ada).items() if node["status"] == "completed"} == set(XP)


def test_wrong_answers_are_explained_without_the_hidden_tests(live_server: LiveServer, ada: httpx.Client) -> None:
    pass_quiz(ada, "values-and-functions")
    lab = Lab(live_server, ada, "bike-workshop")
    answers = references(LABS["bike-workshop"])
    answers["duration"] = "function duration(minutes) { return `${minutes} min` }"
    answers["repair-price"] = answers["repair-price"].replace("Math.ceil", "Math.round")
    answers["total"] = answers["total"].replace("let sum = 0", "let sum = '0'")
    lab.answer(answers)
    graded = lab.submit()
    told = {cell["grade_id"]: (cell["status"], cell["message"]) for cell in graded["cells"]}
    assert told["test-duration"] == ("failed", "85 minutes are 1 h 25 min")
    assert told["test-repair-price"] == ("failed", "20 minutes are two quarters begun: 24, and 8.5 for parts")
    assert told["test-total"] == ("failed", "24 and 8.5 are 32.5")
    assert told["test-discounted"][0] == told["test-receipt-line"][0] == "passed"
    assert "the second quarter" not in ada.get(f"/submissions/{graded['id']}/feedback").text
