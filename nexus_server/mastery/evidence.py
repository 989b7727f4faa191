"""What learners' answers say about concepts: first answers to quiz items, practice, and the graded cells of labs."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.mastery.model import Evidence
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.practice import CodePracticeAnswer, PracticeAnswer
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt
from nexus_server.store.models.tutor import Hint

#: the key of `nodes.spec`: the concepts of each item, by the id of a question or of a graded cell
CONCEPTS = "concepts"

#: evidence, and whose it is
_Found = tuple[UUID, Evidence]


async def read_evidence(session: AsyncSession, user_id: UUID) -> list[Evidence]:
    """Return a learner's evidence, oldest first."""
    return (await read_evidence_of(session, [user_id]))[user_id]


async def read_evidence_of(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, list[Evidence]]:
    """Return the evidence of each learner, oldest first; whoever has none has an empty list."""
    found: defaultdict[UUID, list[Evidence]] = defaultdict(list)
    for read in (_of_quizzes, _of_practice, _of_code, _of_labs):
        for user_id, evidence in await read(session, user_ids):
            found[user_id].append(evidence)
    for own in found.values():
        own.sort(key=lambda evidence: evidence.at)
    return found


async def _of_quizzes(session: AsyncSession, user_ids: Collection[UUID]) -> list[_Found]:
    """Return the first answers: later ones follow an explanation, so they show less."""
    rows = await session.execute(
        select(QuizAttempt.user_id, QuizAttempt.per_question, QuizAttempt.created_at, Node.spec)
        .join(Quiz, Quiz.id == QuizAttempt.quiz_id)
        .join(Node, Node.id == Quiz.topic_id)
        .where(QuizAttempt.user_id.in_(user_ids), QuizAttempt.attempt == 1)
    )
    return [
        (user_id, Evidence(concept, _share(is_right=item["correct"]), at))
        for user_id, items, at, spec in rows
        for item in items
        for concept in concepts_of(spec, item["id"])
    ]


async def _of_practice(session: AsyncSession, user_ids: Collection[UUID]) -> list[_Found]:
    rows = await session.execute(
        select(
            PracticeAnswer.user_id, PracticeAnswer.item, PracticeAnswer.correct, PracticeAnswer.created_at, Node.spec
        )
        .join(Quiz, Quiz.id == PracticeAnswer.quiz_id)
        .join(Node, Node.id == Quiz.topic_id)
        .where(PracticeAnswer.user_id.in_(user_ids))
    )
    return [
        (user_id, Evidence(concept, _share(is_right=correct), at))
        for user_id, item, correct, at, spec in rows
        for concept in concepts_of(spec, item)
    ]


async def _of_code(session: AsyncSession, user_ids: Collection[UUID]) -> list[_Found]:
    answers = CodePracticeAnswer
    rows = await session.execute(
        select(answers.user_id, answers.item, answers.correct, answers.created_at, Node.spec)
        .join(Node, Node.id == answers.node_id)
        .where(answers.user_id.in_(user_ids))
    )
    return [
        (user_id, Evidence(concept, _share(is_right=correct), at))
        for user_id, item, correct, at, spec in rows
        for concept in concepts_of(spec, item)
    ]


async def _of_labs(session: AsyncSession, user_ids: Collection[UUID]) -> list[_Found]:
    """Return what graded cells show; an exam shows nothing before its results are released, or estimates told them."""
    unreleased = exists().where(
        ExamSitting.user_id == Submission.user_id,
        ExamSitting.node_id == Submission.node_id,
        ExamSitting.released_at.is_(None),
    )
    rows = await session.execute(
        select(Submission.user_id, Submission.node_id, Submission.results, Submission.received_at, Node.spec)
        .join(Node, Node.id == Submission.node_id)
        .where(Submission.user_id.in_(user_ids), Submission.status == "graded", ~unreleased)
    )
    hints = await _hints(session, user_ids)
    return [
        (user_id, evidence)
        for user_id, node_id, cells, at, spec in rows
        for evidence in _of_cells(cells or [], at, spec, sum(asked <= at for asked in hints[user_id, node_id]))
    ]


def _of_cells(
    cells: Sequence[Mapping[str, Any]], at: datetime, spec: Mapping[str, Any], hints: int
) -> Iterator[Evidence]:
    for cell in cells:
        most = float(cell.get("max_points") or 0)
        if most <= 0 or cell.get("status") == "manual":
            continue
        share = min(1.0, max(0.0, float(cell["points"]) / most))
        for concept in concepts_of(spec, cell["grade_id"]):
            yield Evidence(concept, share, at, hints)


async def _hints(
    session: AsyncSession, user_ids: Collection[UUID]
) -> Mapping[tuple[UUID, UUID | None], list[datetime]]:
    rows = await session.execute(select(Hint.user_id, Hint.node_id, Hint.created_at).where(Hint.user_id.in_(user_ids)))
    asked: dict[tuple[UUID, UUID | None], list[datetime]] = defaultdict(list)
    for user_id, node_id, at in rows:
        asked[user_id, node_id].append(at)
    return asked


def concepts_of(spec: Mapping[str, Any], item: str) -> list[str]:
    """Return the concepts that an item of a node shows, by the node's `spec`."""
    named: Mapping[str, list[str]] = (spec or {}).get(CONCEPTS, {})
    return named.get(item, [])


def _share(*, is_right: bool) -> float:
    return 1.0 if is_right else 0.0
