"""Does choosing what is next save items, and is the estimate true? Simulated learners of three families.

    python -m benchmarks.mastery

The fixed path gives every learner the same items in order. The chosen path asks the product what is next, with a model
fitted to other learners of the fixed path, and ends when the learner has mastered as many concepts as the fixed path
taught the same learner. The worst of the three families counts.

- ``items_to_mastery_ratio``: items of the chosen path to items of the fixed path, at most 0.75.
- ``calibration_error``: expected calibration error of the estimates before each answer on the chosen path.
- ``next_p95_ms``: to take in a learner's answers to 5,000 items and choose among 2,000 concepts, at most 30;
  the process's own time, which other programs on the machine do not change.

Prints a table and writes benchmarks/results/mastery.json and the calibration as benchmarks/results/mastery.svg; exits 1
when a target is missed.
"""

import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean, quantiles

from rich.console import Console
from rich.table import Table

from benchmarks._mastery_families import FAMILIES, Learner
from nexus_server.mastery.choosing import MASTERED, Knowledge, MappedConcept, find_attention, next_concept
from nexus_server.mastery.fitting import calibration_bins, calibration_error, fit
from nexus_server.mastery.model import Evidence, LearnerState, MasteryParameters, replay

RESULTS = Path(__file__).parent / "results"
CONCEPTS = 24
ITEMS_EACH = 6
ITEMS_PER_DAY = 8
#: a learner follows a review or a step back on every third item, and the way on the others
REVIEW_EVERY = 3
LEARNERS_TO_FIT, LEARNERS = 40, 60
START = datetime(2026, 1, 1, tzinfo=UTC)
TARGETS = {"items_to_mastery_ratio": 0.75, "next_p95_ms": 30.0}
ORDER = [MappedConcept(str(n), f"Concept {n}", (str(n - 1),) if n else ()) for n in range(CONCEPTS)]
MAP = {concept.id: concept for concept in ORDER}


@dataclass(frozen=True, slots=True)
class Walk:
    """What a path took, and what the learner knew at its end."""

    items: int
    knowledge: float
    evidence: list[Evidence]
    said: list[tuple[float, float]]


def day_of(item: int) -> float:
    """Return the day of an item, from 0."""
    return item / ITEMS_PER_DAY


def answer(learner: Learner, random: Random, concept: int, day: float) -> Evidence:
    """Let a learner do an item."""
    right = 1.0 if random.random() < learner.truth(concept, day) else 0.0
    learner.learn(concept, day)
    return Evidence(str(concept), right, START + timedelta(days=day))


def known(learner: Learner, day: float) -> float:
    """Return the share of concepts that are mastered: a right answer is as likely as the product asks."""
    return mean(learner.truth(concept, day) >= MASTERED for concept in range(CONCEPTS))


