"""A small course for what the product's own content lacks: every type of question, points by hand, copied work."""

import json
from dataclasses import dataclass
from pathlib import Path

import httpx
import nbformat

from tests.plugins.lab_notebooks import answer, checks, manual, notebook, plain, solution
from tests.plugins.nexus_processes import run_nexus
from tests.plugins.server import PASSWORD, LiveServer

ROOT = Path(__file__).resolve().parents[2]

ROADMAP = """\
slug: workshop
title: Workshop
description: A short course for tests.
difficulty: beginner
concepts: concepts.yaml
nodes:
  - {slug: welcome, type: note, title: Welcome, points: 5, file: welcome.md, quiz: quiz.yaml}
  - slug: mean
    type: lab
    title: The mean
    points: 20
    file: mean.ipynb
    requires: {}
    lab: {pass_score: 0.5, attempts: 5}
  - {slug: after, type: note, title: What comes after, points: 5, file: after.md, requires: {all: [mean]}}
"""

CONCEPTS = """\
- {id: workshop.product, title: Products, taught: welcome}
- {id: workshop.even, title: Even numbers, needs: [workshop.product], taught: welcome}
"""

QUIZ = """\
passing_score: 0.9
questions:
  - id: single
    concepts: [workshop.product]
    type: single
    prompt: "What is `2 * 3`?"
    choices: [{id: six, text: "6"}, {id: five, text: "5"}]
    answer: six
    why: {five: That is the sum.}
    explanation: Two threes are six.
  - id: multiple
    concepts: [workshop.even]
    type: multiple
    prompt: Which are even?
    choices: [{id: two, text: "2"}, {id: three, text: "3"}, {id: four, text: "4"}]
    answer: [two, four]
  - id: numeric
    type: numeric
    prompt: What is pi, to two places?
    answer: 3.14
    tolerance: 0.005
    section: "#circles"
  - {id: text, type: text, prompt: Which keyword begins a function, answer: def}
  - id: ordering
    type: ordering
    prompt: Put them in order, the smallest first.
    choices: [{id: one, text: "1"}, {id: ten, text: "10"}, {id: hundred, text: "100"}]
    answer: [one, ten, hundred]
  - id: output
    type: code_output
    prompt: What does this print?
    code: "print('a' * 3)"
    answer: aaa
"""

MEAN = """def mean(values):
    ### BEGIN SOLUTION
    total = 0
    for value in values:
        total += value
    return total / len(values)
    ### END SOLUTION"""

#: two students whose answers are the same but for the names, and one who had an idea of their own
ANSWERS = {
    "Ada": """def mean(values):
    result = 0
    count = 0
    for value in values:
        if value is not None:
            result = result + value
            count = count + 1
    if count == 0:
        raise ValueError("nothing to take the mean of")
    return result / count""",
    "Bob": """def mean(values):
    s = 0
    n = 0
    for x in values:
        if x is not None:
            s = s + x
            n = n + 1
    if n == 0:
        raise ValueError("there is no value")
    return s / n""",
    "Cleo": "def mean(values):\n    return sum(values)",
}


def write_workshop(root: Path) -> Path:
    """Write the course into the content directory `root`, and return it."""
    folder = root / "workshop"
    folder.mkdir(parents=True)
    (folder / "roadmap.yaml").write_text(ROADMAP)
    (folder / "concepts.yaml").write_text(CONCEPTS)
    (folder / "quiz.yaml").write_text(QUIZ)
    (folder / "welcome.md").write_text(
        "# Welcome\n\nRead, then answer.\n\n```python\nprint(6 * 7)\n```\n\n## Circles\n\nPi is 3.14.\n"
    )
    (folder / "after.md").write_text("# What comes after\n\nThe median.\n")
    nbformat.write(mean_lab(), folder / "mean.ipynb")
    return root


def mean_lab() -> nbformat.NotebookNode:
    """Return the lab: a function with a visible and a hidden test, and a question that a person grades."""
    lab = notebook(
        plain("# a place to try things"),
        solution("mean", MEAN),
        checks("test-mean", "assert mean([1, 2, 3]) == 2, 'The mean of 1, 2, 3 is 2.'", 2),
        checks("test-mean-hidden", "### BEGIN HIDDEN TESTS\nassert mean([4]) == 4\n### END HIDDEN TESTS", 1),
        manual("explain", "When is the median the better choice?", 3),
    )
    lab.metadata["kernelspec"] = {"name": "nexus-python", "display_name": "Python (sandbox)", "language": "python"}
    return lab


@dataclass
class Workshop:
    """A server with the course, its instructor's address, and the students' submissions in the order they came in."""

    server: LiveServer
    content: Path
    instructor: str
    cohort_id: str
    join_code: str
    lab_id: str

    def end_kernels(self) -> None:
        """End the instructor's kernels that earlier tests left: Lab opens their notebooks again."""
        with self.server.client() as client:
            _log_in(client, self.instructor)
            for kernel in client.get(f"{self.server.url}/api/kernels").raise_for_status().json():
                client.delete(f"{self.server.url}/api/kernels/{kernel['id']}")


def found(server: LiveServer, content: Path) -> Workshop:
    """Make an instructor with a class of three who handed their answers in."""
    teacher = server.learner("instructor")
    email = teacher.get("/me").json()["email"]
    role = ("user", "role", email, "instructor")
    run_nexus(*role, environment={"NEXUS_DATA_DIR": str(server.data_dir)}).check_returncode()
    _log_in(teacher, email)  # of the login before, the server may still remember a student
    cohort = teacher.post("/teaching/cohorts", json={"name": "Morning class"}).raise_for_status().json()
    nodes = teacher.get("/roadmaps/workshop").json()["nodes"]
    lab_id = next(node["id"] for node in nodes if node["slug"] == "mean")
    for name, source in ANSWERS.items():
        _hand_in(server, name, cohort["join_code"], lab_id, source)
    teacher.close()
    return Workshop(server, content, email, cohort["id"], cohort["join_code"], lab_id)


def _log_in(client: httpx.Client, email: str) -> None:
    reply = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"


def _hand_in(server: LiveServer, name: str, code: str, lab_id: str, source: str) -> None:
    student = server.learner(name)
    student.post("/cohorts/join", json={"code": code}).raise_for_status()
    student.post(f"/nodes/{lab_id}/open").raise_for_status()
    answers = {"mean": source, "explain": f"When somebody is very rich, says {name}."}
    handed_in = json.loads(nbformat.writes(answer(mean_lab(), answers)))
    student.post(f"/nodes/{lab_id}/submissions", json={"notebook": handed_in}).raise_for_status()
    student.close()


def add_to_the_lab(workshop: Workshop, cell: nbformat.NotebookNode) -> None:
    """Change the lab on disk, as an author does."""
    lab = mean_lab()
    lab.cells.insert(0, cell)
    nbformat.write(lab, workshop.content / "workshop" / "mean.ipynb")


def break_the_quiz(workshop: Workshop) -> None:
    """Leave a mistake in the quiz's file."""
    (workshop.content / "workshop" / "quiz.yaml").write_text("questions: [")
