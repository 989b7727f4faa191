"""Practice on a real database: items of quizzes that were passed, answers as evidence, nothing to gain by repeating."""

import pytest

from nexus_server.accounts.errors import UnknownCohortError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.mastery.errors import NoSuchItemError, NotPractisedYetError
from nexus_server.mastery.evidence import read_evidence
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.mastery.model import MasteryParameters
from nexus_server.mastery.practice import PracticeResult, PracticeService
from nexus_server.roadmaps.errors import MisfitAnswersError, RoadmapNotFoundError
from tests.integration.mastery.conftest import open_all
from tests.plugins.school import School


def practice(school: School) -> PracticeService:
    reader = KnowledgeReader(school.database, school.clock, MasteryParameters(), school.roadmaps.ways)
    return PracticeService(school.database, school.clock, reader)


async def answer_quiz(school: School, learner: Learner, **answers: object) -> None:
    await school.roadmaps.quizzes.attempt(learner, await school.node_id("quizzed"), dict(answers), files_url="/files")


async def who_passed(school: School, name: str = "Ada") -> Learner:
    """A learner who passed the quiz; one of two answers was wrong."""
    ada = await school.learner(name)
    await open_all(school, ada, "quizzed")
    await answer_quiz(school, ada, one="b", two=3.14)
    return ada


async def answer(school: School, learner: Learner, item: str, value: object) -> PracticeResult:
    return await practice(school).answer(learner, await school.node_id("quizzed"), item, value, files_url="/files")


async def shown(school: School, learner: Learner) -> list[tuple[str, str]]:
    session = await practice(school).begin(learner, files_url="/files")
    return [(item.question.id, item.concept) for item in session.items]


async def test_what_went_wrong_is_asked_before_what_is_known(school: School) -> None:
    ada = await who_passed(school)
    assert await shown(school, ada) == [("one", "Numbers"), ("two", "The number pi")]


async def test_an_answer_is_evidence_and_told_all_about_but_pays_nothing(school: School) -> None:
    ada = await who_passed(school)
    before, payments = (await school.user(ada)).xp, await school.count_payments()
    wrong = await answer(school, ada, "one", "b")
    assert (wrong.result.correct, wrong.is_counted) == (False, True)
    assert wrong.result.explanation_html == "<p>It is two.</p>\n"
    assert wrong.result.key_html == ["<p>2</p>\n"]
    right = await answer(school, ada, "two", "3.14")
    assert (right.result.correct, right.is_counted) == (True, True)
    async with school.database.reading() as session:
        found = [(one.concept, one.right) for one in await read_evidence(session, ada.id)]
    assert sorted(found) == [("tiny.numbers", 0.0), ("tiny.numbers", 0.0), ("tiny.pi", 1.0), ("tiny.pi", 1.0)]
    assert ((await school.user(ada)).xp, await school.count_payments()) == (before, payments)


async def test_an_item_counts_once_a_day_and_is_not_shown_again_before(school: School) -> None:
    ada = await who_passed(school)
    await answer(school, ada, "one", "b")
    assert await shown(school, ada) == [("two", "The number pi")]
    again = await answer(school, ada, "one", "a")
    assert (again.result.correct, again.is_counted) == (True, False)
    async with school.database.reading() as session:
        assert [one.right for one in await read_evidence(session, ada.id) if one.concept == "tiny.numbers"] == [0, 0]
    school.pass_time(days=1)
    assert [item for item, _ in await shown(school, ada)] == ["one", "two"]
    assert (await answer(school, ada, "one", "a")).is_counted


async def test_a_quiz_that_is_open_is_not_given_away(school: School) -> None:
    ada = await school.learner()
    await open_all(school, ada, "quizzed")
    await answer_quiz(school, ada, one="b", two=7)  # failed
    assert await shown(school, ada) == []
    with pytest.raises(NotPractisedYetError):
        await answer(school, ada, "one", "a")


async def test_answers_that_do_not_fit_count_nothing(school: School) -> None:
    ada = await who_passed(school)
    with pytest.raises(NoSuchItemError):
        await answer(school, ada, "three", "a")
    with pytest.raises(MisfitAnswersError):
        await answer(school, ada, "one", ["a"])
    assert len(await shown(school, ada)) == 2


async def test_an_instructor_sees_the_concepts_of_the_own_class_only(school: School) -> None:
    teacher, other = [await school.learner(name, Role.INSTRUCTOR) for name in ("Emmy", "Max")]
    ada, stranger = await who_passed(school), await who_passed(school, "Bob")
    cohort = await school.cohorts.create(teacher, "Class")
    await school.cohorts.join(ada, cohort.join_code)
    for _ in range(4):
        school.pass_time(days=1)
        await answer(school, ada, "two", 3.14)
    matrix = await school.teaching.concepts.read(teacher, "tiny", cohort.id)
    assert [(column.title, column.mastered) for column in matrix.concepts] == [("Numbers", 0), ("The number pi", 1)]
    (row,) = matrix.items
    assert (row.user_id, row.display_name) == (ada.id, "Ada")
    assert [(cell.looks, cell.is_mastered) for cell in row.cells] == [(1, False), (5, True)]
    with pytest.raises(UnknownCohortError):
        await school.teaching.concepts.read(other, "tiny", cohort.id)
    with pytest.raises(ForbiddenError):
        await school.teaching.concepts.read(stranger, "tiny")
    with pytest.raises(RoadmapNotFoundError):
        await school.teaching.concepts.read(teacher, "no-such")
