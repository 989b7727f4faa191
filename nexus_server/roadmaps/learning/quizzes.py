"""Quizzes: a paper without answers, attempts, and what passing brings."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.learner import Learner
from nexus_server.learning import EventKind
from nexus_server.roadmaps.errors import MisfitAnswersError, NoAttemptsLeftError, QuizNotFoundError
from nexus_server.roadmaps.files.quiz_file import Question
from nexus_server.roadmaps.learning.completion import Completion, NodeCompleter, Proof
from nexus_server.roadmaps.learning.node_detail import render_source
from nexus_server.roadmaps.learning.progress import Way, begin, load_way_of_node
from nexus_server.roadmaps.learning.quiz_paper import PaperQuestion, QuestionType, seed_of, write_paper
from nexus_server.roadmaps.learning.quiz_scoring import (
    QUESTIONS,
    QuestionScore,
    QuizScore,
    find_misfits,
    reasons_against,
    right_answer,
    score_quiz,
)
from nexus_server.roadmaps.learning.views import UnlockedView
from nexus_server.store.database import Database
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt


class ChoiceView(BaseModel):
    """A choice, as safe HTML."""

    id: str
    html: str


class QuestionView(BaseModel):
    """A question without its answer."""

    id: str
    type: QuestionType
    prompt_html: str
    points: float
    choices: list[ChoiceView] | None
    code: str | None


class QuizView(BaseModel):
    """A paper for the next attempt, and how the learner did so far."""

    passing_score: float
    questions: list[QuestionView]
    max_attempts: int | None
    attempts_left: int | None
    best_score: float | None
    passed: bool


class QuestionResult(BaseModel):
    """One question's outcome.

    The explanation comes with a right answer at once, else with passing or the last attempt, as the key does. The rest
    comes with a wrong answer.
    """

    id: str
    correct: bool
    points: float
    max_points: float
    explanation_html: str | None
    #: the right answer of a question that was answered wrong, once the quiz is over
    key_html: list[str]
    #: what the author says about each wrong choice that was made
    why_html: list[str]
    #: where in the note to read, as a link's fragment
    section: str | None


class QuizResult(BaseModel):
    """An attempt's outcome. `score` is a share, 0 to 1."""

    attempt: int
    score: float
    passed: bool
    per_question: list[QuestionResult]
    attempts_left: int | None
    xp_awarded: int
    unlocked: list[UnlockedView]


class QuizService:
    """What a learner does with a quiz."""

    def __init__(self, database: Database, clock: Clock, completer: NodeCompleter) -> None:
        """Passing completes the node through `completer`."""
        self._database = database
        self._clock = clock
        self._completer = completer

    async def get_quiz(self, learner: Learner, node_id: UUID, *, files_url: str) -> QuizView:
        """Return the paper of the learner's next attempt.

        Raises:
            NodeNotFoundError, NodeLockedError, QuizNotFoundError
        """
        async with self._database.reading() as session:
            _, node, quiz = await _load(session, learner, node_id)
            attempts, best = await _history(session, quiz.id, learner.id)
        seed = seed_of(learner.id, quiz.id, attempts + 1)
        limit = quiz.spec.get("max_attempts")
        return QuizView(
            passing_score=quiz.passing_score,
            questions=await asyncio.to_thread(question_views, quiz, seed, files_url, node.source_path),
            max_attempts=limit,
            attempts_left=None if limit is None else max(0, limit - attempts),
            best_score=best,
            passed=best is not None and best >= quiz.passing_score,
        )

    async def attempt(self, learner: Learner, node_id: UUID, answers: dict[str, Any], *, files_url: str) -> QuizResult:
        """Score an attempt; passing completes the node.

        Raises:
            NodeNotFoundError, NodeLockedError, QuizNotFoundError, NoAttemptsLeftError
            MisfitAnswersError: no attempt is counted then.
        """
        async with self._database.transaction() as session:
            way, node, quiz = await _load(session, learner, node_id)
            questions = questions_of(quiz)
            if misfits := find_misfits(questions, answers):
                raise MisfitAnswersError(fields={f"answers.{name}": fault for name, fault in misfits.items()})
            # The progress row is the lock that numbers one learner's attempts.
            row = await begin(session, learner.id, node.id, self._clock)
            attempts, _ = await _history(session, quiz.id, learner.id)
            limit = quiz.spec.get("max_attempts")
            if limit is not None and attempts >= limit:
                raise NoAttemptsLeftError(max_attempts=limit)
            outcome = score_quiz(questions, answers)
            passed = outcome.score >= quiz.passing_score
            session.add(self._attempt_row(learner, quiz, attempts + 1, answers, outcome, passed=passed))
            if passed:
                proof = Proof(EventKind.QUIZ_PASSED, f"quiz:{quiz.id}:passed")
                completion = await self._completer.complete(
                    session, learner, way, node, score=outcome.score, proof=proof
                )
            else:
                row.score = max(row.score or 0.0, outcome.score)
                row.updated_at = self._clock.now()
                completion = Completion(row.score)
        await self._completer.announce(completion)
        return QuizResult(
            attempt=attempts + 1,
            score=outcome.score,
            passed=passed,
            per_question=_results(
                quiz,
                outcome,
                answers,
                lambda text: render_source(text, files_url, node.source_path),
                is_over=passed or limit == attempts + 1,
            ),
            attempts_left=None if limit is None else limit - attempts - 1,
            xp_awarded=completion.xp_awarded,
            unlocked=completion.unlocked,
        )

    def _attempt_row(
        self, learner: Learner, quiz: Quiz, attempt: int, answers: dict[str, Any], outcome: QuizScore, *, passed: bool
    ) -> QuizAttempt:
        return QuizAttempt(
            quiz_id=quiz.id,
            user_id=learner.id,
            attempt=attempt,
            answers=answers,
            per_question=[
                {"id": item.id, "correct": item.correct, "points": item.points, "max_points": item.max_points}
                for item in outcome.per_question
            ],
            score=outcome.score,
            passed=passed,
            created_at=self._clock.now(),
        )


