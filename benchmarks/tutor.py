"""How good hints are, and how tight the leak filter is: ``make bench-tutor``.

    python -m benchmarks.tutor

Writes ``benchmarks/results/tutor.json``. The rules explain the cells of `tests/tutor_corpus`. Then models that do give
solutions away answer in twenty manners for twenty labs, and honest answers go the same way. Exits 1 on a miss.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from benchmarks._tutor_attacks import LABS, LEAKS, Lab, Replies, honest_answers, read_labs
from benchmarks._tutor_attacks_later import FIFTH, FOURTH, SIXTH, THIRD
from benchmarks._tutor_attacks_told import EIGHTH, NINTH, SEVENTH
from benchmarks._tutor_held_out import ATTACKS, LABS_EACH, LATER
from benchmarks._tutor_held_out import honest_answers as held_out_answers
from nexus_server.clock import SystemClock
from nexus_server.learner import Learner, Role
from nexus_server.offload.pool import InProcess
from nexus_server.store.database import Database
from nexus_server.store.migrate import upgrade
from nexus_server.store.models.accounts import User
from nexus_server.tutor.build import open_tutor
from nexus_server.tutor.hints.types import HintRequest
from nexus_server.tutor.leak_filter.for_node import make_gate
from nexus_server.tutor.leak_filter.tokens import tokens
from nexus_server.tutor.rules.engine import explain
from nexus_server.tutor.settings import TutorSettings
from tests.plugins.tutor_corpus import CORPUS, HELD_OUT, every_set, read_cells

RESULTS = Path("benchmarks/results/tutor.json")
#: labs on which each manner of telling is tried
TOLD_LABS = 6
#: share of a solution's parts that, once shown, are a leak
TOLD = 0.5
#: tokens of a part that say nothing: what introduces it, and a line such as `return total`
TRIVIAL_TOKENS = 8
#: how often a hint is asked for that is there already
CACHED_READS = 200
#: the 97.5th percentile of the normal distribution, for an interval of 95 of 100
Z = 1.96

TARGETS: dict[str, Callable[[float], bool]] = {
    "right_line": lambda share: share >= 0.95,
    "right_concept": lambda share: share >= 0.90,
    "wrong_advice": lambda share: share <= 0.01,
    "leak_rate": lambda share: share <= 0.01,
    "refused_honest": lambda share: share <= 0.01,
    "gate_p95_ms": lambda spent: spent <= 20,
    "static_p95_ms": lambda spent: spent <= 50,
    "cached_p95_ms": lambda spent: spent <= 10,
}


Result = TypeVar("Result")


class Clock:
    """Milliseconds that one kind of work took, call by call."""

    def __init__(self) -> None:
        """Start empty."""
        self.spent: list[float] = []

    def timed(self, work: Callable[[], Result]) -> Result:
        """Do `work`, and note how long it took on the processor."""
        start = time.thread_time()
        try:
            return work()
        finally:
            self.spent.append((time.thread_time() - start) * 1_000)

    @property
    def p95_ms(self) -> float:
        """The 95th percentile."""
        return round(quantiles(self.spent, n=20)[-1], 2)


def measure_rules(folder: Path = CORPUS) -> dict[str, float]:
    """Explain the cells of a set."""
    clock = Clock()
    found = [(cell, clock.timed(lambda cell=cell: explain(cell.failure))) for cell in read_cells(folder)]  # type: ignore[misc]
    wrong = [not e.is_general and e.concept not in {c.concept, *c.also} for c, e in found]
    return {
        "cells": len(found),
        "right_line": sum(e.line == c.line for c, e in found) / len(found),
        "right_concept": sum(e.concept == c.concept for c, e in found) / len(found),
        "wrong_advice": sum(wrong) / len(found),
        "general_advice": sum(e.is_general for _, e in found) / len(found),
        "static_p95_ms": clock.p95_ms,
    }


def leaks(lab: Lab, replies: Replies, everything: list[str], clock: Clock) -> bool:
    """Return whether the learner has seen the solution after a conversation of `replies`."""
    shown: list[str] = []
    told = 0
    for reply in replies:
        gate = make_gate(TutorSettings(), lab.solution, everything, earlier="\n".join(shown))
        refusal = clock.timed(lambda gate=gate, reply=reply: gate(reply))  # type: ignore[misc]
        if refusal is None:
            shown.append(reply)
            told += weight(reply)
    if len(replies) == 1:
        return bool(shown)
    return told >= max(1.0, TOLD * sum(map(weight, replies)))


def measure_held_out() -> dict[str, float]:
    """Let the rules and the filter meet what they were not written for: the same figures, with `held_out_` before."""
    everything = [lab.solution for lab in read_labs()]
    used = read_labs()[:: max(1, len(everything) // LABS)][:LABS]
    others = [lab for lab in read_labs() if lab not in used]
    labs, clock = others[:: max(1, len(others) // LABS_EACH)][:LABS_EACH], Clock()
    leaked = [leaks(lab, give(lab), everything, clock) for give in {**ATTACKS, **LATER}.values() for lab in labs]
    again = others[len(others) // LABS_EACH // 2 :: max(1, len(others) // LABS_EACH)][:LABS_EACH]
    later = {**THIRD, **FOURTH, **FIFTH, **SIXTH}
    leaked += [leaks(lab, give(lab), everything, clock) for give in later.values() for lab in again]
    honest = [
        make_gate(TutorSettings(), labs[index % len(labs)].solution, everything)(text) is not None
        for index, text in enumerate(held_out_answers())
    ]
    rate = sum(leaked) / len(leaked)
    return {
        "held_out_attacks": len(leaked),
        "held_out_leak_rate": rate,
        "held_out_leak_rate_high": highest(rate, len(leaked)),
        "held_out_honest": len(honest),
        "held_out_refused_honest": sum(honest) / len(honest),
    }


def measure_told() -> dict[str, float]:
    """Let models tell, rebuild and rewrite solutions: in manners that the filter was improved with, and in others."""
    everything = [lab.solution for lab in read_labs()]
    used = read_labs()[:: max(1, len(everything) // LABS)][:LABS]
    others = [lab for lab in read_labs() if lab not in used]
    labs, clock = others[:: max(1, len(others) // TOLD_LABS)][:TOLD_LABS], Clock()
    found: dict[str, float] = {}
    for name, manners in {"told": SEVENTH, "held_out_told": {**EIGHTH, **NINTH}}.items():
        leaked = [leaks(lab, give(lab), everything, clock) for give in manners.values() for lab in labs]
        rate = sum(leaked) / len(leaked)
        found[f"{name}_attacks"], found[f"{name}_leak_rate"] = len(leaked), rate
        found[f"{name}_leak_rate_high"] = highest(rate, len(leaked))
    return found


def first_run() -> dict[str, dict[str, float]]:
    """Return what each held-out set gave when the rules and the filter met it for the first time."""
    found: dict[str, dict[str, float]] = json.loads((HELD_OUT / "first_run.json").read_text(encoding="utf-8"))
    return found


def rules_held_out() -> dict[str, float]:
    """Explain the cells of the sets that were held out."""
    names = ("cells", "right_line", "right_concept", "wrong_advice", "general_advice")
    sets = {folder.name: measure_rules(folder) for folder in every_set()[1:]}
    return {f"held_out_{name}_{figure}": found[figure] for name, found in sets.items() for figure in names}


def weight(part: str) -> int:
    """Return how much a part says: `return total` alone says nothing of a solution."""
    return max(0, len(tokens(part)) - TRIVIAL_TOKENS)


def measure_gate() -> tuple[dict[str, float], Counter[str]]:
    """Let models leak, and honest ones answer."""
    clock, everything = Clock(), [lab.solution for lab in read_labs()]
    labs = read_labs()[:: max(1, len(everything) // LABS)][:LABS]
    leaked = Counter(
        {name: sum(leaks(lab, give(lab), everything, clock) for lab in labs) for name, give in LEAKS.items()}
    )
    attacks = len(labs) * len(LEAKS)
    honest = honest_answers(labs)
    refused = sum(
        make_gate(TutorSettings(), lab.solution, everything, known=code)(text) is not None for lab, text, code in honest
    )
    rate = leaked.total() / attacks
    return {
        "attacks": attacks,
        "leak_rate": rate,
        "leak_rate_high": highest(rate, attacks),
        "honest": len(honest),
        "refused_honest": refused / len(honest),
        "gate_p95_ms": clock.p95_ms,
    }, leaked


async def measure_cached(folder: Path) -> dict[str, float]:
    """Ask for the same hint again and again: it is in the database already."""
    url = make_url(f"sqlite+aiosqlite:///{folder / 'nexus.db'}")
    await asyncio.to_thread(upgrade, url)
    database = Database(url.render_as_string(hide_password=False))
    tutor = open_tutor(TutorSettings(model="none"), database, SystemClock(), InProcess())
    user = User(email="ada@example.org", display_name="Ada", timezone="UTC")
    async with database.transaction() as session:
        session.add(user)
    ada = Learner(user.id, user.email, user.display_name, Role.STUDENT, user.timezone)
    request = HintRequest(read_cells()[0].failure, level=1)
    spent = []
    for _ in range(CACHED_READS):
        start = time.perf_counter()
        await tutor.hints.hint(ada, request)
        spent.append((time.perf_counter() - start) * 1_000)
    await database.close()
    return {"cached_p95_ms": round(quantiles(spent[1:], n=20)[-1], 2)}


def highest(rate: float, count: int) -> float:
    """Return the upper end of Wilson's interval, which holds the true rate in 95 of 100 cases."""
    middle = rate + Z * Z / (2 * count)
    spread = Z * sqrt(rate * (1 - rate) / count + Z * Z / (4 * count * count))
    return (middle + spread) / (1 + Z * Z / count)


def main() -> int:
    """Measure, print and write."""
    gate, leaked = measure_gate()
    with TemporaryDirectory() as folder:
        cached = asyncio.run(measure_cached(Path(folder)))
    figures = {
        name: round(value, 4)
        for name, value in {
            **measure_rules(),
            **gate,
            **cached,
            **rules_held_out(),
            **measure_held_out(),
            **measure_told(),
        }.items()
    }
    table = Table("figure", "value", "target met")
    for name, value in figures.items():
        table.add_row(name, str(value), "" if name not in TARGETS else "yes" if TARGETS[name](value) else "NO")
    Console().print(table)
    Console().print("met for the first time:", first_run())
    Console().print({name: count for name, count in leaked.items() if count} or "no manner leaked")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    told = {**figures, "held_out_first_run": first_run(), "leaked_by_manner": dict(leaked)}
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return int(any(not holds(figures[name]) for name, holds in TARGETS.items()))


if __name__ == "__main__":
    sys.exit(main())
