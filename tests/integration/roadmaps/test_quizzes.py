"""Quizzes on real databases."""

import asyncio
from typing import cast
from uuid import UUID

import pytest

from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.errors import MisfitAnswersError, NoAttemptsLeftError, QuizNotFoundError
from tests.plugins.school import School

FILES = "/files"
RIGHT = {"one": "a", "two": 3.14}


async def taker(school: School) -> tuple[Learner, UUID]:
    return await school.learner(role=Role.INSTRUCTOR), await school.node_id("quizzed")


async def limit_attempts(school: School, attempts: int) -> None:
    path = school.content_dir / "tiny/quizzes/quizzed.yaml"
    path.write_text(f"max_attempts: {attempts}\n{path.read_text()}")
    await school.roadmaps.sync.run()


async def test_the_paper_has_no_answers(school: School) -> None:
    learner, node = await taker(school)
    paper = await school.roadmaps.quizzes.get_quiz(learner, node, files_url=FILES)
    text = paper.model_dump_json()
    assert "It is two" not in text
    assert "answer" not in text
    assert "tolerance" not in text
    assert {question.id for question in paper.questions} == {"one", "two"}


async def test_the_paper_stays_the_same_until_it_is_handed_in(school: School) -> None:
    learner, node = await taker(school)
    quizzes = school.roadmaps.quizzes
    first = await quizzes.get_quiz(learner, node, files_url=FILES)
    assert await quizzes.get_quiz(learner, node, files_url=FILES) == first


async def test_passing_completes_the_node_pays_once_and_explains(school: School) -> None:
    learner, node = await taker(school)
    quizzes = school.roadmaps.quizzes
    failed = await quizzes.attempt(learner, node, {"one": "a"}, files_url=FILES)
    assert (failed.passed, failed.xp_awarded, round(failed.score, 3)) == (False, 0, 0.333)
    assert [(item.explanation_html, item.key_html) for item in failed.per_question] == [
        ("<p>It is two.</p>\n", []),
        (None, []),
    ]
    passed = await quizzes.attempt(learner, node, {"one": "b", "two": "3,145"}, files_url=FILES)
    assert (passed.passed, passed.attempt) == (True, 2)
    assert passed.xp_awarded == 2 * 20 + 5
    assert passed.per_question[0].explanation_html == "<p>It is two.</p>\n"
    better = await quizzes.attempt(learner, node, RIGHT, files_url=FILES)
    assert (better.score, better.xp_awarded) == (1.0, 0)
    assert (await school.statuses(learner))["quizzed"] == "completed"
    rows = (await school.roadmaps.catalogue.list_progress(learner)).items
    assert next(row.score for row in rows if row.slug == "quizzed") == 1.0


async def test_a_worse_attempt_takes_nothing_back(school: School) -> None:
    learner, node = await taker(school)
    await school.roadmaps.quizzes.attempt(learner, node, RIGHT, files_url=FILES)
    await school.roadmaps.quizzes.attempt(learner, node, {}, files_url=FILES)
    assert (await school.statuses(learner))["quizzed"] == "completed"
    paper = await school.roadmaps.quizzes.get_quiz(learner, node, files_url=FILES)
    assert (paper.best_score, paper.passed) == (1.0, True)


async def test_attempts_end_even_when_they_come_at_once(school: School) -> None:
    await limit_attempts(school, 2)
    learner, node = await taker(school)
    quizzes = school.roadmaps.quizzes
    outcomes = await asyncio.gather(
        *(quizzes.attempt(learner, node, {}, files_url=FILES) for _ in range(5)), return_exceptions=True
    )
    assert sum(1 for outcome in outcomes if isinstance(outcome, NoAttemptsLeftError)) == 3
    assert (await quizzes.get_quiz(learner, node, files_url=FILES)).attempts_left == 0


