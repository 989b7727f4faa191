"""The gate of one node."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from nexus_server.tutor.leak_filter.for_node import KNOWN_LOOKED_AT, open_gate
from nexus_server.tutor.settings import TutorSettings

SOLUTION = "total = 0\nfor price in prices:\n    total += price * 2\nreturn total"


class OneSolution:
    """A site with one lab."""

    async def find_solution(self, node_id: UUID) -> str | None:  # noqa: ARG002
        return SOLUTION

    async def list_solutions(self) -> Sequence[str]:
        return [SOLUTION]


async def test_what_a_learner_wrote_is_known() -> None:
    check = await open_gate(OneSolution(), TutorSettings(), uuid4(), SOLUTION)
    assert check("Look at `total += price * 2` again.") is None


async def test_only_the_beginning_of_a_very_long_cell_is_known() -> None:
    """Preparing it costs computing time by the character, and a learner decides how long it is."""
    long = f"{'# padding' * (KNOWN_LOOKED_AT // 9 + 1)}\n{SOLUTION}"
    check = await open_gate(OneSolution(), TutorSettings(), uuid4(), long)
    assert check("Look at `total += price * 2` again.") is not None
