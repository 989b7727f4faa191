"""Scoring a quiz. Pure: questions as stored, answers as sent.

A question is right or wrong as a whole. An answer of the wrong shape is wrong, never an error: a quiz that was begun
must always be gradable.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from pydantic import TypeAdapter

from nexus_server.roadmaps.quiz_file import (
    CodeOutputQuestion,
    MultipleQuestion,
    NumericQuestion,
    OrderingQuestion,
    Question,
    SingleQuestion,
    TextQuestion,
)

QUESTIONS: TypeAdapter[list[Question]] = TypeAdapter(list[Question])

#: relative error of binary fractions, with room for a little arithmetic
ROUNDING = 1e-9
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question's outcome."""

    id: str
    correct: bool
    points: float
    max_points: float


@dataclass(frozen=True, slots=True)
class QuizScore:
    """A whole attempt. `score` is the share of the points, 0 to 1."""

    score: float
    per_question: list[QuestionScore]


def score_quiz(questions: Sequence[Question], answers: Mapping[str, Any]) -> QuizScore:
    """Score all questions; one without an answer is wrong."""
    outcomes = []
    for question in questions:
        correct = question.id in answers and is_correct(question, answers[question.id])
        outcomes.append(QuestionScore(question.id, correct, question.points if correct else 0.0, question.points))
    total = sum(outcome.max_points for outcome in outcomes)
    return QuizScore(sum(outcome.points for outcome in outcomes) / total, outcomes)


def is_correct(question: Question, answer: Any) -> bool:
    """Whether one answer is right."""
    match question:
        case SingleQuestion():
            return bool(answer == question.answer)
        case MultipleQuestion():
            return _is_texts(answer) and sorted(answer) == sorted(question.answer)
        case OrderingQuestion():
            return _is_texts(answer) and answer == question.answer
        case NumericQuestion():
            return _is_close(answer, question.answer, question.tolerance)
        case TextQuestion():
            return _normalised(answer) in {_normalised(accepted) for accepted in question.answer}
        case CodeOutputQuestion():
            return _output(answer) in {_output(accepted) for accepted in question.answer}
        case _:
            assert_never(question)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_close(answer: Any, wanted: float, tolerance: float) -> bool:
    number = _number(answer)
    if number is None:
        return False
    # 0.1 + 0.2 is 0.3 to a person, and 2.6 is within 0.1 of 2.5.
    return abs(number - wanted) <= tolerance + ROUNDING * max(1.0, abs(wanted))


def _number(answer: Any) -> float | None:
    if isinstance(answer, bool) or not isinstance(answer, int | float | str):
        return None
    text = str(answer).strip().replace("\N{MINUS SIGN}", "-")
    if _DECIMAL_COMMA.match(text):
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _normalised(answer: Any) -> str | None:
    """Compare without regard to case and white space; None for what is not a text."""
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        return None
    return " ".join(str(answer).split()).casefold()


def _output(answer: Any) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        return None
    lines = [line.rstrip() for line in str(answer).replace("\r\n", "\n").strip().split("\n")]
    return "\n".join(lines)
