"""A roadmap of forty steps that need nothing, and a class of five hundred that has done most of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import nbformat
from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.store.database import Database
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.gradebook import StepMark
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Roadmap, UserProgress

SLUG = "forty-steps"
NOTES, LABS = 30, 10
STUDENTS = 500
START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
_HEAD = f"""\
slug: {SLUG}
title: Forty steps
description: Steps that need nothing before them.
difficulty: beginner
nodes:
"""


def write_roadmap(content: Path) -> None:
    """Write the roadmap into a site's content directory."""
    (content / SLUG / "notes").mkdir(parents=True)
    (content / SLUG / "labs").mkdir()
    nodes = [_write_note(content / SLUG, number) for number in range(NOTES)]
    nodes += [_write_lab(content / SLUG, number) for number in range(LABS)]
    (content / SLUG / "roadmap.yaml").write_text(_HEAD + "".join(nodes), encoding="utf-8")


def _write_note(roadmap: Path, number: int) -> str:
    (roadmap / f"notes/note-{number}.md").write_text(f"# Note {number}\n\nA few words.\n", encoding="utf-8")
    return (
        f"  - {{slug: note-{number}, type: note, title: Note {number}, points: 5, "
        f"file: notes/note-{number}.md, requires: {{}}}}\n"
    )


def _write_lab(roadmap: Path, number: int) -> str:
    v4 = nbformat.v4
    mark = {"schema_version": 3, "cell_type": "code", "task": False}
    answer = {**mark, "grade_id": "answer", "grade": False, "solution": True, "locked": False}
    test = {**mark, "grade_id": "test", "grade": True, "solution": False, "locked": True, "points": 1.0}
    solved = "def double(number):\n    ### BEGIN SOLUTION\n    return 2 * number\n    ### END SOLUTION"
    cells = [
        v4.new_code_cell(solved, id="answer", metadata={"nbgrader": answer}),
        v4.new_code_cell("assert double(2) == 4", id="test", metadata={"nbgrader": test}),
    ]
    kernel = {"name": "nexus-python", "display_name": "Python 3 (NexusAI)", "language": "python"}
    notebook = v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells)
    (roadmap / f"labs/lab-{number}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    return (
        f"  - {{slug: lab-{number}, type: lab, title: Lab {number}, points: 10, "
        f"file: labs/lab-{number}.ipynb, requires: {{}}, lab: {{}}}}\n"
    )


async def node_ids(database_url: str) -> dict[str, UUID]:
    """Return the ids of the roadmap's steps by their slugs."""
    database = Database(database_url)
    async with database.reading() as session:
        rows = (await session.execute(_steps())).all()
    await database.close()
    return {slug: node_id for node_id, slug, _ in rows}


async def enrol(database_url: str, instructor: str) -> UUID:
    """Put an instructor's class with everybody's progress into a site's database; return the class's id."""
    database = Database(database_url)
    async with database.transaction() as session:
        teacher = await session.scalar(select(User.id).where(User.email == instructor))
        cohort = Cohort(id=uuid4(), name="Five hundred", join_code=uuid4().hex[:8], holidays=[], created_by=teacher)
        session.add(cohort)
        students = [uuid4() for _ in range(STUDENTS)]
        names = [{"id": of, "email": f"{of}@example.org", "display_name": f"Student {of}"} for of in students]
        await session.flush()
        await session.execute(insert(User), names)
        members = [{"cohort_id": cohort.id, "user_id": user_id, "role": "student"} for user_id in students]
        await session.execute(insert(CohortMember), members)
        await _write_work(session, students, teacher)
        cohort_id = cohort.id
    await database.close()
    return cohort_id


async def _write_work(session: AsyncSession, students: list[UUID], teacher: UUID | None) -> None:
    """Write everybody's progress on all steps, two attempts at each lab, and a mark by hand for every tenth student."""
    for node_id, slug, node_type in (await session.execute(_steps())).all():
        at = START + timedelta(hours=len(slug))
        done = {"node_id": node_id, "status": "completed", "opened_at": at, "completed_at": at, "updated_at": at}
        rows = [{**done, "user_id": user_id, "score": number % 11 / 10} for number, user_id in enumerate(students)]
        await session.execute(insert(UserProgress), rows)
        if node_type == "lab":
            tries = [_attempt(user_id, node_id, at, attempt) for user_id in students for attempt in (1, 2)]
            await session.execute(insert(Submission), tries)
            given = {"node_id": node_id, "share": 0.9, "origin": "page", "is_current": True}
            marks = [{**given, "user_id": user_id, "given_by": teacher, "given_at": at} for user_id in students[::10]]
            await session.execute(insert(StepMark), marks)


def _attempt(user_id: UUID, node_id: UUID, at: datetime, attempt: int) -> dict[str, object]:
    return {
        "id": uuid4(),
        "user_id": user_id,
        "node_id": node_id,
        "notebook": b"",
        "sha256": uuid4().hex * 2,
        "attempt": attempt,
        "received_at": at,
        "status": "graded",
        "score": 1.0,
        "max_score": 1.0,
        "needs_manual": False,
        "results": [],
        "provenance": {},
        "feedback": "",
        "graded_at": at,
    }


def _steps() -> Select[UUID, str, str]:
    query = select(Node.id, Node.slug, Node.type).join(Roadmap, Roadmap.id == Node.roadmap_id)
    return query.where(Roadmap.slug == SLUG)
