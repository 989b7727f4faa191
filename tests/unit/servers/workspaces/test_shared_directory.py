"""The fence of a shared directory: a file whose number grows, and that is locked while a save goes on."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.servers.workspaces.errors import StaleFenceError, WorkspaceHeldError
from nexus_server.servers.workspaces.shared_directory import SharedDirectory

if TYPE_CHECKING:
    from collections.abc import Callable

ADA = uuid4()


@pytest.fixture
def stores(tmp_path: Path) -> tuple[SharedDirectory, SharedDirectory]:
    """Those of two servers with one directory."""
    return SharedDirectory(tmp_path / "learners"), SharedDirectory(tmp_path / "learners")


async def test_whoever_had_it_before_saves_nothing_more(
    stores: tuple[SharedDirectory, SharedDirectory], tmp_path: Path
) -> None:
    one, two = stores
    before = ConfinedDirectory(tmp_path, max_file_bytes=100, writing=lambda: one.writing(ADA, 1))
    after = ConfinedDirectory(tmp_path, max_file_bytes=100, writing=lambda: two.writing(ADA, 3))
    await one.take(ADA, 1, tmp_path)
    before.write("work.txt", b"before")
    await two.take(ADA, 3, tmp_path)
    after.write("work.txt", b"after")
    changes: list[Callable[[], object]] = [
        lambda: before.write("work.txt", b"late"),
        lambda: before.append("work.txt", b"late"),
        lambda: before.make_directory("late"),
        lambda: before.rename("work.txt", "late.txt"),
        lambda: before.remove("work.txt"),
        lambda: before.copy_directory("learners", "late", max_entries=9),
    ]
    for change in changes:
        with pytest.raises(StaleFenceError) as refused:
            change()
        assert refused.value.newest == 3
    assert before.read("work.txt")[1] == b"after", "reading harms nobody"
    assert sorted(entry.name for entry in after.scan("")) == ["learners", "work.txt"]


async def test_a_smaller_number_takes_nothing(stores: tuple[SharedDirectory, SharedDirectory], tmp_path: Path) -> None:
    one, two = stores
    await two.take(ADA, 3, tmp_path)
    with pytest.raises(StaleFenceError):
        await one.take(ADA, 2, tmp_path)
    await two.take(ADA, 3, tmp_path)
    with two.writing(ADA, 3):
        pass


async def test_a_save_that_goes_on_is_waited_for(
    stores: tuple[SharedDirectory, SharedDirectory], tmp_path: Path
) -> None:
    one, two = stores
    await one.take(ADA, 1, tmp_path)
    with one.writing(ADA, 1):
        taking = asyncio.ensure_future(two.take(ADA, 2, tmp_path))
        await asyncio.sleep(0)
        assert not taking.done()
    await taking
    with pytest.raises(StaleFenceError), one.writing(ADA, 1):
        pass


async def test_a_save_that_does_not_end_is_said_in_words(
    stores: tuple[SharedDirectory, SharedDirectory], tmp_path: Path
) -> None:
    one, two = stores[0], SharedDirectory(tmp_path / "learners", held_s=0.0)
    await one.take(ADA, 1, tmp_path)
    with one.writing(ADA, 1), pytest.raises(WorkspaceHeldError, match="still writing"):
        await two.take(ADA, 2, tmp_path)
    await two.take(ADA, 2, tmp_path)
