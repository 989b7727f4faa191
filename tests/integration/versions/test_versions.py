"""What a save replaces is kept: on both databases, within limits, for its learner alone."""

import json
import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer
from traitlets.config import Config

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.learner import Learner
from nexus_server.notebook_format.comparing import work_digest
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.offload.errors import ComputingSpentError
from nexus_server.store.models.accounts import User
from nexus_server.store.models.versions import NotebookVersion
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.versions.errors import NoSuchVersionError
from nexus_server.versions.service import NotebookVersions
from tests.plugins.school import School

PATH = "n.ipynb"
MINUTE = timedelta(minutes=1)


def notebook(source: str, printed: str = "") -> bytes:
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": source, "outputs": outputs, "execution_count": 1}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()


class Desk:
    """A learner at work, who saves as Jupyter's contents manager does."""

    def __init__(self, school: School, learner: Learner, files: ConfinedDirectory, **settings: Any) -> None:
        self.learner, self.files, self.school = learner, files, school
        self.versions = NotebookVersions(
            school.database,
            school.clock,
            school.site.open_workspace,
            school.site.offload,
            TenancySettings(config=Config(TenancySettings=settings)),
        )

    async def save(self, data: bytes, path: str = PATH, *, after: timedelta = timedelta(0)) -> None:
        self.school.clock.time += after
        async with self.versions.replacing(self.learner, self.files, path, work_digest(parse_notebook(data))):
            self.files.write(path, data)

    async def kept(self, path: str = PATH) -> list[str]:
        """What was written in the versions, the newest first."""
        rows = select(NotebookVersion).options(undefer(NotebookVersion.notebook))
        async with self.school.database.reading() as session:
            texts = {row.id: _source(zlib.decompress(row.notebook)) for row in await session.scalars(rows)}
        return [texts[version.id] for version in await self.versions.list_all(self.learner, path)]

    async def newest(self, path: str = PATH) -> UUID:
        return (await self.versions.list_all(self.learner, path))[0].id

    def present(self, path: str = PATH) -> str:
        return _source(self.files.read(path)[1])


def _source(data: bytes) -> str:
    return "".join(json.loads(data)["cells"][0]["source"])


async def desk_of(school: School, **settings: Any) -> Desk:
    learner = await school.learner()
    return Desk(school, learner, await school.site.open_workspace(learner), **settings)


async def test_what_a_save_replaces_is_kept_once_a_minute(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("one"))
    assert await desk.kept() == [], "there was nothing before"
    await desk.save(notebook("two"))
    await desk.save(notebook("three"), after=MINUTE / 2)
    assert await desk.kept() == ["one"], "the second was there for half a minute"
    await desk.save(notebook("four"), after=MINUTE / 2)
    assert await desk.kept() == ["three", "one"]


async def test_after_a_pause_what_there_was_before_it_is_kept(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("first"))
    await desk.save(notebook("good"))
    await desk.save(notebook("spoilt"), after=timedelta(days=1))
    assert await desk.kept() == ["good", "first"]


async def test_a_save_that_changes_outputs_only_keeps_nothing(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("one"))
    for printed in ("1", "2"):
        await desk.save(notebook("one", printed), after=MINUTE)
    fresh = Desk(school, desk.learner, desk.files)  # of a server that was started anew
    await fresh.save(notebook("one", "3"), after=MINUTE)
    assert await desk.kept() == []


async def test_what_a_kernel_wrote_is_kept_when_a_save_replaces_it(school: School) -> None:
    desk = await desk_of(school)
    desk.files.write(PATH, notebook("by a program"))
    await desk.save(notebook("typed"))
    assert await desk.kept() == ["by a program"]


async def test_a_version_comes_back_and_the_present_one_is_kept(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("then"))
    await desk.save(notebook("now", "printed"))
    school.pass_time(seconds=1)
    back = await desk.versions.restore(desk.learner, await desk.newest())
    assert desk.present() == "then"
    assert await desk.kept() == ["now", "then"], "at once, however soon it is"
    assert back.kept == await desk.newest()
    school.pass_time(seconds=1)
    again = await desk.versions.restore(desk.learner, await desk.newest())
    assert (again.path, desk.present()) == (PATH, "now")


