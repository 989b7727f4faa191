"""*Next for you* on a real database: evidence from quizzes and labs, the step to open, and the reason in words."""

from datetime import timedelta

from sqlalchemy import select

from nexus_server.learner import Learner
from nexus_server.mastery.advice import MasteryService
from nexus_server.mastery.choosing import AdviceKind
from nexus_server.mastery.evidence import read_evidence
from nexus_server.mastery.known import KnowledgeReader
from nexus_server.mastery.model import MasteryParameters
from nexus_server.roadmaps.learning.progress import WayReader
from nexus_server.store.database import Database
from nexus_server.store.models.exams import ExamSitting
from nexus_server.store.models.grading import Submission
from nexus_server.store.models.practice import PracticeAnswer
from nexus_server.store.models.roadmaps import Node, Quiz, QuizAttempt, UserProgress
from nexus_server.store.models.tutor import Hint
from tests.integration.mastery.conftest import open_all
from tests.plugins.school import START, School


def mastery(school: School) -> MasteryService:
    return MasteryService(
        KnowledgeReader(school.database, school.clock, MasteryParameters(), WayReader(fast_paths=True))
    )


async def answer_quiz(school: School, learner: Learner, **answers: object) -> None:
    await school.roadmaps.quizzes.attempt(learner, await school.node_id("quizzed"), dict(answers), files_url="/files")


async def test_who_begins_is_sent_to_the_first_step(school: School) -> None:
    ada = await school.learner()
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert (advice.way, advice.node.slug, advice.concept) == (AdviceKind.STEP, "hello", None)
    assert advice.reason == "It is the next step of “Tiny”."
    assert [(one.id, one.looks, one.is_mastered) for one in await mastery(school).concepts(ada)] == [
        ("tiny.numbers", 0, False),
        ("tiny.pi", 0, False),
    ]


async def test_first_answers_and_graded_cells_are_the_evidence(school: School) -> None:
    ada = await school.learner()
    await open_all(school, ada, "quizzed", "lab")
    await answer_quiz(school, ada, one="b", two=3.14)
    school.pass_time(minutes=1)
    await answer_quiz(school, ada, one="a", two=3.14)  # a second answer follows an explanation
    school.pass_time(minutes=1)
    lab = await school.node_id("lab")
    cells = [
        {"grade_id": "test-visible", "points": 1.0, "max_points": 2.0, "status": "partial"},
        {"grade_id": "other", "points": 2.0, "max_points": 2.0, "status": "passed"},
    ]
    async with school.database.transaction() as session:
        session.add(
            Hint(
                user_id=ada.id,
                node_id=lab,
                fingerprint="",
                level=1,
                text="",
                concept="",
                source="static",
                created_at=START,
            )
        )
        session.add(Submission(user_id=ada.id, node_id=lab, notebook=b"", sha256="", attempt=1,
                               received_at=school.clock.now(), status="graded", results=cells))  # fmt: skip
    async with school.database.reading() as session:
        found = await read_evidence(session, ada.id)
    assert sorted((one.concept, one.right, one.hints) for one in found) == [
        ("tiny.numbers", 0.0, 0),
        ("tiny.numbers", 0.5, 1),
        ("tiny.pi", 1.0, 0),
    ]
    assert found == sorted(found, key=lambda one: one.at)


async def test_an_exam_is_no_evidence_before_its_results_are_released(school: School) -> None:
    ada = await school.learner()
    lab, now = await school.node_id("lab"), school.clock.now()
    cells = [{"grade_id": "test-visible", "points": 0.0, "max_points": 2.0, "status": "failed"}]
    async with school.database.transaction() as session:
        sitting = ExamSitting(user_id=ada.id, node_id=lab, started_at=START, ended_at=now)
        session.add_all([sitting, Submission(user_id=ada.id, node_id=lab, notebook=b"", sha256="", attempt=1,
                                             received_at=now, status="graded", results=cells)])  # fmt: skip
    (numbers, _) = await mastery(school).concepts(ada)
    assert numbers.looks == 0
    async with school.database.transaction() as session:
        (await session.get_one(ExamSitting, sitting.id)).released_at = now
    (numbers, _) = await mastery(school).concepts(ada)
    assert numbers.looks == 1


async def test_who_fails_for_want_of_something_is_sent_back_with_the_reason(school: School) -> None:
    ada = await school.learner()
    await open_all(school, ada, "hello", "quizzed")
    await answer_quiz(school, ada, one="b", two=7)
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert (advice.way, advice.node.slug, advice.concept) == (AdviceKind.BACK, "hello", "Numbers")
    assert advice.reason == "“The number pi” builds on “Numbers”. Look at that once more, then the rest is easier."


