"""A class that answered ten questions for people: alike in some groups, and each in their own words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import nbformat
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.grading import Grade, Submission
from nexus_server.store.models.roadmaps import Node
from nexus_server.submissions import hand_answers

QUESTIONS = tuple(f"question-{number}" for number in range(1, 11))
MOST = 3.0
#: how many of a hundred answers are in how many groups
ALIKE, GROUPS = 60, 8
ROADMAP = """\
slug: marked
title: Marked by people
description: Ten questions in words.
difficulty: beginner
nodes:
  - {slug: ten, type: lab, title: Ten questions, points: 30, file: labs/ten.ipynb, lab: {}}
"""
NOUNS = ("apple", "bridge", "cloud", "drum", "eagle", "forest", "garden", "hill", "island", "jacket", "kettle", "lamp")
START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClassOnSite:
    """A class, and the lab that it did."""

    cohort_id: str
    node_id: str


def write_roadmap(content: Path) -> None:
    """Write the roadmap with its lab into a content directory."""
    (content / "marked/labs").mkdir(parents=True)
    (content / "marked/roadmap.yaml").write_text(ROADMAP)
    (content / "marked/labs/ten.ipynb").write_text(nbformat.writes(_notebook("Because of the outliers.")))


async def enrol(database_file: Path, instructor: str, students: int, *, name: str) -> ClassOnSite:
    """Put a class of an instructor's with everybody's graded submission into a site's database."""
    database = Database(f"sqlite:///{database_file}")
    async with database.transaction() as session:
        teacher = await session.scalar(select(User.id).where(User.email == instructor))
        node = (await session.scalars(select(Node).where(Node.slug == "ten"))).one()
        cohort = Cohort(id=uuid4(), name=name, join_code=uuid4().hex[:8], holidays=[], created_by=teacher)
        session.add(cohort)
        await session.flush()
        source = parse_notebook(node.source_notebook or "")
        for number in range(students):
            row = await _hand_in(session, cohort.id, node.id, number)
            submission = parse_notebook(row.notebook)
            texts = hand_answers.answers_of(submission, source, QUESTIONS)
            await hand_answers.keep(session, row, texts, now=row.received_at, counts_first=False)
        found = ClassOnSite(str(cohort.id), str(node.id))
    await database.close()
    return found


async def _hand_in(session: AsyncSession, cohort_id: UUID, node_id: UUID, number: int) -> Submission:
    user = User(id=uuid4(), email=f"{uuid4()}@example.org", display_name=f"Student {number}")
    session.add(user)
    await session.flush()
    session.add(CohortMember(cohort_id=cohort_id, user_id=user.id, role="student"))
    at = START + timedelta(seconds=number)
    waiting = {"points": 0.0, "max_points": MOST, "status": "manual", "trust": "sealed", "message": ""}
    row = Submission(
        id=uuid4(),
        user_id=user.id,
        node_id=node_id,
        notebook=nbformat.writes(_notebook(_answer(number))).encode(),
        sha256=uuid4().hex * 2,
        attempt=1,
        received_at=at,
        status="graded",
        score=0.0,
        max_score=MOST * len(QUESTIONS),
        needs_manual=True,
        results=[{**waiting, "grade_id": name} for name in QUESTIONS],
        provenance={},
        feedback="",
        graded_at=at,
    )
    session.add(row)
    await session.flush()
    given: dict[str, Any] = {
        "score": 0.0,
        "max_score": row.max_score,
        "results": row.results,
        "provenance": {},
        "graded_at": at,
    }
    session.add(Grade(submission_id=row.id, origin="autograde", **given))
    return row


def _answer(number: int) -> str:
    """Return what a student wrote: as some others did, each with their own capitals and spaces; or like nobody else."""
    if number % 100 < ALIKE:
        text = f"It is because of group {number % 100 % GROUPS}, which pulls the mean away from most values."
        return text.upper() if number % 3 == 0 else f"{text}\n"
    words = " ".join(NOUNS[(number >> shift) % len(NOUNS)] for shift in (0, 4, 8))
    return f"Student {number} thinks of {words}, and of what the mean of all that could say about a single value."


def _notebook(answer: str) -> nbformat.NotebookNode:
    v4 = nbformat.v4
    cells = [v4.new_markdown_cell("# Ten questions", id="title")]
    for name in QUESTIONS:
        mark = {"grade_id": name, "grade": True, "solution": True, "locked": False, "task": False, "points": MOST}
        metadata = {"nbgrader": {**mark, "schema_version": 3, "cell_type": "markdown"}}
        cells.append(v4.new_markdown_cell(f"## {name}\n\nSay why, in a sentence.", id=f"asks-{name}"))
        cells.append(v4.new_markdown_cell(answer, id=name, metadata=metadata))
    kernel = {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}
    notebook: nbformat.NotebookNode = v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells)
    return notebook
