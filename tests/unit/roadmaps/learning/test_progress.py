"""What reading a whole roadmap costs: each node's progress is looked at a few times, however many nodes there are."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from nexus_server.roadmaps.learning.catalogue import node_view
from nexus_server.roadmaps.learning.progress import Way
from nexus_server.store.models.roadmaps import Node, Roadmap, UserProgress

NODES = 100


class CountedProgress(dict[UUID, UserProgress]):
    """A learner's progress that counts how often it is asked."""

    asked = 0

    def get(self, key: UUID, default: Any = None) -> Any:
        self.asked += 1
        return super().get(key, default)


def way(progress: CountedProgress) -> Way:
    nodes = [
        Node(
            id=uuid4(),
            slug=f"n{number}",
            title="",
            type="note",
            order_index=number,
            points=10,
            requires={"all": [f"n{number - 1}"]} if number else {},
            spec={},
        )
        for number in range(NODES)
    ]
    roadmap = Roadmap(id=uuid4(), slug="r", title="R", difficulty="beginner", order_index=0)
    return Way(roadmap, nodes, progress, frozenset())


@pytest.mark.parametrize("done", [0, 1])
def test_a_page_of_nodes_costs_as_much_as_it_has_nodes(done: int) -> None:
    progress = CountedProgress()
    found = way(progress)
    for node in found.nodes[:done]:
        progress[node.id] = UserProgress(node_id=node.id, status="completed", score=1.0)
    standings = found.standings()
    views = [node_view(found, node, standings) for node in found.nodes]
    assert [view.status.value for view in views][: done + 2] == ["completed"] * done + ["available", "locked"]
    assert progress.asked <= 3 * NODES
