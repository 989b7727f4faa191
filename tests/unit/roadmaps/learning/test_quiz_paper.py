from uuid import UUID

from nexus_server.roadmaps.learning.quiz_paper import seed_of, write_paper
from nexus_server.roadmaps.learning.quiz_scoring import QUESTIONS

CHOICES = [{"id": name, "text": name} for name in "abcd"]
QUIZ = QUESTIONS.validate_python(
    [{"id": f"q{number}", "type": "single", "prompt": "P", "choices": CHOICES, "answer": "a"} for number in range(6)]
    + [{"id": "sort", "type": "ordering", "prompt": "P", "choices": CHOICES, "answer": list("abcd")}]
)
USER, OTHER = UUID(int=1), UUID(int=2)


def test_a_seed_belongs_to_learner_quiz_and_attempt() -> None:
    assert (
        len({seed_of(USER, OTHER, 1), seed_of(USER, OTHER, 2), seed_of(OTHER, USER, 1), seed_of(OTHER, OTHER, 1)}) == 4
    )
    assert seed_of(USER, OTHER, 1) == seed_of(USER, OTHER, 1)


def test_the_same_seed_gives_the_same_paper_and_another_a_different_one() -> None:
    papers = [write_paper(QUIZ, seed, shuffle=True) for seed in ("s", "s", "t")]
    assert papers[0] == papers[1]
    assert papers[0] != papers[2]
    assert sorted(question.id for question in papers[0]) == sorted(question.id for question in QUIZ)


def test_without_shuffle_only_what_must_be_put_in_order_is_shuffled() -> None:
    paper = write_paper(QUIZ, "s", shuffle=False)
    assert [question.id for question in paper] == [question.id for question in QUIZ]
    assert paper[0].choices is not None
    assert [choice.id for choice in paper[0].choices] == list("abcd")


def test_an_ordering_question_never_shows_its_answer() -> None:
    for seed in range(200):
        choices = write_paper(QUIZ, str(seed), shuffle=False)[-1].choices
        assert choices is not None
        assert [choice.id for choice in choices] != list("abcd")
