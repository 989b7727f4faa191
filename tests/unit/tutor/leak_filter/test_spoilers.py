"""Posts of the forum that show the solution of a lab."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from nexus_server.tutor.leak_filter.spoilers import LabSpoilers

WORDS, TABLES, NOTE = (UUID(int=n) for n in range(1, 4))
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
    async def by_lab(self) -> Mapping[UUID, str]:
        return SOLUTIONS


def fenced(code: str) -> str:
    return f"This works:\n\n```python\n{code}\n```\n"


@pytest.mark.parametrize("node", [WORDS, NOTE, None], ids=["its own", "another step", "in general"])
async def test_a_solution_is_found_wherever_it_is_posted(node: UUID | None) -> None:
    assert await LabSpoilers(Solutions()).find_spoiled(fenced(SOLUTIONS[WORDS]), node) == WORDS


async def test_other_names_do_not_help() -> None:
    renamed = SOLUTIONS[WORDS].replace("counts", "seen").replace("word", "w").replace("text", "s")
    assert await LabSpoilers(Solutions()).find_spoiled(fenced(renamed), WORDS) == WORDS


@pytest.mark.parametrize("node", [WORDS, NOTE, None])
@pytest.mark.parametrize(
    "text",
    [
        "How do I count words? I know dictionaries, but the second word is lost.",
        fenced("for n in range(10):\n    print(n)\n" * 20),
        "",
    ],
    ids=["prose", "much code", "nothing"],
)
async def test_questions_are_no_spoilers(text: str, node: UUID | None) -> None:
    assert await LabSpoilers(Solutions()).find_spoiled(text, node) is None
