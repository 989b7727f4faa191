"""Look for input that costs more than its length allows, in every parser that strangers reach.

    python -m benchmarks.input_costs [--tries N] [--only TEXT]

Hypothesis makes texts of a few fragments that repeat, as the worst inputs are, and is led towards what costs the most.
What is parsed on the event loop has to stay below LOOP_MS for 100 kB, or below LOOP_MS in all where the length is
bounded. What is parsed in a process of its own has to end by its limit of computing time; there the table shows how
the cost grows when the text is twice as long: 2 is even, 4 is a square. Prints a table; exits 1 on a miss.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from nexus_server.errors import NexusError
from nexus_server.forum.writing import RENDERED_HERE
from nexus_server.handlers.operation import MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES
from nexus_server.json_scan import check_size
from nexus_server.markdown import render
from nexus_server.tenancy.incoming import check_json_message, check_v1_message
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.hints.service import EXPLAINED_HERE
from nexus_server.tutor.rules.engine import explain

LOOP_MS = 50.0
UNIT = 100_000

MARKS = [*"[`*_<&$\\|\na", "![", "](", "<!--", "> ", "- ", "~~", "http://a", "a@b.c"]
TOKENS = [*'[]{}"\\,:0 ', '""', '\\"', "[],", '"":0,', "\\u0000"]
CODE = [*")[]'# -", "a+", "f()", "f(", "x=1\n", "def f():\n ", "lambda:", "if 1:\n", "a.b", "x for x in "]
FRAMES = [*" (", 'File "', "Cell In[", "\x1b[", "line 1", "/ipykernel_", ".py"]
ERRORS = [
    ("TypeError", "unsupported operand type(s) for +: 'int' and 'str'"),
    ("TypeError", "'NoneType' object is not subscriptable"),
    ("NameError", "name 'abc' is not defined"),
    ("IndexError", "list index out of range"),
    ("ZeroDivisionError", "division by zero"),
    ("KeyError", "'a'"),
]


@dataclass(frozen=True)
class Parser:
    """Something that reads what strangers send."""

    name: str
    run: Callable[[str], object]
    fragments: list[str]
    #: characters of what it is given
    length: int
    #: whether everybody waits for it
    on_loop: bool


def _json_body(text: str) -> None:
    raw = text.encode()
    check_size(raw, max_values=MAX_JSON_VALUES, max_depth=MAX_JSON_DEPTH)
    json.loads(raw)


def _explain(text: str) -> None:
    for name, message in ERRORS:
        explain(Failure(text, name, message, "Cell In[1], line 1"))


def _explain_traceback(text: str) -> None:
    explain(Failure("x", "TypeError", text[:2000], text))


PARSERS = [
    Parser("JSON bodies", _json_body, TOKENS, MAX_BODY_BYTES // 10, on_loop=True),
    Parser("kernel messages, JSON", check_json_message, TOKENS, UNIT, on_loop=True),
    Parser("kernel messages, parts", lambda text: check_v1_message(text.encode()), TOKENS, UNIT, on_loop=True),
    Parser("Markdown, short", render, MARKS, RENDERED_HERE, on_loop=True),
    Parser("hints, short cells", _explain, CODE, EXPLAINED_HERE, on_loop=True),
    Parser("Markdown, long", render, MARKS, 10_000, on_loop=False),
    Parser("hints, long cells", _explain, CODE, 10_000, on_loop=False),
    Parser("hints, tracebacks", _explain_traceback, FRAMES, 10_000, on_loop=False),
]


def cost_s(parser: Parser, fragments: list[str], length: int) -> float:
    """Return the computing time of one input; what is refused is refused in that time."""
    unit = "".join(fragments)
    text = (unit * (length // len(unit) + 1))[:length]
    started = time.process_time()
    with suppress(NexusError, ValueError, RecursionError):
        parser.run(text)
    return time.process_time() - started


def worst_of(parser: Parser, tries: int) -> tuple[float, list[str]]:
    """Return the largest cost that was found, in seconds, and the fragments that cause it."""
    found: tuple[float, list[str]] = (0.0, ["a"])

    @settings(
        max_examples=tries,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.target],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.sampled_from(parser.fragments), min_size=1, max_size=5))
    def look(fragments: list[str]) -> None:
        nonlocal found
        spent = cost_s(parser, fragments, parser.length)
        target(spent)
        found = max(found, (spent, fragments))

    look()
    # Once more, and the least counts: what else the machine does is not the input's fault.
    return min(found[0], *(cost_s(parser, found[1], parser.length) for _ in range(3))), found[1]


def main() -> None:
    """Look into every parser."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tries", type=int, default=300)
    options.add_argument("--only", default="")
    arguments = options.parse_args()
    table = Table(title=f"The worst of {arguments.tries} inputs")
    for name in ("parser", "ms", "ms per 100 kB", "twice as long", "input"):
        table.add_column(name)
    missed = []
    for parser in (each for each in PARSERS if arguments.only in each.name):
        spent, fragments = worst_of(parser, arguments.tries)
        growth = cost_s(parser, fragments, 2 * parser.length) / max(spent, 1e-6)
        rate = spent * 1000 / parser.length * UNIT
        if parser.on_loop and min(rate, spent * 1000) > LOOP_MS:
            missed.append(parser.name)
        table.add_row(parser.name, f"{spent * 1000:.1f}", f"{rate:.1f}", f"{growth:.1f}", repr("".join(fragments))[:40])
    Console().print(table)
    print("missed:", ", ".join(missed) or "nothing")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
