"""A small content directory on disk, for tests to change; and the product's, read once."""

from functools import cache
from pathlib import Path

import nbformat.v4
import pytest

from nexus_server.courses.lab_checks import LabToCheck, labs_of
from nexus_server.installation import CONTENT
from nexus_server.roadmaps.files.loader import load_content
from nexus_server.roadmaps.files.source import RoadmapSource


@cache
def product_roadmaps() -> tuple[RoadmapSource, ...]:
    """Return every roadmap of the product; nobody changes them."""
    return tuple(load_content(CONTENT))


@cache
def product_labs() -> tuple[LabToCheck, ...]:
    """Return every lab of the product."""
    return tuple(labs_of(product_roadmaps()))


ROADMAP = """\
slug: tiny
title: Tiny
description: A roadmap for tests.
difficulty: intermediate
nodes:
  - {slug: hello, type: note, title: Hello, points: 10, file: notes/hello.md}
  - slug: clip
    type: video
    title: Clip
    points: 5
    video: {file: media/clip.webm, duration_s: 100, transcript: media/clip.md, required_share: 0.8}
  - {slug: quizzed, type: note, title: Quizzed, points: 20, file: notes/quizzed.md, quiz: quizzes/quizzed.yaml}
  - slug: lab
    type: lab
    title: Lab
    points: 30
    file: labs/lab.ipynb
    requires: {all: [hello]}
    lab: {data: [data/numbers.csv], pass_score: 0.5}
"""

NOTE = """\
---
title: Hello
summary: A first note.
minutes: 3
---

# Hello

![A dot](../images/dot.svg)

Go on with [questions](quizzed.md).
"""

QUIZ = """\
passing_score: 0.6
questions:
  - id: one
    type: single
    prompt: "1 + 1?"
    choices: [{id: a, text: "2"}, {id: b, text: "3"}]
    answer: a
    explanation: It is two.
  - {id: two, type: numeric, prompt: "pi?", answer: 3.14, tolerance: 0.01, points: 2, explanation: Nearly.}
"""


def lab_notebook() -> str:
    """Return a source notebook with one solution of two points, one visible and one hidden test."""
    v4 = nbformat.v4
    notebook = v4.new_notebook(
        metadata={"kernelspec": {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}},
        cells=[
            v4.new_markdown_cell("# Double a number", id="title"),
            v4.new_code_cell(
                "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
                id="double",
                metadata={"nbgrader": _mark("double", grade=False, solution=True)},
            ),
            v4.new_code_cell(
                "assert double(2) == 4",
                id="test-visible",
                metadata={"nbgrader": _mark("test-visible", grade=True, solution=False)},
            ),
            v4.new_code_cell(
                "### BEGIN HIDDEN TESTS\nassert double(-3) == -6\n### END HIDDEN TESTS",
                id="test-hidden",
                metadata={"nbgrader": _mark("test-hidden", grade=True, solution=False)},
            ),
        ],
    )
    return str(nbformat.writes(notebook))


def _mark(grade_id: str, *, grade: bool, solution: bool) -> dict[str, object]:
    mark: dict[str, object] = {
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": grade,
        "task": False,
        "schema_version": 3,
        "cell_type": "code",
    }
    return {**mark, "points": 1} if grade else mark


@pytest.fixture
def content_dir(tmp_path: Path) -> Path:
    """A content directory with one sound roadmap of every type of node."""
    return write_content(tmp_path / "content")


def write_content(root: Path) -> Path:
    """Write a small roadmap into the content directory `root`, and return it."""
    files = {
        "roadmap.yaml": ROADMAP,
        "notes/hello.md": NOTE,
        "notes/quizzed.md": "# Quizzed\n\nSee [the first note](hello.md).\n",
        "quizzes/quizzed.yaml": QUIZ,
        "media/clip.webm": "not really a video",
        "media/clip.md": "What is said.\n",
        "images/dot.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "data/numbers.csv": "n\n1\n2\n",
        "labs/lab.ipynb": lab_notebook(),
    }
    for name, text in files.items():
        path = root / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