async def _load(session: AsyncSession, learner: Learner, node_id: UUID) -> tuple[Way, Node, Quiz]:
    way, node = await load_way_of_node(session, node_id, learner)
    way.require_open(node)
    quiz = await session.scalar(select(Quiz).where(Quiz.topic_id == node.id, Quiz.archived_at.is_(None)))
    if quiz is None:
        raise QuizNotFoundError
    return way, node, quiz


async def _history(session: AsyncSession, quiz_id: UUID, user_id: UUID) -> tuple[int, float | None]:
    """Return how many attempts there were, and the best score."""
    query = select(func.count(), func.max(QuizAttempt.score)).where(
        QuizAttempt.quiz_id == quiz_id, QuizAttempt.user_id == user_id
    )
    count, best = (await session.execute(query)).one()
    return int(count), best


def questions_of(quiz: Quiz) -> list[Question]:
    """Return a quiz's questions with their answers."""
    return QUESTIONS.validate_python(quiz.questions_json)


def question_views(quiz: Quiz, seed: str, files_url: str, source_path: str) -> list[QuestionView]:
    """Return a quiz's paper for one seed, without answers."""
    paper = write_paper(questions_of(quiz), seed, shuffle=quiz.spec.get("shuffle", True))
    return [_question_view(question, files_url, source_path) for question in paper]


def _question_view(question: PaperQuestion, files_url: str, source_path: str) -> QuestionView:
    choices = question.choices
    return QuestionView(
        id=question.id,
        type=question.type,
        prompt_html=render_source(question.prompt, files_url, source_path),
        points=question.points,
        choices=None
        if choices is None
        else [ChoiceView(id=item.id, html=render_source(item.text, files_url, source_path)) for item in choices],
        code=question.code,
    )


def _results(
    quiz: Quiz, outcome: QuizScore, answers: Mapping[str, Any], render: Callable[[str], str], *, is_over: bool
) -> list[QuestionResult]:
    questions = {question.id: question for question in questions_of(quiz)}
    return [
        question_result(item, questions[item.id], answers.get(item.id), render, is_over=is_over)
        for item in outcome.per_question
    ]


def question_result(
    item: QuestionScore, question: Question, answer: Any, render: Callable[[str], str], *, is_over: bool
) -> QuestionResult:
    """Return what a learner is told about an answer; all of it once the quiz is over."""
    is_told = is_over or item.correct
    return QuestionResult(
        id=item.id,
        correct=item.correct,
        points=item.points,
        max_points=item.max_points,
        explanation_html=render(question.explanation) if is_told and question.explanation else None,
        key_html=[render(text) for text in right_answer(question)] if is_over and not item.correct else [],
        why_html=[] if item.correct else [render(text) for text in reasons_against(question, answer)],
        section=None if item.correct else question.section,
    )
