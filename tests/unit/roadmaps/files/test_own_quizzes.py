"""The product's own quizzes: what is sent to the browser before an answer does not give the answer away."""

from collections import Counter
from itertools import chain

import yaml

from nexus_server.installation import CONTENT
from nexus_server.roadmaps.files.quiz_file import QuizFile

QUIZZES = [
    QuizFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    for path in sorted(CONTENT.glob("*/quizzes/*.yaml"))
]
QUESTIONS = list(chain.from_iterable(quiz.questions for quiz in QUIZZES))


def test_no_letter_is_right_more_often_than_the_others() -> None:
    right = Counter(question.answer for question in QUESTIONS if question.type == "single")
    assert right.total() > 40
    assert max(right.values()) < right.total() / 3


def test_the_letters_are_not_in_the_order_that_is_asked_for() -> None:
    orderings = [question for question in QUESTIONS if question.type == "ordering"]
    assert orderings
    for question in orderings:
        ids = [choice.id for choice in question.choices]
        assert all(len(name) == 1 for name in ids), f"{question.id}: words as ids say what they stand for"
        assert question.answer not in (ids, sorted(ids)), question.id
