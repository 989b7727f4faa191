"""The mastery model: what it must do whatever the answers, and that fitting finds what data were made of."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus_server.mastery.fitting import calibration_bins, calibration_error, fit, log_loss, predictions
from nexus_server.mastery.model import (
    UNKNOWN,
    ConceptState,
    Evidence,
    LearnerState,
    MasteryParameters,
    estimate,
    observe,
    replay,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
MODEL = MasteryParameters()


def answers(*rights: float, every: timedelta = timedelta(days=1), hints: int = 0) -> list[Evidence]:
    return [Evidence("loops", right, START + n * every, hints) for n, right in enumerate(rights)]


def known(*rights: float, hints: int = 0) -> ConceptState:
    return replay(answers(*rights, hints=hints), MODEL).state("loops")


def test_who_answered_nothing_has_the_base() -> None:
    assert estimate(UNKNOWN, START, MODEL) == pytest.approx(1 / (1 + exp(-MODEL.base)))


def test_the_formula_is_the_published_one() -> None:
    state = observe(observe(UNKNOWN, Evidence("a", 1.0, START), MODEL), Evidence("a", 0.0, START), MODEL)
    odds = MODEL.base + MODEL.right_gain + MODEL.wrong_gain
    assert estimate(state, START, MODEL) == pytest.approx(1 / (1 + exp(-odds)))
    later = START + timedelta(days=MODEL.half_life_days * MODEL.half_life_growth)
    assert estimate(state, later, MODEL) == pytest.approx(1 / (1 + exp(-MODEL.base - (odds - MODEL.base) / 2)))


SHARES = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=12)


@given(SHARES)
def test_a_right_answer_never_lowers_and_a_wrong_one_never_raises_the_estimate(rights: list[float]) -> None:
    state, at = UNKNOWN, START
    for evidence in answers(*rights):
        state, at = observe(state, evidence, MODEL), evidence.at
    before = estimate(state, at, MODEL)
    assert estimate(observe(state, Evidence("loops", 1.0, at), MODEL), at, MODEL) > before
    assert estimate(observe(state, Evidence("loops", 0.0, at), MODEL), at, MODEL) < before


@given(SHARES, st.lists(st.floats(0, 4000), min_size=2, max_size=5))
def test_time_draws_every_estimate_towards_the_base(rights: list[float], days: list[float]) -> None:
    state = replay(answers(*rights), MODEL).state("loops")
    last = state.at or START
    base = estimate(UNKNOWN, START, MODEL)
    distances = [abs(estimate(state, last + timedelta(days=n), MODEL) - base) for n in sorted(days)]
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(distances))


def test_what_was_known_better_is_forgotten_later() -> None:
    month = START + timedelta(days=40)
    assert estimate(known(1, 1, 1, 1), month, MODEL) > estimate(known(1), month, MODEL)


def test_an_answer_after_a_hint_counts_less() -> None:
    assert estimate(known(1, hints=2), START, MODEL) < estimate(known(1), START, MODEL)


def test_evidence_that_comes_late_changes_no_time() -> None:
    late = observe(known(1, 1), Evidence("loops", 1.0, START - timedelta(days=9)), MODEL)
    assert late.at == known(1, 1).at
    assert late.looks == 3


def first_looks(*rights: float, parameters: MasteryParameters = MODEL) -> LearnerState:
    return replay([Evidence(f"concept {n}", right, START) for n, right in enumerate(rights)], parameters)


@given(SHARES)
def test_what_the_first_looks_show_holds_for_concepts_that_were_never_met(rights: list[float]) -> None:
    before = first_looks(*rights).estimate("new", START)
    assert first_looks(*rights, 1.0).estimate("new", START) > before
    assert first_looks(*rights, 0.0).estimate("new", START) < before
    # A step goes towards the likeliest ability, and comes nearer to it with each.
    steps = [abs(first_looks(*[1.0] * (n + 1)).ability - first_looks(*[1.0] * n).ability) for n in range(5)]
    assert steps == sorted(steps, reverse=True)


def test_later_looks_at_a_concept_say_nothing_of_others() -> None:
    once, often = first_looks(0.0), replay(answers(0.0, 0.0, 1.0, 1.0, 0.0), MODEL)
    assert often.estimate("new", START) == once.estimate("new", START)


def test_a_first_look_after_a_hint_shows_less() -> None:
    helped, alone = (replay([Evidence("loops", 1.0, START, hints)], MODEL) for hints in (1, 0))
    assert helped.ability < alone.ability


def test_where_all_are_alike_the_first_looks_say_nothing() -> None:
    alike = MasteryParameters(ability_variance=0.0)
    assert first_looks(1.0, 1.0, 1.0, parameters=alike).estimate("new", START) == estimate(UNKNOWN, START, alike)


def learners_of(parameters: MasteryParameters, count: int = 60) -> list[list[Evidence]]:
    """Learners who answer as the model says, each with an ability, with pauses of hours to weeks."""
    random = Random(7)  # noqa: S311  the same answers each time
    made = []
    for _ in range(count):
        evidence: list[Evidence] = []
        states: dict[str, ConceptState] = {}
        at, ability = START, random.gauss(0.0, parameters.ability_variance**0.5)
        for _ in range(30):
            at += timedelta(days=random.choice([0.05, 1, 3, 20]))
            concept = random.choice("abcdefgh")
            state = states.get(concept, UNKNOWN)
            right = 1.0 if random.random() < estimate(state, at, parameters, ability) else 0.0
            evidence.append(Evidence(concept, right, at))
            states[concept] = observe(state, evidence[-1], parameters)
        made.append(evidence)
    return made


def test_fitting_finds_what_the_answers_were_made_of() -> None:
    truth = MasteryParameters(
        base=-1.0,
        right_gain=1.2,
        wrong_gain=0.2,
        half_life_days=7.0,
        half_life_growth=1.4,
        ability_variance=0.0,
    )
    learners = learners_of(truth)
    found = fit(learners)
    assert found.answers == 60 * 30
    assert found.parameters.base == pytest.approx(truth.base, abs=0.25)
    assert found.parameters.right_gain == pytest.approx(truth.right_gain, abs=0.35)
    assert found.log_loss <= log_loss(predictions(learners, truth)) + 0.002
    assert found.log_loss < log_loss(predictions(learners, MODEL))
    assert found.calibration_error < 0.05


def test_fitting_finds_whether_learners_differ() -> None:
    for variance, (least, most) in {0.0: (0.0, 0.25), 2.0: (1.0, 2.0)}.items():
        truth = MasteryParameters(ability_variance=variance)
        learners = learners_of(truth, 40)
        found = fit(learners)
        assert least <= found.parameters.ability_variance <= most
        assert found.log_loss <= log_loss(predictions(learners, truth)) + 0.002


def test_few_answers_leave_the_model_near_its_defaults() -> None:
    found = fit([answers(1.0, 1.0)]).parameters
    assert abs(found.base - MODEL.base) < 1
    assert abs(found.right_gain - MODEL.right_gain) < 1


def test_calibration_is_how_far_the_bins_are_off() -> None:
    said = [(0.25, 0.0), (0.25, 1.0), (0.95, 1.0), (1.0, 1.0)]
    assert calibration_bins(said) == [(0.25, 0.5, 2), (0.975, 1.0, 2)]
    assert calibration_error(said) == pytest.approx((0.25 * 2 + 0.025 * 2) / 4)
    assert (calibration_error([]), log_loss([])) == (0.0, 0.0)