async def test_restoring_what_is_there_already_keeps_nothing(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("one"))
    await desk.save(notebook("two"))
    version = await desk.newest()
    school.pass_time(seconds=1)
    await desk.versions.restore(desk.learner, version)
    assert (await desk.versions.restore(desk.learner, version)).kept is None
    assert len(await desk.kept()) == 2


async def test_a_version_of_a_notebook_that_is_gone_comes_back(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("one"))
    await desk.save(notebook("two"))
    desk.files.remove(PATH)  # by a kernel: nobody told the server
    compared = await desk.versions.compare(desk.learner, await desk.newest())
    assert [(cell.before, cell.after) for cell in compared.cells] == [(None, "one")]
    assert (await desk.versions.restore(desk.learner, await desk.newest())).kept is None
    assert desk.present() == "one"


async def test_versions_are_bounded_per_notebook_and_per_learner(school: School) -> None:
    desk = await desk_of(school, notebook_versions=2, notebook_versions_per_learner=3)
    for number in range(5):
        await desk.save(notebook(str(number)), after=MINUTE)
    assert await desk.kept() == ["3", "0"]
    for number in range(3):
        await desk.save(notebook(str(number)), "other.ipynb", after=MINUTE)
    assert await desk.kept("other.ipynb") == ["1", "0"]
    assert await desk.kept() == ["3"], "the oldest of all made room"


async def test_versions_are_bounded_in_bytes(school: School) -> None:
    desk = await desk_of(school, notebook_versions_mb=0.0001)
    for number in range(3):
        await desk.save(notebook(str(number)), after=MINUTE)
    assert await desk.kept() == []


async def test_versions_follow_a_rename_and_go_with_their_notebook(school: School) -> None:
    desk = await desk_of(school)
    desk.files.make_directory("lab")
    for path in ("lab/n.ipynb", "laboratory.ipynb"):
        await desk.save(notebook("one"), path)
        await desk.save(notebook("two"), path)
    await desk.versions.move(desk.learner, "lab", "/100% done/")
    assert (await desk.kept("lab/n.ipynb"), await desk.kept("100% done/n.ipynb")) == ([], ["one"])
    assert await desk.kept("laboratory.ipynb") == ["one"]
    await desk.versions.forget(desk.learner, "100% done")
    assert await desk.kept("100% done/n.ipynb") == []
    assert await desk.kept("laboratory.ipynb") == ["one"]


async def test_nobody_else_has_them(school: School) -> None:
    desk, other = await desk_of(school), await desk_of(school)
    await desk.save(notebook("one"))
    await desk.save(notebook("two"))
    version = await desk.newest()
    assert await other.versions.list_all(other.learner, PATH) == []
    await other.versions.forget(other.learner, PATH)
    await other.versions.move(other.learner, PATH, "mine.ipynb")
    for act in (other.versions.compare, other.versions.restore):
        with pytest.raises(NoSuchVersionError):
            await act(other.learner, version)
    assert await desk.kept() == ["one"]


async def test_a_version_that_cannot_be_kept_stops_no_save(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await desk_of(school)
    desk.files.write(PATH, b"no notebook")
    await desk.save(notebook("one"))
    assert desk.present() == "one"

    async def spent(*_: object, **__: object) -> None:
        raise ComputingSpentError(retry_after_s=5)

    monkeypatch.setattr(school.site.offload, "run", spent)
    await desk.save(notebook("two"), after=MINUTE)
    assert (desk.present(), await desk.kept()) == ("two", [])


async def test_a_save_that_fails_is_tried_again_with_what_it_replaces_kept(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("one"))
    with pytest.raises(OSError, match="full"):
        async with desk.versions.replacing(
            desk.learner, desk.files, PATH, work_digest(parse_notebook(notebook("two")))
        ):
            raise OSError("full")
    await desk.save(notebook("two"), after=MINUTE)
    assert await desk.kept() == ["one"]


async def test_versions_go_with_the_account(school: School) -> None:
    desk = await desk_of(school)
    await desk.save(notebook("one"))
    await desk.save(notebook("two"))
    async with school.database.transaction() as session:
        await session.delete(await session.get_one(User, desk.learner.id))
    assert await desk.kept() == []
