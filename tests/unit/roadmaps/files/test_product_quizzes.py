"""The product's quizzes say of each wrong choice why it is wrong."""

import pytest

from nexus_server.roadmaps.files.quiz_file import MultipleQuestion, SingleQuestion
from tests.plugins.content import product_roadmaps

QUESTIONS = {
    f"{source.folder.name}-{node.entry.slug}-{question.id}": question
    for source in product_roadmaps()
    for node in source.nodes
    for question in (node.quiz.questions if node.quiz else [])
    if isinstance(question, SingleQuestion | MultipleQuestion)
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_each_wrong_choice_has_its_reason(question: SingleQuestion | MultipleQuestion) -> None:
    right = [question.answer] if isinstance(question, SingleQuestion) else question.answer
    wrong = {choice.id for choice in question.choices}.difference(right)
    assert wrong == set(question.why)
    assert all(reason.strip() for reason in question.why.values())
