"""Scoring a quiz. Pure: questions as stored, answers as sent.

A question is right or wrong as a whole. `find_misfits` says which answers do not even fit their questions, so that they
need not cost an attempt; scored all the same, they are wrong.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from pydantic import TypeAdapter

from nexus_server.decimals import decimal_share, decimal_sum
from nexus_server.phrases import gettext_noop
from nexus_server.roadmaps.files.quiz_file import (
    CodeOutputQuestion,
    MultipleQuestion,
    NumericQuestion,
    OrderingQuestion,
    Question,
    SingleQuestion,
    TextQuestion,
)
from nexus_server.roadmaps.learning.quiz_values import is_same_shape, is_same_value

QUESTIONS: TypeAdapter[list[Question]] = TypeAdapter(list[Question])

#: relative error of binary fractions, with room for a little arithmetic
ROUNDING = 1e-9
#: what keyboards and word processors write instead of the plain sign
_TYPOGRAPHY = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014\u2212", "''\"\"-----")
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


def find_misfits(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the shape of answers, by question; None is no answer, which always fits."""
    known = {question.id: question for question in questions}
    found = {}
    for name, answer in answers.items():
        fault = _misfit(known[name], answer) if name in known else gettext_noop("is no question of this quiz")
        if answer is not None and fault is not None:
            found[name] = fault
    return found


def _misfit(question: Question, answer: Any) -> str | None:
    match question:
        case SingleQuestion():
            fits = answer in [choice.id for choice in question.choices]
            return None if fits else "takes the id of one choice"
        case MultipleQuestion() | OrderingQuestion():
            ids = {choice.id for choice in question.choices}
            fits = _is_texts(answer) and set(answer) <= ids and len(set(answer)) == len(answer)
            return None if fits else "takes a list of ids of choices, each once"
        case NumericQuestion():
            return None if _is_text(answer) else "takes a number"
        case TextQuestion() | CodeOutputQuestion():
            return None if _is_text(answer) else "takes a text"
        case _:
            assert_never(question)


def score_quiz(questions: Sequence[Question], answers: Mapping[str, Any]) -> QuizScore:
    """Score all questions; one without an answer is wrong."""
    outcomes = []
    for question in questions:
        correct = question.id in answers and is_correct(question, answers[question.id])
        outcomes.append(QuestionScore(question.id, correct, question.points if correct else 0.0, question.points))
    total = decimal_sum(outcome.max_points for outcome in outcomes)
    return QuizScore(decimal_share(decimal_sum(outcome.points for outcome in outcomes), total), outcomes)


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
            return _is_text(answer) and any(_is_same_text(answer, text, question) for text in question.answer)
        case CodeOutputQuestion():
            return _is_text(answer) and any(_is_same_output(answer, text) for text in question.answer)
        case _:
            assert_never(question)


def right_answer(question: Question) -> list[str]:
    """Return the key as Markdown, an entry for each thing to choose or to order; of several texts the first."""
    match question:
        case SingleQuestion() | MultipleQuestion() | OrderingQuestion():
            texts = {choice.id: choice.text for choice in question.choices}
            wanted = question.answer if isinstance(question.answer, list) else [question.answer]
            return [texts[choice] for choice in wanted]
        case NumericQuestion():
            return [f"{question.answer:g}"]
        case TextQuestion() | CodeOutputQuestion():
            return [f"~~~~text\n{question.answer[0].rstrip()}\n~~~~"]
        case _:
            assert_never(question)


def reasons_against(question: Question, answer: Any) -> list[str]:
    """Return what the author says about the wrong choices of an answer, and of no other: the key stays untold."""
    if not isinstance(question, SingleQuestion | MultipleQuestion):
        return []
    chosen = answer if isinstance(answer, list) else [answer]
    right = question.answer if isinstance(question.answer, list) else [question.answer]
    return [question.why[choice] for choice in chosen if choice in question.why and choice not in right]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_close(answer: Any, wanted: float, tolerance: float) -> bool:
    number = _number(answer)
    if number is None:
        return False
    # 0.1 + 0.2 is 0.3 to a person, and 2.6 is within 0.1 of 2.5.
    return abs(number - wanted) <= tolerance + ROUNDING * max(1.0, abs(wanted))


def _number(answer: Any) -> float | None:
    if not _is_text(answer):
        return None
    text = str(answer).strip().replace("\N{MINUS SIGN}", "-")
    if _DECIMAL_COMMA.match(text):
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _normalised(answer: Any, question: TextQuestion) -> str:
    """Compare without regard to case, white space, typographic signs and invisible ones; punctuation if asked."""
    text = unicodedata.normalize("NFKC", str(answer)).translate(_TYPOGRAPHY).casefold()
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    if question.ignore_punctuation:
        text = text.replace("'", "")
        text = "".join(" " if unicodedata.category(sign).startswith("P") else sign for sign in text)
    return " ".join(text.split())


def _is_same_text(answer: Any, accepted: str, question: TextQuestion) -> bool:
    """Compare as texts, and as values where the author's is one."""
    if _normalised(answer, question) == _normalised(accepted, question):
        return True
    given = _plain_signs(answer)
    return is_same_value(given, accepted) or is_same_shape(given, accepted)


def _is_same_output(answer: Any, accepted: str) -> bool:
    """Compare line by line, as texts or as values."""
    given, wanted = _output(answer), _output(accepted)
    # An array of two dimensions takes several lines, or one.
    if is_same_value(_plain_signs(given), wanted):
        return True
    lines, wanted_lines = given.split("\n"), wanted.split("\n")
    pairs = zip(lines, wanted_lines, strict=False)
    return len(lines) == len(wanted_lines) and all(a == b or is_same_value(_plain_signs(a), b) for a, b in pairs)


def _plain_signs(answer: Any) -> str:
    return unicodedata.normalize("NFKC", str(answer)).translate(_TYPOGRAPHY)


def _output(answer: Any) -> str:
    lines = [line.rstrip() for line in str(answer).replace("\r\n", "\n").strip().split("\n")]
    return "\n".join(lines)
