"""Which nodes a learner may open: prerequisites as a directed acyclic graph. Pure.

An expression is plain data, as in roadmap.yaml: ``{"all": [...]}``, ``{"any": [...]}`` or ``{}``; an item is a node's
slug, or ``{"node": slug, "min_score": share}``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

Expression = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NodeStanding:
    """How far a learner is with a node. `score` is a share, 0 to 1."""

    completed: bool = False
    score: float | None = None


NOTHING_DONE = NodeStanding()


def slugs_of(requires: Expression) -> list[str]:
    """Return the nodes that an expression names."""
    items = [*requires.get("all", ()), *requires.get("any", ())]
    return [item if isinstance(item, str) else str(item["node"]) for item in items]


def is_unlocked(requires: Expression, standings: Mapping[str, NodeStanding]) -> bool:
    """Whether the expression holds; a node that nothing is known of is not done."""
    if items := requires.get("any"):
        return any(_holds(item, standings) for item in items)
    return all(_holds(item, standings) for item in requires.get("all", ()))


def _holds(item: Any, standings: Mapping[str, NodeStanding]) -> bool:
    if isinstance(item, str):
        return standings.get(item, NOTHING_DONE).completed
    # A minimum is the author's own bar: it may lie below or above the score that completes the node.
    return (standings.get(item["node"], NOTHING_DONE).score or 0.0) >= float(item["min_score"])


def missing(requires: Expression, standings: Mapping[str, NodeStanding]) -> list[Any]:
    """Return the items that do not hold yet; empty when the node is unlocked."""
    if is_unlocked(requires, standings):
        return []
    items: Sequence[Any] = requires.get("any") or requires.get("all", ())
    return [item for item in items if not _holds(item, standings)]


def find_cycle(graph: Mapping[str, Expression]) -> list[str] | None:
    """Return the slugs of one cycle, first and last the same, or None."""
    try:
        TopologicalSorter({slug: slugs_of(requires) for slug, requires in graph.items()}).prepare()
    except CycleError as error:
        return [str(slug) for slug in error.args[1]]
    return None


def find_unreachable(graph: Mapping[str, Expression]) -> list[str]:
    """Return the nodes that no way through the graph ever unlocks."""
    done: dict[str, NodeStanding] = {}
    while newly := [slug for slug, requires in graph.items() if slug not in done and is_unlocked(requires, done)]:
        done.update(dict.fromkeys(newly, NodeStanding(completed=True, score=1.0)))
    return [slug for slug in graph if slug not in done]
