"""The simulated learners' paths are compared fairly, and the bound's observer knows what it says that it knows."""

from math import log
from random import Random

import pytest

from benchmarks import mastery
from benchmarks._mastery_bound import CHOICES, Observer
from benchmarks._mastery_families import FAMILIES, Growth
from benchmarks._mastery_walks import CONCEPTS, ITEMS_EACH, ProductAsker, asked_path, fixed_path, moment_of
from nexus_server.mastery.model import Evidence, MasteryParameters


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  chance that is the same each time


@pytest.mark.parametrize("family", FAMILIES)
def test_a_path_ends_as_soon_as_as_much_is_known(family: mastery.Family) -> None:
    fixed = fixed_path(family(seeded(1), CONCEPTS), seeded(1))
    assert fixed.items == CONCEPTS * ITEMS_EACH
    assert fixed.known[fixed.items_until] >= fixed.knowledge > max(fixed.known[: fixed.items_until])
    asker = ProductAsker(MasteryParameters())
    asked = asked_path(family(seeded(1), CONCEPTS), seeded(1), asker, fixed.knowledge)
    assert asked.known[-1] >= fixed.knowledge > max(asked.known[:-1])
    assert len(asker.said) == asked.items


def test_the_observer_knows_how_the_family_learns_and_forgets() -> None:
    learner, observer = Growth(seeded(2), CONCEPTS), Observer(CONCEPTS, CHOICES["by_order"])
    began = _odds(learner.truth(3, 0.0))
    for items in (0, 1, 9, 40):
        learner.learn(3, items / 8)
        observer.observe(Evidence("3", 1.0, moment_of(items)), items)
        day = items / 8 + 0.5
        assert _odds(learner.truth(3, day)) == pytest.approx(began + observer.left(day)[3])


def test_the_observer_learns_of_a_learner_from_other_concepts() -> None:
    before = Observer(CONCEPTS, CHOICES["by_order"]).estimates(0.0)
    assert before == pytest.approx(0.5, abs=0.01)
    observer = Observer(CONCEPTS, CHOICES["by_order"])
    for concept in range(6):
        observer.observe(Evidence(str(concept), 0.0, moment_of(0)), 0)
    assert (observer.estimates(0.0)[6:] < 0.42).all()


def test_each_figure_is_there_for_a_few_learners() -> None:
    figures = mastery.run_family(Growth, learners=2, to_fit=3)
    assert 0.2 < float(str(figures["ratio"])) <= float(str(figures["ratio_until"])) < 3
    bound = mastery.run_bound(2)
    assert bound.keys() == {*CHOICES, "all_knowing"}
    assert min(bound.values()) == bound["all_knowing"] > 0


def _odds(probability: float) -> float:
    return log(probability / (1 - probability))
