"""The gate for one node's texts: its own solution to the line, and every other one at large."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from nexus_server.tutor.leak_filter.filter import GateLimits, Refusal, find_refusal
from nexus_server.tutor.leak_filter.prepared import prepare
from nexus_server.tutor.lessons.lessons import SolutionSource
from nexus_server.tutor.settings import TutorSettings

#: lines of code that a hint of each level may show; what is not here has the site's limit
LEVEL_LINES = {1: 1, 2: 2, 4: 2}
#: characters of what a learner sees already that are prepared, at some 20 us each; behind them nothing is "known"
KNOWN_LOOKED_AT = 20_000

Check = Callable[[str], Refusal | None]


async def open_gate(
    solutions: SolutionSource,
    settings: TutorSettings,
    node_id: UUID | None,
    known: str,
    *,
    earlier: str = "",
    level: int | None = None,
) -> Check:
    """Return the check of a text about node `node_id` (None: about no node) to a learner who sees `known` already.

    `earlier` is what the same conversation gave before; `level` is a hint's.
    """
    own = await solutions.find_solution(node_id) if node_id else None
    everything = await solutions.list_solutions()
    await asyncio.to_thread(prepare, everything)
    return make_gate(settings, own, everything, known=known[:KNOWN_LOOKED_AT], earlier=earlier, level=level)


def make_gate(
    settings: TutorSettings,
    own: str | None,
    everything: Sequence[str],
    *,
    known: str = "",
    earlier: str = "",
    level: int | None = None,
) -> Check:
    """Return the check against solution `own`, and against `everything` at large."""
    limits = GateLimits(block_lines=settings.code_block_lines)
    if level in LEVEL_LINES:
        limits = replace(limits, block_lines=min(LEVEL_LINES[level], limits.block_lines))

    def check(text: str) -> Refusal | None:
        if own and (refusal := find_refusal(text, [own], known=known, earlier=earlier, limits=limits)):
            return refusal
        return find_refusal(text, everything, known=known, whole_lines=False, limits=limits)

    return check
