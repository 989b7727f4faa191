"""Code tasks in practice, on a real database: chosen by what is known, judged by their tests, evidence once a day."""

import json
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from nexus_server.errors import NexusError
from nexus_server.learner import Learner
from nexus_server.mastery.code_practice import CodePractice, CodeResult
from nexus_server.mastery.errors import NoSuchTaskError
from nexus_server.mastery.evidence import read_evidence
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.mastery.model import MasteryParameters
from nexus_server.mastery.practice import PracticeService, PracticeTask
from nexus_server.playground.service import Run, RunError
from nexus_server.roadmaps.errors import NodeLockedError
from nexus_server.store.models.roadmaps import Node
from tests.integration.mastery.conftest import open_all
from tests.plugins.school import School

DRILL = """\
  - slug: drill
    type: lab
    title: Drill
    points: 5
    file: labs/drill.ipynb
    requires: {all: [hello]}
    lab: {drill: true}
"""


@dataclass
class InProcess:
    """Runs programs in the test's own process: what they come to is the same."""

    runs: list[tuple[Learner, str]]

    async def run_on(self, learner: Learner, kernel_name: str, code: str) -> Run:
        self.runs.append((learner, kernel_name))
        run, said = Run(), StringIO()
        try:
            with redirect_stdout(said):
                exec(code, {})  # noqa: S102  programs of this file
        except Exception as error:  # noqa: BLE001  a program may raise anything
            run.status, run.error = "error", RunError(type(error).__name__, str(error), [])
        run.stdout = said.getvalue()
        return run


@pytest.fixture
def content_dir(content_dir: Path) -> Path:
    """Add a drill of two tasks, each about another concept."""
    roadmap = content_dir / "tiny/roadmap.yaml"
    roadmap.write_text(roadmap.read_text() + DRILL)
    notebook = json.loads((content_dir / "tiny/labs/lab.ipynb").read_text())
    title, solution, visible, _ = notebook["cells"]
    cells = [title, {**solution, "id": "setup", "source": "factor = 2", "metadata": {}}]
    for name, concept in (("double", "tiny.numbers"), ("circle", "tiny.pi")):
        answer = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return factor * x\n    ### END SOLUTION"
        mark = {**solution["metadata"]["nbgrader"], "grade_id": name}
        test = {**visible["metadata"]["nbgrader"], "grade_id": f"test-{name}"}
        cells += [
            {"cell_type": "markdown", "id": f"text-{name}", "metadata": {}, "source": f"**{name}** a number."},
            {**solution, "id": name, "source": answer, "metadata": {"nbgrader": mark}},
            {
                **visible,
                "id": f"test-{name}",
                "source": f"assert {name}(2) == 4, f'{name}(2) is 4'",
                "metadata": {"nbgrader": test, "nexus": {"concepts": [concept]}},
            },
        ]
    (content_dir / "tiny/labs/drill.ipynb").write_text(json.dumps({**notebook, "cells": cells}))
    return content_dir


def practice(school: School) -> PracticeService:
    reader = KnowledgeReader(school.database, school.clock, MasteryParameters(), school.roadmaps.ways)
    code = CodePractice(school.database, school.clock, InProcess([]))
    return PracticeService(school.database, school.clock, reader, code)


async def who_practises(school: School) -> Learner:
    ada = await school.learner()
    await open_all(school, ada, "drill")
    return ada


async def tasks_of(school: School, learner: Learner) -> Sequence[PracticeTask]:
    return (await practice(school).begin(learner, files_url="/files")).tasks


async def answer(school: School, learner: Learner, item: str, code: str) -> CodeResult:
    service = practice(school).code
    assert service is not None
    return await service.answer(learner, await school.node_id("drill"), item, code)


async def test_a_session_asks_several_tasks_each_for_another_concept(school: School) -> None:
    ada = await who_practises(school)
    asked = [(task.concept, task.code.item) for task in await tasks_of(school, ada) if task.code is not None]
    assert asked == [("The number pi", "test-circle"), ("Numbers", "test-double")]
    await answer(school, ada, "test-circle", "def circle(x): return factor * x")
    (left,) = await tasks_of(school, ada)
    assert left.code is not None
    assert left.code.item == "test-double", "what was answered today is not asked again"


async def test_a_task_that_its_drill_no_longer_asks_makes_room_for_the_others(school: School) -> None:
    ada = await who_practises(school)
    async with school.database.transaction() as session:
        drill = await session.get_one(Node, await school.node_id("drill"))
        drill.release_notebook = str(drill.release_notebook).replace("test-circle", "test-other")
    (task,) = await tasks_of(school, ada)
    assert task.code is not None
    assert task.code.item == "test-double"


async def test_a_task_of_a_drill_is_shown_with_its_test_and_without_its_solution(school: School) -> None:
    task = (await tasks_of(school, await who_practises(school)))[0]
    assert task.code is not None
    assert (task.concept, task.code.item, task.code.kernel_name) == ("The number pi", "test-circle", "nexus-python")
    assert task.code.prompt_html == "<p><strong>circle</strong> a number.</p>\n"
    assert task.code.test == "assert circle(2) == 4, f'circle(2) is 4'"
    assert "factor * x" not in task.code.code


async def test_an_answer_is_judged_by_the_test_and_is_evidence_once_a_day(school: School) -> None:
    ada = await who_practises(school)
    wrong = await answer(school, ada, "test-double", "def double(x):\n    return x")
    assert (wrong.correct, wrong.message, wrong.is_counted) == (False, "double(2) is 4", True)
    again = await answer(school, ada, "test-double", "print('!')\ndef double(x):\n    return factor * x")
    assert (again.correct, again.message, again.stdout, again.is_counted) == (True, "", "!\n", False)
    broken = await answer(school, ada, "test-circle", "def circle(x) return")
    assert (broken.correct, broken.message.partition(":")[0]) == (False, "SyntaxError")
    async with school.database.reading() as session:
        found = [(one.concept, one.right) for one in await read_evidence(session, ada.id)]
    assert sorted(found) == [("tiny.numbers", 0.0), ("tiny.pi", 0.0)]
    assert (await school.user(ada)).xp == 0, "practice pays nothing"
    (task,) = await tasks_of(school, ada)
    assert task.code is None, "all were answered today: the drill itself is left"
    school.pass_time(days=1)
    assert (await answer(school, ada, "test-double", "def double(x): return 2 * x")).is_counted


async def test_what_is_no_task_or_locked_is_refused(school: School) -> None:
    ada = await who_practises(school)
    for item in ("double", "gone", ""):
        with pytest.raises(NoSuchTaskError):
            await answer(school, ada, item, "x")
    stranger = await school.learner("Eve")
    with pytest.raises(NodeLockedError):
        await answer(school, stranger, "test-double", "x")
    service = practice(school).code
    assert service is not None
    with pytest.raises(NexusError):
        await service.answer(ada, await school.node_id("hello"), "test-double", "x")
