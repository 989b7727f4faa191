"""Practice: items of quizzes that were passed, and short code tasks. It pays nothing; answers are evidence."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.mastery.advice import is_drill, open_nodes, undone_nodes
from nexus_server.mastery.code_practice import CodePractice, CodeTaskView, PickedCode
from nexus_server.mastery.day_answers import note_answer
from nexus_server.mastery.errors import NoSuchItemError, NotPractisedYetError
from nexus_server.mastery.evidence import CONCEPTS, concepts_of
from nexus_server.mastery.known import KnowledgeReader, Known
from nexus_server.mastery.practising import SESSION_MIN, Chance, Pick, most_tasks, pick_items, rank_tasks, share_time
from nexus_server.roadmaps.errors import MisfitAnswersError, QuizNotFoundError
from nexus_server.roadmaps.learning.node_detail import render_source
from nexus_server.roadmaps.learning.progress import load_way_of_node
from nexus_server.roadmaps.learning.quiz_paper import seed_of
from nexus_server.roadmaps.learning.quiz_scoring import find_misfits, score_quiz
from nexus_server.roadmaps.learning.quizzes import (
    QuestionResult,
    QuestionView,
    question_result,
    question_views,
    questions_of,
)
from nexus_server.store.database import Database
from nexus_server.store.models.practice import PracticeAnswer
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt

#: a question: the node of its quiz, and its id there
_Item = tuple[Node, str]


@dataclass(frozen=True, slots=True)
class PracticeItem:
    """A question, where it is from, and the concept that it is asked for."""

    node: Node
    roadmap: str
    concept: str
    is_due: bool
    question: QuestionView


@dataclass(frozen=True, slots=True)
class PracticeTask:
    """A short code task, and the concept that it is for; without `code` it is a lab of them, done in its notebook."""

    node: Node
    roadmap: str
    concept: str
    code: CodeTaskView | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """A session; empty where no quiz with concepts was passed, or all was answered today."""

    items: Sequence[PracticeItem]
    tasks: Sequence[PracticeTask]


@dataclass(frozen=True, slots=True)
class PracticeResult:
    """What came of an answer; `is_counted` says whether it is evidence, which an item gives once a day."""

    result: QuestionResult
    is_counted: bool


class PracticeService:
    """Puts sessions together, and takes answers."""

    def __init__(
        self, database: Database, clock: Clock, reader: KnowledgeReader, code: CodePractice | None = None
    ) -> None:
        """Read what learners know by `reader`; without `code` a task is named, and not asked here."""
        self.code = code
        self._database = database
        self._clock = clock
        self._reader = reader

    async def begin(self, learner: Learner, *, files_url: str) -> Practice:
        """Return a session for now; nothing is kept of it."""
        known = await self._reader.read(learner)
        async with self._database.reading() as session:
            over = await _quizzes_over(session, learner)
            answered = await self._answered_today(session, learner)
        tasks = await self._tasks(learner, known, files_url)
        picks = pick_items(_items(known, over, answered), known.knowledge, SESSION_MIN)
        shown = await self._show(learner, [pick.thing for pick in picks], over, files_url)
        items = _practice_items(known, picks, shown)
        item_count, task_count = share_time(len(items), len(tasks))
        return Practice(items[:item_count], tasks[:task_count])

    async def answer(
        self, learner: Learner, node_id: UUID, item: str, answer: Any, *, files_url: str
    ) -> PracticeResult:
        """Score an answer, and tell all about it.

        Raises:
            NodeNotFoundError, NodeLockedError, QuizNotFoundError, NoSuchItemError
            NotPractisedYetError: the answer would give the quiz away.
            MisfitAnswersError: it is no answer to this question.
        """
        async with self._database.transaction() as session:
            way, node = await load_way_of_node(session, node_id, learner)
            way.require_open(node)
            quiz = await session.scalar(select(Quiz).where(Quiz.topic_id == node.id, Quiz.archived_at.is_(None)))
            if quiz is None:
                raise QuizNotFoundError
            if node.id not in await _quizzes_over(session, learner):
                raise NotPractisedYetError
            question = next((one for one in questions_of(quiz) if one.id == item), None)
            if question is None:
                raise NoSuchItemError
            if misfits := find_misfits([question], {item: answer}):
                raise MisfitAnswersError(fields={"answer": misfits[item]})
            score = score_quiz([question], {item: answer}).per_question[0]
            is_counted = await note_answer(
                session,
                PracticeAnswer,
                self._clock.now(),
                user_id=learner.id,
                quiz_id=quiz.id,
                item=item,
                correct=score.correct,
            )

        def render(text: str) -> str:
            return render_source(text, files_url, node.source_path)

        result = await asyncio.to_thread(question_result, score, question, answer, render, is_over=True)
        return PracticeResult(result, is_counted)

    async def _tasks(self, learner: Learner, known: Known, files_url: str) -> list[PracticeTask]:
        """Return code tasks that are done right here; where there are none, a lab of tasks."""
        if self.code is not None:
            codes = await self.code.pick(learner, known, most_tasks(), files_url=files_url)
            if codes:
                return [_code_task(known, code) for code in codes]
        drills = rank_tasks(_drills(known), known.knowledge)
        return [_lab_task(known, pick) for pick in drills[:1]]

    async def _answered_today(self, session: AsyncSession, learner: Learner) -> set[tuple[UUID, str]]:
        rows = await session.execute(
            select(Quiz.topic_id, PracticeAnswer.item)
            .join(Quiz, Quiz.id == PracticeAnswer.quiz_id)
            .where(PracticeAnswer.user_id == learner.id, PracticeAnswer.day == self._clock.now().date())
        )
        return {(topic_id, item) for topic_id, item in rows}

    async def _show(
        self, learner: Learner, items: Sequence[_Item], over: Mapping[UUID, UUID], files_url: str
    ) -> dict[tuple[UUID, str], QuestionView]:
        """Return the questions as the learner sees them; those that are no longer asked are missing."""
        nodes = {node.id: node for node, _ in items}
        async with self._database.reading() as session:
            quizzes = list(await session.scalars(select(Quiz).where(Quiz.id.in_([over[key] for key in nodes]))))
        day = self._clock.now().toordinal()

        def show() -> dict[tuple[UUID, str], QuestionView]:
            return {
                (quiz.topic_id, view.id): view
                for quiz in quizzes
                for view in question_views(
                    quiz, seed_of(learner.id, quiz.id, day), files_url, nodes[quiz.topic_id].source_path
                )
            }

        return await asyncio.to_thread(show)


async def _quizzes_over(session: AsyncSession, learner: Learner) -> dict[UUID, UUID]:
    """Return the quizzes that were passed or have no attempt left, by their node: their key is no secret any more."""
    query = (
        select(Quiz, QuizAttempt.passed, QuizAttempt.attempt)
        .join(QuizAttempt, QuizAttempt.quiz_id == Quiz.id)
        .where(QuizAttempt.user_id == learner.id, Quiz.archived_at.is_(None))
        .options(load_only(Quiz.topic_id, Quiz.spec))
    )
    return {
        quiz.topic_id: quiz.id
        for quiz, passed, attempt in await session.execute(query)
        if passed or attempt == quiz.spec.get("max_attempts")
    }


def _items(known: Known, over: Mapping[UUID, UUID], answered: set[tuple[UUID, str]]) -> list[Chance[_Item]]:
    return [
        Chance((node, item), tuple(concepts_of(node.spec, item)))
        for way in known.ways
        for node in open_nodes(way)
        if node.id in over
        for item in node.spec.get(CONCEPTS, {})
        if (node.id, item) not in answered
    ]


def _drills(known: Known) -> list[Chance[Node]]:
    return [
        Chance(node, tuple(sorted({concept for named in node.spec.get(CONCEPTS, {}).values() for concept in named})))
        for way in known.ways
        for node in undone_nodes(way)
        if is_drill(node)
    ]


def _practice_items(
    known: Known, picks: Sequence[Pick[_Item]], shown: Mapping[tuple[UUID, str], QuestionView]
) -> list[PracticeItem]:
    return [
        PracticeItem(
            node=node,
            roadmap=_roadmap_of(known, node),
            concept=_title(known, pick.concept),
            is_due=known.knowledge.is_due(pick.concept),
            question=shown[node.id, item],
        )
        for pick in picks
        for node, item in [pick.thing]
        if (node.id, item) in shown
    ]


def _lab_task(known: Known, pick: Pick[Node]) -> PracticeTask:
    return PracticeTask(pick.thing, _roadmap_of(known, pick.thing), _title(known, pick.concept))


def _code_task(known: Known, code: PickedCode) -> PracticeTask:
    return PracticeTask(code.node, _roadmap_of(known, code.node), _title(known, code.concept), code.task)


def _roadmap_of(known: Known, node: Node) -> str:
    return next(way.roadmap.slug for way in known.ways if node in way.nodes)


def _title(known: Known, concept: str) -> str:
    found = known.concepts().get(concept)
    return concept if found is None else found.title
