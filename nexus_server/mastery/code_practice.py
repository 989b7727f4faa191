"""Short code tasks in practice: tasks of drills that are open, run in the playground and judged by visible tests.

Nothing is hidden and nothing is paid, so nobody gains by a trick. An answer is evidence of mastery, once a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.mastery.advice import is_drill, open_nodes
from nexus_server.mastery.code_tasks import KERNELS, CodeTask, tasks_of
from nexus_server.mastery.day_answers import note_answer
from nexus_server.mastery.errors import NoSuchTaskError
from nexus_server.mastery.evidence import CONCEPTS, concepts_of
from nexus_server.mastery.known import Known
from nexus_server.mastery.practising import Chance, Pick, rank_tasks
from nexus_server.roadmaps.learning.node_detail import render_source
from nexus_server.roadmaps.learning.progress import load_way_of_node
from nexus_server.store.database import Database
from nexus_server.store.models.practice import CodePracticeAnswer
from nexus_server.store.models.roadmaps import Node

#: a task: the node of its drill, and its id there
_CodeItem = tuple[Node, str]
_CodePick = Pick[_CodeItem]


class CodeOutcome(Protocol):
    """What a run came to."""

    stdout: str
    status: str

    @property
    def failure(self) -> str | None:
        """What went wrong, in words; None: nothing."""
        ...


class CodeRunner(Protocol):
    """Runs code in a sandbox of its own."""

    async def run_on(self, learner: Learner, kernel_name: str, code: str) -> CodeOutcome:
        """Run `code` once.

        Raises:
            NexusError: not now, or not here.
        """
        ...


@dataclass(frozen=True, slots=True)
class CodeTaskView:
    """A task as it is shown."""

    item: str
    prompt_html: str
    code: str
    test: str
    kernel_name: str


@dataclass(frozen=True, slots=True)
class PickedCode:
    """A task of a drill, and the concept that it was chosen for."""

    node: Node
    concept: str
    task: CodeTaskView


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What came of an answer. `message` says what the test said; `is_counted`, whether it is evidence."""

    correct: bool
    message: str
    stdout: str
    is_counted: bool


class CodePractice:
    """Chooses tasks, and judges answers."""

    def __init__(self, database: Database, clock: Clock, runner: CodeRunner) -> None:
        """Run answers by `runner`."""
        self._database = database
        self._clock = clock
        self._runner = runner

    async def pick(self, learner: Learner, known: Known, most: int, *, files_url: str) -> list[PickedCode]:
        """Return at most `most` tasks that would help today, those of the most urgent concepts first."""
        async with self._database.reading() as session:
            answered = await self._answered_today(session, learner)
            ranked = rank_tasks(_chances(known, answered), known.knowledge)
            found = await _find_asked(session, ranked, most)
        return [_picked(pick, task, files_url) for pick, task in found]

    async def answer(self, learner: Learner, node_id: UUID, item: str, code: str) -> CodeResult:
        """Run an answer with the task's test.

        Raises:
            NodeNotFoundError, NodeLockedError, NoSuchTaskError
            NexusError: it cannot be run now.
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            release = await _release_of(session, node) if is_drill(node) else None
        task = _by_item(release).get(item)
        if task is None or _kernel_of(node) not in KERNELS:
            raise NoSuchTaskError
        run = await self._runner.run_on(learner, _kernel_of(node), task.program(code))
        async with self._database.transaction() as session:
            is_counted = await note_answer(
                session,
                CodePracticeAnswer,
                self._clock.now(),
                user_id=learner.id,
                node_id=node.id,
                item=item,
                correct=run.failure is None,
            )
        return CodeResult(run.failure is None, run.failure or "", run.stdout, is_counted)

    async def _answered_today(self, session: AsyncSession, learner: Learner) -> set[tuple[UUID, str]]:
        rows = await session.execute(
            select(CodePracticeAnswer.node_id, CodePracticeAnswer.item).where(
                CodePracticeAnswer.user_id == learner.id, CodePracticeAnswer.day == self._clock.now().date()
            )
        )
        return {(node_id, item) for node_id, item in rows}


async def _find_asked(
    session: AsyncSession, ranked: Iterable[_CodePick], most: int
) -> list[tuple[_CodePick, CodeTask]]:
    """Return the first picks whose drill asks them; a drill is read when it is the turn of one of its tasks."""
    tasks: dict[UUID, dict[str, CodeTask]] = {}
    found: list[tuple[_CodePick, CodeTask]] = []
    for pick in ranked:
        node, item = pick.thing
        if node.id not in tasks:
            tasks[node.id] = _by_item(await _release_of(session, node))
        if (task := tasks[node.id].get(item)) is not None:
            found.append((pick, task))
        if len(found) == most:
            break
    return found


async def _release_of(session: AsyncSession, node: Node) -> str | None:
    return await session.scalar(select(Node.release_notebook).where(Node.id == node.id))


def _by_item(release: str | None) -> dict[str, CodeTask]:
    return {task.item: task for task in tasks_of(release)} if release else {}


def _chances(known: Known, answered: set[tuple[UUID, str]]) -> Sequence[Chance[_CodeItem]]:
    return [
        Chance((node, item), tuple(concepts_of(node.spec, item)))
        for way in known.ways
        for node in open_nodes(way)
        if is_drill(node) and _kernel_of(node) in KERNELS
        for item in sorted(node.spec.get(CONCEPTS, {}))  # the databases keep keys in orders of their own
        if (node.id, item) not in answered
    ]


def _kernel_of(node: Node) -> str:
    return str(node.spec.get("lab", {}).get("kernel", "nexus-python"))


def _picked(pick: _CodePick, task: CodeTask, files_url: str) -> PickedCode:
    node, _ = pick.thing
    prompt = render_source(task.prompt, files_url, node.source_path)
    view = CodeTaskView(task.item, prompt, task.code, task.test, _kernel_of(node))
    return PickedCode(node, pick.concept, view)
