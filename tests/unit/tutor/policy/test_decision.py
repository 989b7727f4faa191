from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from nexus_server.tutor.policy.decision import (
    LEARNER,
    NO_MODEL,
    ExamWindow,
    Policy,
    Reason,
    Subject,
    TutorDecision,
    TutorMode,
    TutorPlace,
    TutorSite,
    decide,
)

SITE = TutorSite(frozenset({"gemini", "openai"}), "gemini", 20)
CLASS, ROADMAP, LAB = (UUID(int=number) for number in (1, 2, 3))
MODES = list(TutorMode)

places = st.builds(
    TutorPlace,
    cohort_id=st.sampled_from([None, CLASS]),
    roadmap_id=st.none(),
    node_id=st.sampled_from([None, LAB]),
    name=st.sampled_from(["The site", "4b", "Means"]),
) | st.builds(TutorPlace, cohort_id=st.sampled_from([None, CLASS]), roadmap_id=st.just(ROADMAP), name=st.just("Python"))
policies = st.builds(
    Policy,
    place=places,
    mode=st.sampled_from([None, *MODES]),
    model=st.sampled_from([None, NO_MODEL, "gemini", "openai", "gone"]),
    tokens_per_day=st.none() | st.integers(0, 10_000),
    money_per_day=st.none() | st.floats(0, 10),
    avoid=st.lists(st.sampled_from(["loop", "class", "lambda"]), max_size=3).map(tuple),
    context=st.sampled_from(["", "Week two."]),
    level_wait_s=st.none() | st.integers(0, 600),
)
some = st.lists(policies, max_size=5)


def test_where_nobody_says_anything_all_is_on() -> None:
    assert decide([], SITE, declines=False) == TutorDecision(TutorMode.CHAT, "gemini", 20)


def test_a_lab_is_off_for_one_class_alone() -> None:
    exam = Policy(TutorPlace(cohort_id=CLASS, node_id=LAB, name="Means, 4b"), mode=TutorMode.OFF)
    found = decide([exam], SITE, declines=False)
    assert (found.mode, found.model) == (TutorMode.OFF, None)
    assert found.reasons == (Reason(Subject.MODE, "Means, 4b"),)


def test_the_most_special_place_chooses_among_the_models() -> None:
    site = Policy(TutorPlace(name="The site"), model="gemini", level_wait_s=5)
    lab = Policy(TutorPlace(node_id=LAB, name="Means"), model="openai", level_wait_s=60)
    found = decide([site, lab], SITE, declines=False)
    assert (found.model, found.level_wait_s) == ("openai", 60)
    assert found.reasons == (Reason(Subject.MODEL, "Means"),)


def test_a_model_that_is_gone_is_none() -> None:
    assert decide([Policy(TutorPlace(), model="gone")], SITE, declines=False).model is None


@given(some)
def test_the_learner_has_the_last_word_on_models(said: list[Policy]) -> None:
    found = decide(said, SITE, declines=True)
    assert found.model is None
    assert Reason(Subject.MODEL, LEARNER) in found.reasons
    assert replace(found, model=None, reasons=()) == replace(decide(said, SITE, declines=False), model=None, reasons=())


@given(some, st.randoms())
def test_the_order_of_policies_does_not_matter(said: list[Policy], chance: object) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(shuffled, SITE, declines=False) == decide(said, SITE, declines=False)


@given(some, policies)
def test_one_more_policy_never_allows_more(said: list[Policy], more: Policy) -> None:
    before, after = decide(said, SITE, declines=False), decide([*said, more], SITE, declines=False)
    assert MODES.index(after.mode) <= MODES.index(before.mode)
    assert set(before.avoid) <= set(after.avoid)
    assert set(before.budgets) <= set(after.budgets)
    if any(policy.model == NO_MODEL for policy in said):
        assert after.model is None


@given(some)
def test_what_is_asked_is_there_and_on(said: list[Policy]) -> None:
    found = decide(said, SITE, declines=False)
    assert found.model is None or found.model in SITE.models
    assert found.mode is not TutorMode.OFF or found.model is None


@given(some)
def test_saying_it_twice_changes_nothing(said: list[Policy]) -> None:
    found, twice = decide(said, SITE, declines=False), decide([*said, *said], SITE, declines=False)
    assert replace(found, budgets=()) == replace(twice, budgets=())
    assert set(found.budgets) == set(twice.budgets)


def test_the_tutor_is_off_in_an_exam_and_on_again_at_its_end() -> None:
    begins = datetime(2026, 12, 1, 9, tzinfo=UTC)
    ends = begins + timedelta(hours=2)
    said = Policy(TutorPlace(cohort_id=CLASS, name="4b"), mode=TutorMode.CHAT, exams=(ExamWindow(begins, ends),))
    modes = [
        decide([said.at(moment)], SITE, declines=False).mode
        for moment in (begins - timedelta(seconds=1), begins, ends - timedelta(seconds=1), ends)
    ]
    assert modes == [TutorMode.CHAT, TutorMode.OFF, TutorMode.OFF, TutorMode.CHAT]
    found = decide([said.at(begins)], SITE, declines=False)
    assert (found.model, found.reasons) == (None, (Reason(Subject.MODE, "4b"),))
