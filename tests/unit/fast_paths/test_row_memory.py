"""What is read once and what is read again."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from nexus_server.fast_paths.row_memory import RowMemory

ADA, BOB = uuid4(), uuid4()


class Table:
    """Rows of one version each; it remembers what was read."""

    def __init__(self) -> None:
        self.versions = {ADA: "1", BOB: "1"}
        self.reads: list[list[UUID]] = []

    def load(self, keys: list[UUID]) -> Iterator[tuple[UUID, str, str]]:
        self.reads.append(keys)
        return ((key, self.versions[key], f"row of version {self.versions[key]}") for key in keys)


@pytest.fixture
def table() -> Table:
    return Table()


def test_a_row_is_read_again_when_its_version_changed(table: Table) -> None:
    memory: RowMemory[str] = RowMemory()
    assert memory.read(table.versions, table.load) == {ADA: "row of version 1", BOB: "row of version 1"}
    assert memory.read(table.versions, table.load) == {ADA: "row of version 1", BOB: "row of version 1"}
    table.versions[BOB] = "2"
    assert memory.read(table.versions, table.load) == {ADA: "row of version 1", BOB: "row of version 2"}
    assert table.reads == [[ADA, BOB], [BOB]]


def test_one_that_is_off_reads_everything_each_time(table: Table) -> None:
    memory: RowMemory[str] = RowMemory(is_on=False)
    for _ in range(2):
        assert memory.read({ADA: "1"}, table.load) == {ADA: "row of version 1"}
    assert table.reads == [[ADA], [ADA]]


def test_nothing_is_asked_where_nothing_is_wanted(table: Table) -> None:
    assert RowMemory[str]().read({}, table.load) == {}
    assert table.reads == []
