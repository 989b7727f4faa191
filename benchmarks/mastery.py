"""Does choosing what is next save items, and is the estimate true? Simulated learners of three families.

    python -m benchmarks.mastery
    python -m benchmarks.mastery --bound    # what observers need who know the family `Growth` to the last constant

The fixed path gives every learner the same items in order. The chosen path asks the product what is next, with a model
fitted to other learners of the fixed path, and ends when the learner has mastered as many concepts as the fixed path
taught the same learner. The worst of the three families counts.

- ``items_to_mastery_ratio``: items of the chosen path to items of the fixed path, at most 0.75. ``ratio_until`` of a
  family counts the fixed path, too, only until as much was known for the first time.
- ``calibration_error``: expected calibration error of the estimates before each answer on the chosen path.
- ``next_p95_ms``: to take in a learner's answers to 5,000 items and choose among 2,000 concepts, at most 30;
  the process's own time, which other programs on the machine do not change.

Prints a table and writes benchmarks/results/mastery.json and the calibration as benchmarks/results/mastery.svg; exits 1
when a target is missed. With ``--bound`` it writes benchmarks/results/mastery_bound.json instead.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean, quantiles

from rich.console import Console
from rich.table import Table

from benchmarks._mastery_bound import CHOICES, AllKnowing, Choice, Observer
from benchmarks._mastery_families import FAMILIES, Growth, Learner
from benchmarks._mastery_walks import CONCEPTS, START, Asker, ProductAsker, Walk, asked_path, fixed_path
from nexus_server.mastery.choosing import Knowledge, MappedConcept, find_attention, next_concept
from nexus_server.mastery.fitting import calibration_bins, calibration_error, fit
from nexus_server.mastery.model import Evidence, MasteryParameters, replay

RESULTS = Path(__file__).parent / "results"
LEARNERS_TO_FIT, LEARNERS = 40, 60
TARGETS = {"items_to_mastery_ratio": 0.75, "next_p95_ms": 30.0}
#: a learner of a family, of whom only the seed is given, and the number of concepts
Family = Callable[[Random, int], Learner]


def run_family(family: Family, learners: int = LEARNERS, to_fit: int = LEARNERS_TO_FIT) -> dict[str, object]:
    """Return the figures of one family."""
    trained = fit([_fixed(family, seed).evidence for seed in range(1000, 1000 + to_fit)])
    fixed, chosen, said = [], [], []
    for seed in range(learners):
        fixed.append(_fixed(family, seed))
        asker = ProductAsker(trained.parameters)
        chosen.append(asked_path(family(Random(seed), CONCEPTS), Random(seed), asker, fixed[-1].knowledge))  # noqa: S311
        said += asker.said
    items = sum(path.items for path in chosen)
    return {
        "ratio": items / sum(path.items for path in fixed),
        "ratio_until": items / sum(path.items_until for path in fixed),
        "items_fixed": mean(path.items for path in fixed),
        "items_fixed_until": mean(path.items_until for path in fixed),
        "items_chosen": mean(path.items for path in chosen),
        "known_fixed": mean(path.knowledge for path in fixed),
        "known_chosen": mean(path.knowledge for path in chosen),
        "calibration_error": calibration_error(said),
        "calibration": calibration_bins(said),
        "parameters": {name: getattr(trained.parameters, name) for name in MasteryParameters.__slots__},
    }


def _fixed(family: Family, seed: int) -> Walk:
    return fixed_path(family(Random(seed), CONCEPTS), Random(seed))  # noqa: S311


def _observer(choose: Choice, _learner: Growth) -> Observer:
    return Observer(CONCEPTS, choose)


def run_bound(learners: int = LEARNERS) -> dict[str, float]:
    """Return the items of each observer of `Growth` to those of the fixed path, with the same learners."""
    askers: dict[str, Callable[[Growth], Asker]] = {
        **{name: partial(_observer, choose) for name, choose in CHOICES.items()},
        "all_knowing": lambda learner: AllKnowing(learner, CONCEPTS),
    }
    items, fixed = dict.fromkeys(askers, 0), 0
    for seed in range(learners):
        path = _fixed(Growth, seed)
        fixed += path.items
        for name, ask in askers.items():
            learner = Growth(Random(seed), CONCEPTS)  # noqa: S311
            items[name] += asked_path(learner, Random(seed), ask(learner), path.knowledge).items  # noqa: S311
    return {name: count / fixed for name, count in items.items()}


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
    parser = argparse.ArgumentParser(description="Does choosing what is next save items, and is the estimate true?")
    parser.add_argument(
        "--bound", action="store_true", help="What observers need who know a family to the last constant."
    )
    RESULTS.mkdir(exist_ok=True)
    return _show_bound(run_bound()) if parser.parse_args().bound else _measure()


def _show_bound(bound: dict[str, float]) -> int:
    (RESULTS / "mastery_bound.json").write_text(json.dumps({"items_to_mastery_ratio": bound}, indent=2) + "\n")
    for name, ratio in bound.items():
        Console().print(f"an observer of Growth, {name}: {ratio:.3f}", highlight=False)
    return 0


def _measure() -> int:
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
    (RESULTS / "mastery.json").write_text(json.dumps(result, indent=2) + "\n")
    (RESULTS / "mastery.svg").write_text(plot(families))
    _show(families, result)
    return int(any(_figure(result, name) > most for name, most in TARGETS.items()))


def _figure(figures: dict[str, object], name: str) -> float:
    value = figures[name]
    assert isinstance(value, int | float)
    return float(value)


def _show(families: dict[str, dict[str, object]], result: dict[str, object]) -> None:
    table = Table("family", "items, fixed", "items, chosen", "ratio", "ratio until", "calibration error")
    for name, one in families.items():
        figures = ("items_fixed", "items_chosen", "ratio", "ratio_until", "calibration_error")
        table.add_row(name, *(f"{_figure(one, figure):.3g}" for figure in figures))
    console = Console()
    console.print(table)
    for name in ("items_to_mastery_ratio", "calibration_error", "next_p95_ms"):
        console.print(f"{name}: {_figure(result, name):.3f}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
