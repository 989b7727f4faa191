"""Former versions of learners' notebooks: what a save replaces is kept, thinned out, compared and brought back."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from nexus_server.clock import Clock
from nexus_server.errors import NexusError
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.entry import Entry
from nexus_server.files.errors import NoSuchFileError
from nexus_server.files.paths import join, split
from nexus_server.learner import Learner
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.store.database import Database
from nexus_server.store.models.versions import NotebookVersion
from nexus_server.tenancy.settings import MIB, TenancySettings
from nexus_server.versions import notebook_tasks
from nexus_server.versions.errors import NoSuchVersionError
from nexus_server.versions.thinning import KeptVersion, VersionLimits, surplus
from nexus_server.versions.views import ComparisonView, NotebookVersionView, RestoredView

log = structlog.get_logger()

#: notebooks of which it is remembered what was saved last
MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Former:
    """A notebook that is about to be replaced."""

    path: str
    saved_at: datetime
    work: str
    cells: int
    #: as a version
    data: bytes


class NotebookVersions:
    """The `notebook_versions` table; every query asks for the learner."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        open_workspace: OpenWorkspace,
        offload: Offload,
        settings: TenancySettings,
    ) -> None:
        """Keep versions of what is in the workspaces that `open_workspace` gives; `offload` looks into notebooks."""
        self._database = database
        self._clock = clock
        self._open_workspace = open_workspace
        self._offload = offload
        self._limits = VersionLimits(
            per_notebook=settings.notebook_versions,
            per_learner=settings.notebook_versions_per_learner,
            bytes_per_learner=int(settings.notebook_versions_mb * MIB),
        )
        self._pace = timedelta(seconds=settings.notebook_version_pace_s)
        #: digests of what was saved last: saves that change nothing but outputs are the most frequent
        self._saved: OrderedDict[tuple[UUID, str], str] = OrderedDict()

    @asynccontextmanager
    async def replacing(self, learner: Learner, files: ConfinedDirectory, path: str, work: str) -> AsyncIterator[None]:
        """Keep what the body of a `with` replaces by a notebook with this digest, unless one was kept of late.

        Saving goes on whatever happens here: a version more is a comfort.
        """
        path = join(split(path))
        key = (learner.id, path)
        if self._saved.get(key) != work:
            with _going_on(learner):
                if await self._is_due(learner, path):
                    await self._keep(learner, files, path, unless=work)
        yield
        self._saved[key] = work
        self._saved.move_to_end(key)
        if len(self._saved) > MAX_REMEMBERED:
            self._saved.popitem(last=False)

    async def list_all(self, learner: Learner, path: str) -> list[NotebookVersionView]:
        """Return the versions of one of the learner's notebooks, the newest first."""
        newest_first = NotebookVersion.created_at.desc(), NotebookVersion.id
        wanted = select(NotebookVersion).where(*_of(learner, join(split(path)))).order_by(*newest_first)
        async with self._database.reading() as session:
            return [NotebookVersionView.model_validate(row) for row in await session.scalars(wanted)]

    async def compare(self, learner: Learner, version_id: UUID) -> ComparisonView:
        """Return what would change if a version came back.

        Raises:
            NoSuchVersionError: there is none, or it is somebody else's.
            NotANotebookError, NotebookTooLargeError: what there is now cannot be compared.
        """
        version = await self._get(learner, version_id)
        present = await self._present(learner, version.path)
        found, _ = await self._run(learner, notebook_tasks.compare, version, present)
        return ComparisonView(id=version.id, path=version.path, saved_at=version.saved_at, **found)

    async def restore(self, learner: Learner, version_id: UUID) -> RestoredView:
        """Bring a version back; what there is now becomes a version itself.

        Raises:
            NoSuchVersionError: there is none, or it is somebody else's.
            NoSuchFileError: its folder is gone.
            NotANotebookError, NotebookTooLargeError, FileTooLargeError: what there is now could not be kept.
            StorageFullError: there is no room for it.
        """
        version = await self._get(learner, version_id)
        files = await self._open_workspace(learner)
        present = await self._present(learner, version.path)
        kept = await self._keep(learner, files, version.path, unless=version.work) if present else None
        _, data = await self._run(learner, notebook_tasks.restored, version, present)
        await asyncio.to_thread(files.write, version.path, bytes(data))
        self._saved.pop((learner.id, version.path), None)
        return RestoredView(path=version.path, kept=kept)

    async def move(self, learner: Learner, old: str, new: str) -> None:
        """Let versions follow their notebook, or all in a folder that was renamed."""
        old, new = join(split(old)), join(split(new))
        moved = func.substr(NotebookVersion.path, len(old) + 1)
        change = update(NotebookVersion).where(*_beneath(learner, old)).values(path=new + moved)
        with _going_on(learner):
            async with self._database.transaction() as session:
                await session.execute(change.execution_options(synchronize_session=False))

    async def forget(self, learner: Learner, path: str) -> None:
        """Delete the versions of a notebook, or of all in a folder: what a learner deletes is gone."""
        removal = delete(NotebookVersion).where(*_beneath(learner, join(split(path))))
        with _going_on(learner):
            async with self._database.transaction() as session:
                await session.execute(removal.execution_options(synchronize_session=False))

    async def _is_due(self, learner: Learner, path: str) -> bool:
        newest = select(func.max(NotebookVersion.created_at)).where(*_of(learner, path))
        async with self._database.reading() as session:
            kept_at = await session.scalar(newest)
        return kept_at is None or self._clock.now() - kept_at >= self._pace

    async def _keep(self, learner: Learner, files: ConfinedDirectory, path: str, *, unless: str) -> UUID | None:
        """Keep a notebook as it is, unless its work is this; return the version's id."""
        entry, data = await asyncio.to_thread(files.read, path)
        told, version = await self._offload.run(str(learner.id), notebook_tasks.outline, data)
        if told["work"] == unless:
            return None
        former = _Former(path, self._moment_of(entry), told["work"], told["cells"], bytes(version))
        async with self._database.transaction() as session:
            return await self._write(session, learner, former)

    async def _write(self, session: AsyncSession, learner: Learner, former: _Former) -> UUID:
        """Add a version, unless the newest one holds the same work, and let go of those that are too many."""
        columns = NotebookVersion.id, NotebookVersion.path, NotebookVersion.created_at, NotebookVersion.size_bytes
        mine = select(*columns, NotebookVersion.work).where(NotebookVersion.user_id == learner.id)
        rows = (await session.execute(mine.order_by(NotebookVersion.created_at))).all()
        newest = next((row for row in reversed(rows) if row.path == former.path), None)
        if newest is not None and newest.work == former.work:
            kept_already: UUID = newest.id
            return kept_already
        added = KeptVersion(uuid4(), former.path, self._clock.now(), len(former.data))
        session.add(_row(learner, former, added))
        await session.flush()
        kept = [KeptVersion(row.id, row.path, row.created_at, row.size_bytes) for row in rows]
        going = surplus([*kept, added], self._limits)
        await session.execute(delete(NotebookVersion).where(NotebookVersion.id.in_(going)))
        return added.id

    def _moment_of(self, entry: Entry) -> datetime:
        """Return when a file was written; anybody may set any time on a file of theirs, but none to come."""
        return min(entry.modified, self._clock.now())

    async def _get(self, learner: Learner, version_id: UUID) -> NotebookVersion:
        mine = NotebookVersion.user_id == learner.id, NotebookVersion.id == version_id
        async with self._database.reading() as session:
            wanted = select(NotebookVersion).where(*mine).options(undefer(NotebookVersion.notebook))
            version = await session.scalar(wanted)
        if version is None:
            raise NoSuchVersionError
        return version

    async def _present(self, learner: Learner, path: str) -> bytes:
        """Return the notebook's file as it is now; nothing where there is none."""
        files = await self._open_workspace(learner)
        try:
            return (await asyncio.to_thread(files.read, path))[1]
        except NoSuchFileError:
            return b""

    async def _run(self, learner: Learner, task: Any, version: NotebookVersion, present: bytes) -> tuple[Any, Any]:
        size = len(version.notebook)
        return await self._offload.run(str(learner.id), task, version.notebook + present, size=size)


@contextmanager
def _going_on(learner: Learner) -> Iterator[None]:
    """Let what is done to a file go on when its versions cannot follow."""
    try:
        yield
    except NoSuchFileError:
        pass  # a new notebook replaces nothing
    except NexusError as error:
        log.warning("notebook_version_not_kept", user_id=str(learner.id), code=error.code)


def _row(learner: Learner, former: _Former, added: KeptVersion) -> NotebookVersion:
    return NotebookVersion(
        id=added.id,
        user_id=learner.id,
        path=former.path,
        work=former.work,
        cells=former.cells,
        notebook=former.data,
        size_bytes=added.size_bytes,
        saved_at=former.saved_at,
        created_at=added.kept_at,
    )


def _of(learner: Learner, path: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return NotebookVersion.user_id == learner.id, NotebookVersion.path == path


def _beneath(learner: Learner, path: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whatever has this path, or lies in the folder of this path; LIKE would not tell capitals apart on SQLite."""
    prefix = f"{path}/"
    inside = func.substr(NotebookVersion.path, 1, len(prefix)) == prefix
    return NotebookVersion.user_id == learner.id, or_(NotebookVersion.path == path, inside)