async def test_answers_that_do_not_fit_cost_no_attempt(school: School) -> None:
    await limit_attempts(school, 1)
    learner, node = await taker(school)
    quizzes = school.roadmaps.quizzes
    with pytest.raises(MisfitAnswersError) as caught:
        await quizzes.attempt(learner, node, {"one": "z", "two": [1], "gone": "a"}, files_url=FILES)
    fields = cast("list[dict[str, str]]", caught.value.details["fields"])
    assert {field["field"]: field["message"] for field in fields} == {
        "answers.one": "takes the id of one choice",
        "answers.two": "takes a number",
        "answers.gone": "is no question of this quiz",
    }
    assert (await quizzes.get_quiz(learner, node, files_url=FILES)).attempts_left == 1
    assert (await quizzes.attempt(learner, node, RIGHT, files_url=FILES)).attempt == 1


async def test_two_learners_and_two_attempts_get_papers_of_their_own(school: School) -> None:
    path = school.content_dir / "tiny/quizzes/quizzed.yaml"
    choices = ", ".join(f'{{id: c{number}, text: "{number}"}}' for number in range(30))
    path.write_text(f"questions: [{{id: q, type: single, prompt: P, choices: [{choices}], answer: c1}}]\n")
    await school.roadmaps.sync.run()
    node, papers = await school.node_id("quizzed"), []
    for name in ("Ada", "Emil"):
        learner = await school.learner(name, role=Role.INSTRUCTOR)
        for _ in range(2):
            paper = await school.roadmaps.quizzes.get_quiz(learner, node, files_url=FILES)
            papers.append([choice.id for choice in paper.questions[0].choices or []])
            await school.roadmaps.quizzes.attempt(learner, node, {"q": "c2"}, files_url=FILES)
    assert len({tuple(paper) for paper in papers}) == 4
    assert {tuple(sorted(paper)) for paper in papers} == {tuple(sorted(papers[0]))}


async def test_a_node_without_a_quiz_says_so(school: School) -> None:
    learner, _ = await taker(school)
    with pytest.raises(QuizNotFoundError):
        await school.roadmaps.quizzes.get_quiz(learner, await school.node_id("hello"), files_url=FILES)


REASONED = """\
max_attempts: 3
questions:
  - id: one
    type: single
    prompt: Which?
    choices: [{id: a, text: A}, {id: b, text: B}, {id: c, text: C}]
    answer: b
    why: {a: "A is *too small*."}
    section: "#sizes"
    explanation: It is B.
  - id: two
    type: multiple
    prompt: Which ones?
    choices: [{id: a, text: A}, {id: b, text: B}, {id: c, text: C}]
    answer: [b]
    why: {a: Not A., b: Never shown., c: Not C.}
"""


async def test_a_wrong_choice_gets_the_authors_reason_and_the_key_waits(school: School) -> None:
    (school.content_dir / "tiny/quizzes/quizzed.yaml").write_text(REASONED)
    await school.roadmaps.sync.run()
    learner, node = await taker(school)
    quizzes = school.roadmaps.quizzes
    paper = await quizzes.get_quiz(learner, node, files_url=FILES)
    assert "too small" not in paper.model_dump_json()

    one, two = (await quizzes.attempt(learner, node, {"one": "a", "two": ["a", "b"]}, files_url=FILES)).per_question
    assert (one.why_html, one.section) == (["<p>A is <em>too small</em>.</p>\n"], "#sizes")
    assert two.why_html == ["<p>Not A.</p>\n"]
    assert (one.explanation_html, two.section) == (None, None)

    one, two = (await quizzes.attempt(learner, node, {"one": "c", "two": []}, files_url=FILES)).per_question
    assert (one.why_html, two.why_html, one.explanation_html) == ([], [], None)
    assert (one.key_html, two.key_html) == ([], [])

    one, two = (await quizzes.attempt(learner, node, {"one": "a"}, files_url=FILES)).per_question
    assert one.explanation_html == "<p>It is B.</p>\n", "there is no attempt left"
    assert (one.key_html, two.key_html) == (["<p>B</p>\n"], ["<p>B</p>\n"])
