"""The gate for one node's texts: its own solution to the line, and every other one at large."""

from collections.abc import Callable
from uuid import UUID

from nexus_server.tutor.leak_filter.filter import GateLimits, Refusal, find_refusal
from nexus_server.tutor.lessons.lessons import SolutionSource
from nexus_server.tutor.settings import TutorSettings


async def open_gate(
    solutions: SolutionSource, settings: TutorSettings, node_id: UUID | None, known: str
) -> Callable[[str], Refusal | None]:
    """Return the check of a text about node `node_id` (None: about no node) to a learner who sees `known` already."""
    limits = GateLimits(block_lines=settings.code_block_lines)
    own = await solutions.find_solution(node_id) if node_id else None
    everything = await solutions.list_solutions()

    def check(text: str) -> Refusal | None:
        if own and (refusal := find_refusal(text, [own], known=known, limits=limits)):
            return refusal
        return find_refusal(text, everything, known=known, whole_lines=False, limits=limits)

    return check
