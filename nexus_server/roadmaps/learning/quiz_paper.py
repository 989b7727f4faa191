"""The paper of one attempt: the questions as a learner sees them, in that attempt's order. Pure."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from nexus_server.roadmaps.files.quiz_file import Choice, CodeOutputQuestion, OrderingQuestion, Question

Item = TypeVar("Item")
QuestionType = Literal["single", "multiple", "numeric", "text", "ordering", "code_output"]


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """A question without its answer; texts are Markdown."""

    id: str
    type: QuestionType
    prompt: str
    points: float
    choices: list[Choice] | None
    code: str | None


def write_paper(questions: Sequence[Question], seed: str, *, shuffle: bool) -> list[PaperQuestion]:
    """Return the questions in the order that `seed` gives; ordering questions are shuffled always."""
    ordered = _shuffled(questions, seed) if shuffle else list(questions)
    return [
        PaperQuestion(
            id=question.id,
            type=question.type,
            prompt=question.prompt,
            points=question.points,
            choices=_choices(question, f"{seed}/{question.id}", shuffle=shuffle),
            code=question.code if isinstance(question, CodeOutputQuestion) else None,
        )
        for question in ordered
    ]


def seed_of(user_id: UUID, quiz_id: UUID, attempt: int) -> str:
    """Return the seed of one learner's attempt: the same paper until it is handed in, another one afterwards."""
    return hashlib.sha256(f"{user_id}/{quiz_id}/{attempt}".encode()).hexdigest()


def _choices(question: Question, seed: str, *, shuffle: bool) -> list[Choice] | None:
    if isinstance(question, OrderingQuestion):
        choices = _shuffled(question.choices, seed)
        if [choice.id for choice in choices] == question.answer:
            choices = choices[1:] + choices[:1]
        return choices
    choices = getattr(question, "choices", None) or []
    if not choices:
        return None
    return _shuffled(choices, seed) if shuffle else list(choices)


def _shuffled(items: Sequence[Item], seed: str) -> list[Item]:
    shuffled = list(items)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  an order, not a secret
    return shuffled