async def test_what_was_known_and_fades_is_due_for_review(school: School) -> None:
    ada = await school.learner()
    await open_all(school, ada, "hello", "lab")
    lab = await school.node_id("lab")
    passed = [{"grade_id": "test-hidden", "points": 2.0, "max_points": 2.0, "status": "passed"}]
    async with school.database.transaction() as session:
        for attempt in range(4):
            session.add(Submission(user_id=ada.id, node_id=lab, notebook=b"", sha256="", attempt=attempt,
                                   received_at=START, status="graded", results=passed))  # fmt: skip
    service = mastery(school)
    assert (await service.concepts(ada))[0].is_mastered
    school.pass_time(days=120)
    numbers = (await service.concepts(ada))[0]
    assert (numbers.is_mastered, numbers.is_due) == (False, True)
    advice = await service.advise(ada)
    assert advice is not None
    assert (advice.way, advice.node.slug, advice.concept) == (AdviceKind.REVIEW, "lab", "Numbers")
    assert advice.reason.startswith("You knew “Numbers” well")


async def test_a_step_that_asks_only_for_what_is_mastered_waits_for_one_with_something_new(school: School) -> None:
    ada = await school.learner()
    await open_all(school, ada, "quizzed", "lab")
    async with school.database.transaction() as session:
        for slug in ("hello", "clip"):
            node_id = await school.node_id(slug)
            session.add(UserProgress(user_id=ada.id, node_id=node_id, status="completed", updated_at=START))
        lab = await session.get_one(Node, await school.node_id("lab"))
        lab.spec = {**lab.spec, "concepts": {"test-hidden": ["tiny.new"]}}
        session.add_all(await right_in_practice(school, ada, days=4))
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert (advice.way, advice.node.slug) == (AdviceKind.STEP, "lab")
    assert advice.reason == "It is the next step of “Tiny” with something new for you."
    async with school.database.transaction() as session:
        lab = await session.get_one(Node, await school.node_id("lab"))
        lab.spec = {**lab.spec, "concepts": {"test-hidden": ["tiny.numbers"]}}
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert (advice.node.slug, advice.reason) == ("quizzed", "It is the next step of “Tiny”.")


async def test_what_others_build_on_is_practised_before_them(school: School) -> None:
    ada = await school.learner()
    await open_all(school, ada, "quizzed", "lab")
    async with school.database.transaction() as session:
        for slug in ("hello", "clip"):
            node_id = await school.node_id(slug)
            session.add(UserProgress(user_id=ada.id, node_id=node_id, status="completed", updated_at=START))
        quizzed = await session.get_one(Node, await school.node_id("quizzed"))
        quizzed.spec = {**quizzed.spec, "concepts": {"two": ["tiny.pi"]}}
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert (advice.way, advice.node.slug, advice.concept) == (AdviceKind.STEP, "lab", "Numbers")
    assert advice.reason == "It practises “Numbers”, which the steps before it build on."
    async with school.database.transaction() as session:  # now it is a step to read
        quizzed = await session.get_one(Node, await school.node_id("quizzed"))
        quizzed.spec = {**quizzed.spec, "concepts": {}}
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert (advice.node.slug, advice.concept) == ("quizzed", None)


async def right_in_practice(school: School, learner: Learner, days: int) -> list[PracticeAnswer]:
    """Right answers to both questions of the quiz, on so many days before now."""
    async with school.database.reading() as session:
        quiz_id = await session.scalar(select(Quiz.id))
    moments = [school.clock.now() - timedelta(days=n) for n in range(days)]
    return [
        PracticeAnswer(user_id=learner.id, quiz_id=quiz_id, item=item, day=at.date(), correct=True, created_at=at)
        for at in moments
        for item in ("one", "two")
    ]


async def test_nothing_that_is_locked_is_next(school: School) -> None:
    ada = await school.learner()
    async with school.database.transaction() as session:  # the quiz was taken while it was open, and failed
        session.add(await wrong_attempt(school, ada))
    advice = await mastery(school).advise(ada)
    assert advice is not None
    assert advice.node.slug == "hello"


async def wrong_attempt(school: School, learner: Learner) -> QuizAttempt:
    async with school.database.reading() as session:
        quiz_id = await session.scalar(select(Quiz.id))
    items = [{"id": name, "correct": False, "points": 0, "max_points": 1} for name in ("one", "two")]
    return QuizAttempt(quiz_id=quiz_id, user_id=learner.id, attempt=1, answers={}, per_question=items, score=0.0,
                       passed=False, created_at=START + timedelta(minutes=1))  # fmt: skip


async def test_nodes_that_an_earlier_version_wrote_learn_their_concepts(school: School, database: Database) -> None:
    async with database.transaction() as session:
        node = await session.scalar(select(Node).where(Node.slug == "quizzed"))
        assert node is not None
        node.spec = {key: value for key, value in node.spec.items() if key != "concepts"}
        node.content_hash = "as an earlier version made it"
    await school.roadmaps.sync.run()
    async with database.reading() as session:
        node = await session.scalar(select(Node).where(Node.slug == "quizzed"))
    assert node is not None
    assert node.spec["concepts"] == {"one": ["tiny.numbers"], "two": ["tiny.pi"]}
    assert (await school.roadmaps.sync.run()).updated == []
