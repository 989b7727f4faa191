"""What a learner's answers say about concepts: first answers to quiz items, and the graded cells of each submission."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.mastery.model import Evidence
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt
from nexus_server.store.models.tutor import Hint

#: the key of `nodes.spec`: the concepts of each item, by the id of a question or of a graded cell
CONCEPTS = "concepts"


async def read_evidence(session: AsyncSession, user_id: UUID) -> list[Evidence]:
    """Return a learner's evidence, oldest first."""
    found = [*await _of_quizzes(session, user_id), *await _of_labs(session, user_id)]
    return sorted(found, key=lambda evidence: evidence.at)


async def _of_quizzes(session: AsyncSession, user_id: UUID) -> list[Evidence]:
    """Return the first answers: later ones follow an explanation, so they show less."""
    rows = await session.execute(
        select(QuizAttempt.per_question, QuizAttempt.created_at, Node.spec)
        .join(Quiz, Quiz.id == QuizAttempt.quiz_id)
        .join(Node, Node.id == Quiz.topic_id)
        .where(QuizAttempt.user_id == user_id, QuizAttempt.attempt == 1)
    )
    return [
        Evidence(concept, 1.0 if item["correct"] else 0.0, at)
        for items, at, spec in rows
        for item in items
        for concept in _concepts(spec, item["id"])
    ]


async def _of_labs(session: AsyncSession, user_id: UUID) -> list[Evidence]:
    rows = await session.execute(
        select(Submission.node_id, Submission.results, Submission.received_at, Node.spec)
        .join(Node, Node.id == Submission.node_id)
        .where(Submission.user_id == user_id, Submission.status == "graded")
    )
    hints = await _hints(session, user_id)
    return [
        evidence
        for node_id, cells, at, spec in rows
        for evidence in _of_cells(cells or [], at, spec, sum(asked <= at for asked in hints[node_id]))
    ]


def _of_cells(
    cells: Sequence[Mapping[str, Any]], at: datetime, spec: Mapping[str, Any], hints: int
) -> Iterator[Evidence]:
    for cell in cells:
        most = float(cell.get("max_points") or 0)
        if most <= 0 or cell.get("status") == "manual":
            continue
        share = min(1.0, max(0.0, float(cell["points"]) / most))
        for concept in _concepts(spec, cell["grade_id"]):
            yield Evidence(concept, share, at, hints)


async def _hints(session: AsyncSession, user_id: UUID) -> Mapping[UUID | None, list[datetime]]:
    rows = await session.execute(select(Hint.node_id, Hint.created_at).where(Hint.user_id == user_id))
    asked: dict[UUID | None, list[datetime]] = defaultdict(list)
    for node_id, at in rows:
        asked[node_id].append(at)
    return asked


def _concepts(spec: Mapping[str, Any], item: str) -> list[str]:
    named: Mapping[str, list[str]] = (spec or {}).get(CONCEPTS, {})
    return named.get(item, [])
