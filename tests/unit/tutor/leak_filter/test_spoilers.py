"""Posts of the forum that show the solution of a lab."""

import asyncio
import json
import time
import tracemalloc
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from nexus_server.offload.messages import Task
from nexus_server.offload.pool import InProcess
from nexus_server.tutor.leak_filter import prepared as prepared_solutions
from nexus_server.tutor.leak_filter import spoilers as spoilers_of_labs
from nexus_server.tutor.leak_filter.prepared import packed, prepared, unpack
from nexus_server.tutor.leak_filter.spoilers import LabSpoilers, find_spoiled_task, pack_task

WORDS, TABLES, NOTE, AUTHOR = (UUID(int=n) for n in range(1, 5))
SOLUTIONS = {
    WORDS: (
        "counts = {}\nfor word in text.lower().split():\n"
        "    counts[word] = counts.get(word, 0) + 1\nreturn sorted(counts, key=counts.get, reverse=True)[:limit]"
    ),
    TABLES: (
        "grouped = orders.groupby('customer')['amount'].sum()\nbest = grouped.nlargest(3)\n"
        "return best.reset_index().rename(columns={'amount': 'total'})"
    ),
}


class Solutions:
    found: Mapping[UUID, str] = SOLUTIONS

    async def by_lab(self) -> Mapping[UUID, str]:
        return self.found


class Recording(InProcess):
    """Runs tasks, and keeps what they were given."""

    def __init__(self) -> None:
        self._given: list[tuple[Task, bytes]] = []

    async def run(self, key: str, task: Task, body: bytes = b"", **options: Any) -> tuple[Any, bytes]:
        self._given.append((task, body))
        return await super().run(key, task, body, **options)

    def given(self, task: Task) -> list[bytes]:
        """Return the bodies of one kind of task, the first one first."""
        return [body for each, body in self._given if each is task]


def fenced(code: str) -> str:
    return f"This works:\n\n```python\n{code}\n```\n"


@pytest.mark.parametrize("node", [WORDS, NOTE, None], ids=["its own", "another step", "in general"])
async def test_a_solution_is_found_wherever_it_is_posted(node: UUID | None) -> None:
    assert await LabSpoilers(Solutions(), InProcess()).find_spoiled(AUTHOR, fenced(SOLUTIONS[WORDS]), node) == WORDS


async def test_a_solution_in_a_long_text_is_found_too() -> None:
    text = f"{'I have tried many things today. ' * 40}{fenced(SOLUTIONS[WORDS])}"
    assert await LabSpoilers(Solutions(), InProcess()).find_spoiled(AUTHOR, text, NOTE) == WORDS


async def test_solutions_are_prepared_once_for_all_long_texts_until_one_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when many ask at once, and in worker processes: preparing all of a site in the server slows everybody."""
    monkeypatch.setattr(spoilers_of_labs, "PREPARED_AT_ONCE", 1)
    solutions, offload = Solutions(), Recording()
    solutions.found = dict(SOLUTIONS)
    spoilers = LabSpoilers(solutions, offload)
    text = f"{'I have tried many things today. ' * 40}{fenced(SOLUTIONS[WORDS])}"
    assert await asyncio.gather(*(spoilers.find_spoiled(AUTHOR, text, NOTE) for _ in range(3))) == [WORDS] * 3
    assert [json.loads(body) for body in offload.given(pack_task)] == [[code] for code in SOLUTIONS.values()]
    first, *others = offload.given(find_spoiled_task)
    assert all(body is first for body in others)
    solutions.found[WORDS] = (
        "total = 0\nfor price in prices:\n    total = total + price * amount\nreturn round(total, 2)"
    )
    assert await spoilers.find_spoiled(AUTHOR, text, NOTE) is None
    assert offload.given(find_spoiled_task)[-1] != first


def test_what_was_prepared_elsewhere_is_not_prepared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    code = SOLUTIONS[TABLES]
    body, before = packed([code]), prepared(code)
    monkeypatch.setattr(prepared_solutions, "_prepared", {})
    assert unpack(body) == [code]
    assert prepared_solutions._prepared == {code: before}


async def test_other_names_do_not_help() -> None:
    renamed = SOLUTIONS[WORDS].replace("counts", "seen").replace("word", "w").replace("text", "s")
    assert await LabSpoilers(Solutions(), InProcess()).find_spoiled(AUTHOR, fenced(renamed), WORDS) == WORDS


@pytest.mark.parametrize("node", [WORDS, NOTE, None])
@pytest.mark.parametrize(
    "text",
    [
        "How do I count words? I know dictionaries, but the second word is lost.",
        fenced("for n in range(10):\n    print(n)\n" * 20),
        "",
        f"It stops with this: {'0123456789abcdefghijkLMNOPQRSTUVWXYZ' * 3}",
        "My numbers are " + " ".join(str(n % 300) for n in range(60)),
    ],
    ids=["prose", "much code", "nothing", "a long token", "many numbers"],
)
async def test_questions_are_no_spoilers(text: str, node: UUID | None) -> None:
    assert await LabSpoilers(Solutions(), InProcess()).find_spoiled(AUTHOR, text, node) is None


#: what is looked for in a text, over and over: each must cost as much as its length, and no more
REPEATED = (
    "0",
    "a",
    "a.",
    "\n",
    " ",
    "a\n",
    "`a`",
    "4142",
    "divided by ",
    "append ",
    "add a.b.c ",
    '"a",',
    "- ",
    "(",
    "a b ",
)


@pytest.mark.parametrize("piece", REPEATED)
def test_a_text_that_is_made_to_be_costly_costs_as_much_as_its_length(piece: str) -> None:
    body = packed([SOLUTIONS[WORDS]])

    def cost_s(length: int) -> float:
        text = (piece * length)[:length]
        begun = time.process_time()
        find_spoiled_task(body, text=text, labs=["a"], own="a")
        return time.process_time() - begun

    cost_s(1000)
    short, long = min(cost_s(2000) for _ in range(3)), cost_s(20_000)
    # Ten times the length; what grows with its square would take a hundred times as long.
    assert long < 40 * short


def test_lines_of_very_different_lengths_are_not_filled_up() -> None:
    text = f"{'ab ' * 2000}\n" + "\n" * 10_000
    body = packed([SOLUTIONS[WORDS]])
    tracemalloc.start()
    find_spoiled_task(body, text=text, labs=["a"], own="a")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * 2**20
