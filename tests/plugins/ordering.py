"""Long modules first: with two workers, a long one that begins last keeps the other worker waiting."""

import pytest

#: the longest, by what their tests cost on two cores; the first is begun first
LONG = (
    "tests/security/cheats/",
    "tests/browser/",
    "tests/integration/grading/",
    "tests/acceptance/",
    "tests/security/",
    "tests/integration/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by how long the directory takes; modules stay whole, and tests in order."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return next((number for number, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))
