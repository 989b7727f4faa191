"""What is derived from all that learners did, as an operator derives it: `nexus projections`, `nexus mastery fit`."""

import asyncio
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import LearningEvent
from nexus_server.store.models.practice import PracticeAnswer
from nexus_server.store.models.roadmaps import Node, Quiz, Roadmap
from tests.plugins.nexus_processes import ForkedNexus, run_nexus

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEARNERS, ANSWERS = 12, 20


@pytest.fixture
def data_dir(tmp_path: Path, sqlite_template: Path) -> Path:
    """Return the data directory of a site where each learner earned 10 XP and practised two questions."""
    shutil.copy(sqlite_template, tmp_path / "nexus.db")
    asyncio.run(_fill(f"sqlite:///{tmp_path / 'nexus.db'}"))
    return tmp_path


def test_a_rebuild_shows_on_a_terminal_how_far_it_is(data_dir: Path) -> None:
    assert run_nexus("projections", "verify", "--data", str(data_dir)).returncode == 1
    code, shown = _on_a_terminal("projections", "rebuild", "--data", str(data_dir))
    assert code == 0
    assert "Rebuilding" in shown
    assert "100%" in shown
    assert asyncio.run(_xp(f"sqlite:///{data_dir / 'nexus.db'}")) == {10}
    verified = run_nexus("projections", "verify", "--json", "--data", str(data_dir))
    assert (verified.returncode, json.loads(verified.stdout)) == (0, {"differences": []})
    assert "%" not in verified.stderr, "bars are for people"


def test_parameters_are_fitted_to_the_answers_of_a_site(data_dir: Path) -> None:
    fitted = run_nexus("mastery", "fit", "--json", "--data", str(data_dir))
    assert fitted.returncode == 0, fitted.stderr
    assert json.loads(fitted.stdout)["answers"] == LEARNERS * ANSWERS
    settings = run_nexus("mastery", "fit", "--data", str(data_dir)).stdout
    assert "c.MasterySettings.right_gain_log_odds = " in settings
    assert f"# {LEARNERS * ANSWERS} answers: log-loss " in settings


def test_a_few_answers_are_nothing_to_fit_to(data_dir: Path) -> None:
    asyncio.run(_forget_concepts(f"sqlite:///{data_dir / 'nexus.db'}"))
    refused = run_nexus("mastery", "fit", "--data", str(data_dir))
    assert refused.returncode == 1
    assert "There are 0 answers about concepts; 200 are needed." in refused.stderr


def _on_a_terminal(*arguments: str) -> tuple[int, str]:
    """Run a command whose errors go to a terminal; return its exit code and what the terminal was told."""
    terminal, theirs = os.openpty()
    with open(theirs, "wb", buffering=0) as stderr, open(os.devnull, "wb") as stdout:  # noqa: PTH123  of a number
        process = ForkedNexus(arguments, env={**os.environ, "TERM": "xterm"}, stdout=stdout, stderr=stderr)
        code = process.wait(120)
    os.set_blocking(terminal, False)  # all was said
    shown = b""
    with open(terminal, "rb", buffering=0) as reader:  # noqa: PTH123  of a number
        while part := _read(reader.fileno()):
            shown += part
    return code, shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # there is no more
        return b""


async def _fill(url: str) -> None:
    database = Database(url)
    async with database.transaction() as session:
        roadmap = Roadmap(slug="one", title="One", description="", difficulty="beginner", order_index=1)
        session.add(roadmap)
        await session.flush()
        concepts = {"a": ["one.first"], "b": ["one.second"]}
        node = Node(roadmap_id=roadmap.id, slug="n", title="N", type="note", order_index=1, spec={"concepts": concepts})
        session.add(node)
        await session.flush()
        quiz = Quiz(topic_id=node.id, questions_json=[])
        people = [User(email=f"{n}@example.org", display_name=f"Learner {n}") for n in range(LEARNERS)]
        session.add_all([quiz, *people])
        await session.flush()
        for number, person in enumerate(people):
            facts = {"difficulty": "beginner", "base_points": 10, "local_day": "2026-11-02", "rule_version": 2}
            session.add(
                LearningEvent(user_id=person.id, kind="node_completed", key="node:x", data=facts, occurred_at=START)
            )
            session.add_all(_answers(quiz, person, number))
    await database.close()


def _answers(quiz: Quiz, person: User, number: int) -> list[PracticeAnswer]:
    """Return answers to two questions; later ones are right more often."""
    moments = [START + timedelta(days=day) for day in range(ANSWERS // 2)]
    return [
        PracticeAnswer(
            user_id=person.id,
            quiz_id=quiz.id,
            item=item,
            day=at.date(),
            correct=(number + turn) % 4 != 0 and turn > number % 3,
            created_at=at,
        )
        for turn, at in enumerate(moments)
        for item in ("a", "b")
    ]


async def _forget_concepts(url: str) -> None:
    database = Database(url)
    async with database.transaction() as session:
        await session.execute(update(Node).values(spec={"concepts": {"c": ["one.third"]}}))
    await database.close()


async def _xp(url: str) -> set[int]:
    database = Database(url)
    async with database.reading() as session:
        found = set(await session.scalars(select(User.xp)))
    await database.close()
    return found
