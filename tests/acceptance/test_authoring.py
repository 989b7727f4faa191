"""A roadmap is written, checked in the sandbox, published, solved and graded, over HTTP."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from nbformat import NotebookNode

from tests.plugins.content import write_content
from tests.plugins.grading_site import until, wait_until_graded
from tests.plugins.lab_notebooks import checks, notebook, solution
from tests.plugins.server import ROOT, LiveServer, StartServer

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(420), pytest.mark.long]

DRAFTS = "/teaching/drafts"
COUNT = "def count(path):\n    ### BEGIN SOLUTION\n    return len(open(path).readlines()) - 1\n    ### END SOLUTION"
WRONG = COUNT.replace(" - 1", "")


@pytest.fixture(scope="module")
def server(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server with one small roadmap."""
    return start_server(NEXUS_CONTENT_DIR=str(write_content(tmp_path_factory.mktemp("content"))))


@pytest.fixture
def author(server: LiveServer) -> httpx.Client:
    """An instructor."""
    client = server.learner("ina")
    email = client.get("/me").json()["email"]
    nexus = Path(sys.executable).parent / "nexus"
    env = {**os.environ, "NEXUS_DATA_DIR": str(server.data_dir)}
    subprocess.run([nexus, "user", "role", email, "instructor"], check=True, capture_output=True, cwd=ROOT, env=env)
    return client


def lab(answer: str) -> NotebookNode:
    """Return a lab that counts the lines of its data file."""
    made = notebook(
        solution("count", answer),
        checks("test-count", "assert count('data/prices.csv') == 2, 'Two lines have a price.'", 2),
        checks("test-empty", "### BEGIN HIDDEN TESTS\nassert count('data/prices.csv') > 1\n### END HIDDEN TESTS", 1),
    )
    made.metadata["kernelspec"] = {"name": "nexus-python", "display_name": "Python", "language": "python"}
    return made


def save(author: httpx.Client, server: LiveServer, path: str, content: NotebookNode) -> None:
    """Save a notebook in the author's workspace, as JupyterLab does."""
    body = {"type": "notebook", "format": "json", "content": json.loads(nbformat.writes(content))}
    author.put(f"{server.url}/api/contents/{path}", json=body).raise_for_status()


def outcome(author: httpx.Client, draft: str) -> dict[str, Any]:
    """Wait until nothing is done with a draft, and return what came of it."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = author.get(f"{DRAFTS}/{draft}").raise_for_status().json()["outcome"]
        return None if found["state"] == "running" else found

    ended: dict[str, Any] = until(look, "the draft is checked")
    return ended


def test_from_nothing_to_a_graded_lab(server: LiveServer, author: httpx.Client) -> None:
    draft = author.post(DRAFTS, json={"slug": "counting", "title": "Counting"}).raise_for_status().json()["id"]
    author.post(f"{DRAFTS}/{draft}/steps", json={"type": "lab", "title": "Prices"}).raise_for_status()
    data = {"name": "prices.csv", "content": base64.b64encode(b"price\n2\n4\n").decode()}
    view = author.post(f"{DRAFTS}/{draft}/steps/prices/data", json=data).raise_for_status().json()
    path = view["steps"][0]["path"]

    save(author, server, path, lab(WRONG))
    author.post(f"{DRAFTS}/{draft}/publish", json={"message": "First"}).raise_for_status()
    refused = outcome(author, draft)
    assert (refused["state"], refused["commit"]) == ("problems", None)
    assert [(problem["cell"], problem["file"]) for problem in refused["problems"]] == [(1, "labs/prices.ipynb")]
    assert author.get("/roadmaps/counting").status_code == 404

    save(author, server, path, lab(COUNT))
    author.post(f"{DRAFTS}/{draft}/publish", json={"message": "First"}).raise_for_status()
    assert outcome(author, draft)["state"] == "done"
    (version,) = author.get("/teaching/sources/counting/versions").raise_for_status().json()["items"]
    assert (version["author"], version["message"]) == ("Ina", "First")

    student = server.learner("ada")
    (node,) = student.get("/roadmaps/counting").raise_for_status().json()["nodes"]
    student.post(f"/nodes/{node['id']}/open").raise_for_status()
    handed_in = {"notebook": json.loads(nbformat.writes(lab(COUNT)))}
    submission = student.post(f"/nodes/{node['id']}/submissions", json=handed_in).raise_for_status().json()["id"]
    graded = wait_until_graded(student, f"/submissions/{submission}")
    assert (graded["score"], graded["max_score"]) == (3, 3)
