"""Work for a whole site is done in parts that one task may do."""

import pytest

from nexus_server.offload.parts import parts_of


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([2], [[2]]),
        ([2, 3, 1], [[2, 3], [1]]),
        ([9, 1, 4], [[9], [1, 4]]),
        ([1, 9, 1], [[1], [9], [1]]),
    ],
    ids=["nothing", "one", "as many as fit", "a large one", "a large one between"],
)
def test_items_are_together_up_to_the_most(sizes: list[int], expected: list[list[int]]) -> None:
    assert list(parts_of(((size, size) for size in sizes), 5)) == expected