def fixed_path(learner: Learner, random: Random) -> Walk:
    """Do every item in order."""
    evidence = [answer(learner, random, item // ITEMS_EACH, day_of(item)) for item in range(CONCEPTS * ITEMS_EACH)]
    return Walk(len(evidence), known(learner, day_of(len(evidence))), evidence, [])


def chosen_path(learner: Learner, random: Random, parameters: MasteryParameters, goal: float) -> Walk:
    """Do what is next until as much is known; at most three times the items of the fixed path."""
    estimated = LearnerState(parameters)
    evidence: list[Evidence] = []
    said: list[tuple[float, float]] = []
    while known(learner, day := day_of(len(evidence))) < goal and len(evidence) < 3 * CONCEPTS * ITEMS_EACH:
        now = START + timedelta(days=day)
        concept = choose(Knowledge(estimated, now), may_review=len(evidence) % REVIEW_EVERY == 0)
        before = estimated.estimate(concept.id, now)
        evidence.append(answer(learner, random, int(concept.id), day))
        said.append((before, evidence[-1].right))
        estimated.observe(evidence[-1])
    return Walk(len(evidence), known(learner, day_of(len(evidence))), evidence, said)


def choose(knowledge: Knowledge, *, may_review: bool) -> MappedConcept:
    """Return what the product asks for, and go on with the way between; where all was mastered, what is least."""
    attention = find_attention(MAP, knowledge) if may_review else None
    found = attention.concept if attention is not None else next_concept(ORDER, knowledge)
    return found or min(ORDER, key=lambda concept: knowledge.estimate(concept.id))


def run_family(family: type[Learner]) -> dict[str, object]:
    """Return the figures of one family."""
    trained = fit([fixed_path(family(Random(seed), CONCEPTS), Random(seed)).evidence  # type: ignore[call-arg]  # noqa: S311
                   for seed in range(1000, 1000 + LEARNERS_TO_FIT)])  # fmt: skip
    fixed, chosen = [], []
    for seed in range(LEARNERS):
        fixed.append(fixed_path(family(Random(seed), CONCEPTS), Random(seed)))  # type: ignore[call-arg]  # noqa: S311
        again = family(Random(seed), CONCEPTS)  # type: ignore[call-arg]  # noqa: S311
        chosen.append(chosen_path(again, Random(seed), trained.parameters, fixed[-1].knowledge))  # noqa: S311
    said = [pair for path in chosen for pair in path.said]
    return {
        "ratio": sum(path.items for path in chosen) / sum(path.items for path in fixed),
        "items_fixed": mean(path.items for path in fixed),
        "items_chosen": mean(path.items for path in chosen),
        "known_fixed": mean(path.knowledge for path in fixed),
        "known_chosen": mean(path.knowledge for path in chosen),
        "calibration_error": calibration_error(said),
        "calibration": calibration_bins(said),
        "parameters": {name: getattr(trained.parameters, name) for name in MasteryParameters.__slots__},
    }


def next_ms(tries: int = 40) -> list[float]:
    """Return the milliseconds of each choice, from a learner's answers on."""
    random = Random(1)  # noqa: S311
    order = [MappedConcept(str(n), "", (str(n // 2),) if n else ()) for n in range(2000)]
    concepts = {concept.id: concept for concept in order}
    answers = [
        Evidence(str(n % 2000), float(random.random() < 0.7), START + timedelta(minutes=10 * n)) for n in range(5000)
    ]
    found = []
    for _ in range(tries):
        begun = time.process_time()
        knowledge = Knowledge(replay(answers, MasteryParameters()), START + timedelta(days=40))
        find_attention(concepts, knowledge)
        next_concept(order, knowledge)
        found.append((time.process_time() - begun) * 1000)
    return found


def plot(families: dict[str, dict[str, object]]) -> str:
    """Return the calibration as SVG: what was said to the right, what was right upwards."""
    colours = ("#1565c0", "#b34700", "#2e7d32")
    parts = ["<path d='M40 260 280 20' stroke='#888' stroke-dasharray='4'/>"]
    for colour, (name, figures) in zip(colours, families.items(), strict=True):
        bins = figures["calibration"]
        assert isinstance(bins, list)
        points = " ".join(f"{40 + 240 * p:.1f},{260 - 240 * right:.1f}" for p, right, _ in bins)
        parts.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'/>")
        parts.append(f"<text x='46' y='{34 + 16 * colours.index(colour)}' fill='{colour}' font-size='12'>{name}</text>")
    axes = "<path d='M40 20V260H280' fill='none' stroke='#444'/><text x='120' y='280' font-size='12'>estimate</text>"
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 300 290'>{axes}{''.join(parts)}</svg>\n"


def main() -> int:
    """Measure, show, write."""
    families = {family.__name__: run_family(family) for family in FAMILIES}
    tries = next_ms()
    result = {
        "items_to_mastery_ratio": max(_figure(one, "ratio") for one in families.values()),
        "calibration_error": max(_figure(one, "calibration_error") for one in families.values()),
        "next_p95_ms": quantiles(tries, n=20)[-1],
        "families": families,
        "next_ms": tries,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "targets": TARGETS,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "mastery.json").write_text(json.dumps(result, indent=2) + "\n")
    (RESULTS / "mastery.svg").write_text(plot(families))
    _show(families, result)
    return int(any(_figure(result, name) > most for name, most in TARGETS.items()))


def _figure(figures: dict[str, object], name: str) -> float:
    value = figures[name]
    assert isinstance(value, int | float)
    return float(value)


def _show(families: dict[str, dict[str, object]], result: dict[str, object]) -> None:
    table = Table("family", "items, fixed", "items, chosen", "ratio", "calibration error")
    for name, one in families.items():
        figures = ("items_fixed", "items_chosen", "ratio", "calibration_error")
        table.add_row(name, *(f"{_figure(one, figure):.3g}" for figure in figures))
    console = Console()
    console.print(table)
    for name in ("items_to_mastery_ratio", "calibration_error", "next_p95_ms"):
        console.print(f"{name}: {_figure(result, name):.3f}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
