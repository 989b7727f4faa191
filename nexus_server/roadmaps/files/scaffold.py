"""A new roadmap to start from: one note with a quiz, and one lab. It passes every check."""

import json
import re
from pathlib import Path

import nbformat
from nbformat import v4

from nexus_server.errors import ConflictError, InvalidError
from nexus_server.roadmaps.files.roadmap_file import MAX_SLUG, SLUG


class RoadmapExistsError(ConflictError):
    """There is a roadmap of this name already."""

    code = "roadmap_exists"


class BadSlugError(InvalidError):
    """A slug has lower-case letters, digits and single hyphens only, 120 signs at most."""

    code = "bad_slug"


_ROADMAP = """\
slug: {slug}
title: {title}
description: What learners can do afterwards, in one or two sentences.
difficulty: beginner
order_index: 100
nodes:
  - slug: introduction
    type: note
    title: Introduction
    points: 10
    file: notes/01-introduction.md
    quiz: quizzes/introduction.yaml
    requires: {{}}

  - slug: first-lab
    type: lab
    title: "Lab: a first function"
    points: 20
    file: labs/02-first-lab.ipynb
    lab:
      kernel: nexus-python
      pass_score: 0.6
"""
_NOTE = """\
---
title: Introduction
summary: What this is about, in one sentence.
minutes: 5
---

# Introduction

Begin with a question that the reader wants answered.
"""
_QUIZ = """\
passing_score: 0.7
shuffle: true
max_attempts: null
questions:
  - id: sum
    type: numeric
    prompt: What is `1 + 1`?
    points: 1
    answer: 2
    tolerance: 0
    explanation: One more than one.
"""


def scaffold(content_dir: Path, slug: str, title: str) -> list[Path]:
    """Write a new roadmap's folder and return the files.

    Raises:
        RoadmapExistsError: the folder exists.
        BadSlugError: the slug is none.
    """
    require_slug(slug)
    folder = content_dir / slug
    if folder.exists():
        raise RoadmapExistsError(slug=slug)
    files = {
        "roadmap.yaml": _ROADMAP.format(slug=slug, title=quoted(title)),
        "notes/01-introduction.md": _NOTE,
        "quizzes/introduction.yaml": _QUIZ,
        "labs/02-first-lab.ipynb": _lab(),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def require_slug(slug: str) -> None:
    """Do nothing when a roadmap may have this name.

    Raises:
        BadSlugError
    """
    if not re.fullmatch(SLUG, slug) or len(slug) > MAX_SLUG:
        raise BadSlugError(slug=slug)


def quoted(title: str) -> str:
    """Return a title as YAML writes it."""
    return json.dumps(" ".join(title.split()), ensure_ascii=False)  # JSON's texts are YAML's too


def _lab() -> str:
    notebook = v4.new_notebook(
        metadata={"kernelspec": {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}},
        cells=[
            v4.new_markdown_cell(
                "# A first function\n\nWrite `square`, which returns its argument times itself.", id="task"
            ),
            v4.new_code_cell(
                "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION",
                id="square",
                metadata={"nbgrader": _mark("square", solution=True)},
            ),
            v4.new_code_cell(
                "assert square(3) == 9", id="test-square", metadata={"nbgrader": _mark("test-square", points=1)}
            ),
            v4.new_code_cell(
                "### BEGIN HIDDEN TESTS\nassert square(-2) == 4\n### END HIDDEN TESTS",
                id="test-square-hidden",
                metadata={"nbgrader": _mark("test-square-hidden", points=1)},
            ),
        ],
    )
    return str(nbformat.writes(notebook)) + "\n"


def _mark(grade_id: str, *, solution: bool = False, points: int | None = None) -> dict[str, object]:
    mark: dict[str, object] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None,
        "solution": solution,
        "locked": points is not None,
        "task": False,
        "cell_type": "code",
    }
    return mark if points is None else {**mark, "points": points}
