"""Drafts: a roadmap's files in its author's workspace, until they are published.

A draft is a folder of plain files, ``Drafts/<roadmap>``: JupyterLab opens and runs them like any other. The database
keeps what the draft was begun from, so that nobody's later publication is overwritten unseen.
"""

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import nbformat
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.permissions import Permission, require
from nexus_server.authoring.authors import RoadmapAuthors
from nexus_server.authoring.differences import FileDifference, differences
from nexus_server.authoring.draft_files import set_aside, take_file, write_draft
from nexus_server.authoring.errors import (
    DraftExistsError,
    DraftNotFoundError,
    NotALabFileError,
)
from nexus_server.authoring.outline import empty_roadmap, find_steps, title_of
from nexus_server.authoring.published import PublishedSources
from nexus_server.authoring.trees import Tree, TreeLimits, changes, fingerprint, read_workspace, write_workspace
from nexus_server.authoring.views import DraftList, DraftOutcome, DraftSummary, DraftView, FileChange, ReleaseView
from nexus_server.clock import Clock
from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.errors import NoSuchFileError
from nexus_server.learner import Learner
from nexus_server.notebook_format.metadata import max_score
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.release import release
from nexus_server.notebook_format.variants import draw, varied
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.files.scaffold import RoadmapExistsError, require_slug
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.store.database import Database
from nexus_server.store.models.authoring import ContentDraft

#: folder of all drafts in a workspace
DRAFTS = "Drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the database has it."""

    id: UUID
    slug: str
    folder: str
    base: Mapping[str, str]


class Drafts:
    """Begins, shows and discards drafts. Everybody sees their own only."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        authors: RoadmapAuthors,
        *,
        published: PublishedSources,
        open_workspace: OpenWorkspace,
        offload: Offload,
        limits: TreeLimits,
        running: Mapping[UUID, DraftOutcome],
    ) -> None:
        """`limits` bound the files of one draft; `offload` compares notebooks; `running` has the jobs under way."""
        self._database = database
        self._clock = clock
        self._authors = authors
        self._published = published
        self._open_workspace = open_workspace
        self._offload = offload
        self._limits = limits
        self._running = running

    async def begin(self, instructor: Learner, slug: str) -> DraftView:
        """Put a roadmap's published files into the instructor's workspace.

        Raises:
            NotAnAuthorError
            RoadmapNotFoundError: nothing of this name is published.
            DraftExistsError, DraftFolderTakenError
        """
        await self._authors.require(instructor, slug)
        tree = await asyncio.to_thread(self._published.tree, slug)
        return await self._place(instructor, slug, tree, base=fingerprint(tree))

    async def begin_new(self, instructor: Learner, slug: str, title: str) -> DraftView:
        """Begin a roadmap that has no steps yet.

        Raises:
            NotAnAuthorError
            BadSlugError
            RoadmapExistsError: one of this name is published.
            DraftExistsError, DraftFolderTakenError
        """
        require_slug(slug)
        await self._authors.require(instructor, slug)
        if await asyncio.to_thread(self._published.find, slug) is not None:
            raise RoadmapExistsError(slug=slug)
        return await self._place(instructor, slug, empty_roadmap(slug, title), base={})

    async def _place(self, instructor: Learner, slug: str, tree: Tree, *, base: Mapping[str, str]) -> DraftView:
        files, folder = await self._open_workspace(instructor), f"{DRAFTS}/{slug}"
        row = ContentDraft(
            id=uuid4(), user_id=instructor.id, slug=slug, folder=folder, base=dict(base), begun_at=self._clock.now()
        )
        async with self._database.reading() as session:
            if found := await session.scalar(_mine(instructor).where(ContentDraft.slug == slug)):
                raise DraftExistsError(draft_id=str(found.id))
        await asyncio.to_thread(write_draft, files, folder, tree)
        async with self._database.transaction() as session:
            session.add(row)
        return await self.view(instructor, row.id)

    async def list_own(self, instructor: Learner) -> DraftList:
        """Return the instructor's drafts.

        Raises:
            ForbiddenError: students have none.
        """
        require(instructor, Permission.WRITE_CONTENT)
        async with self._database.reading() as session:
            rows = await session.scalars(_mine(instructor).order_by(ContentDraft.slug))
            return DraftList(items=[self._summary(row) for row in rows])

    async def find(self, instructor: Learner, draft_id: UUID) -> Draft:
        """Return a draft of the instructor's, which they may still write.

        Raises:
            DraftNotFoundError, NotAnAuthorError
        """
        row = await self._row(instructor, draft_id)
        await self._authors.require(instructor, row.slug)
        return Draft(row.id, row.slug, row.folder, row.base)

    async def view(self, instructor: Learner, draft_id: UUID) -> DraftView:
        """Return a draft with its steps, what its author changed, and what others did.

        Raises:
            DraftNotFoundError
        """
        row = await self._row(instructor, draft_id)
        mine, theirs = await self.trees(instructor, row.slug, row.folder)
        return DraftView(
            **self._summary(row).model_dump(),
            title=title_of(mine) or row.slug,
            is_new=not theirs,
            steps=find_steps(mine, row.folder),
            changes=_changes(row.base, fingerprint(mine)),
            conflicts=_changes(row.base, fingerprint(theirs)),
        )

    async def trees(self, instructor: Learner, slug: str, folder: str) -> tuple[Tree, Tree]:
        """Return a draft's files, and the published ones.

        Raises:
            DraftTooLargeError
        """
        files = await self._open_workspace(instructor)
        return await asyncio.to_thread(self._read, files, folder, slug)

    def _read(self, files: ConfinedDirectory, folder: str, slug: str) -> tuple[Tree, Tree]:
        try:
            mine: Tree = read_workspace(files, folder, self._limits)
        except NoSuchFileError:  # its author removed or renamed the folder
            mine = {}
        return mine, self._published.find(slug) or {}

    async def differences(self, instructor: Learner, draft_id: UUID) -> list[FileDifference]:
        """Return what publishing the draft would change, file by file.

        Raises:
            DraftNotFoundError, DraftTooLargeError
        """
        row = await self._row(instructor, draft_id)
        mine, theirs = await self.trees(instructor, row.slug, row.folder)
        return await differences(self._offload, str(instructor.id), theirs, mine)

    async def settle(self, instructor: Learner, draft_id: UUID, take_theirs: Collection[str]) -> DraftView:
        """Go on from what was published meanwhile.

        Files that only others changed are taken from them. Of those that both changed the published ones are taken
        where `take_theirs` names them; of the others the draft's own stay, and will replace the published ones.

        Raises:
            DraftNotFoundError, NotAnAuthorError
        """
        draft = await self.find(instructor, draft_id)
        mine, theirs = await self.trees(instructor, draft.slug, draft.folder)
        own, now = fingerprint(mine), fingerprint(theirs)
        changed_by_me = changes(draft.base, own)
        files = await self._open_workspace(instructor)
        for path in changes(draft.base, now):
            if path not in changed_by_me or path in take_theirs:
                await asyncio.to_thread(take_file, files, f"{draft.folder}/{path}", theirs.get(path))
        await self.set_base(draft.id, now)
        return await self.view(instructor, draft_id)

    async def restore(self, instructor: Learner, draft_id: UUID, tree: Tree) -> DraftView:
        """Put an older version's files into the draft; what is in it now is kept beside it.

        Raises:
            DraftNotFoundError, NotAnAuthorError
        """
        draft = await self.find(instructor, draft_id)
        files = await self._open_workspace(instructor)
        await asyncio.to_thread(set_aside, files, draft.folder, self._clock.now())
        await asyncio.to_thread(write_workspace, files, draft.folder, tree)
        return await self.view(instructor, draft_id)

    async def discard(self, instructor: Learner, draft_id: UUID) -> None:
        """Forget a draft; its files stay in the workspace under another name.

        Raises:
            DraftNotFoundError
        """
        row = await self._row(instructor, draft_id)
        files = await self._open_workspace(instructor)
        await asyncio.to_thread(set_aside, files, row.folder, self._clock.now())
        async with self._database.transaction() as session:
            await session.delete(await _get(session, instructor, draft_id))

    async def release(self, instructor: Learner, draft_id: UUID, path: str) -> ReleaseView:
        """Return the student version of a lab as it is saved in the draft; `path` is relative to the roadmap.

        Raises:
            DraftNotFoundError
            NotALabFileError: there is no such notebook.
            NotANotebookError, UnbalancedMarkersError: it cannot be released.
        """
        row = await self._row(instructor, draft_id)
        files = await self._open_workspace(instructor)
        try:
            _, data = await asyncio.to_thread(files.read, f"{row.folder}/{path}")
        except NoSuchFileError:
            raise NotALabFileError(path=path) from None
        value, body = await self._offload.run(str(instructor.id), release_notebook, data)
        return ReleaseView(notebook=await asyncio.to_thread(_json, body), max_score=value)

    async def set_base(self, draft_id: UUID, base: Mapping[str, str]) -> None:
        """Note what is published now as what the draft was begun from."""
        async with self._database.transaction() as session:
            row = await session.get(ContentDraft, draft_id)
            if row is not None:
                row.base = dict(base)

    async def note(self, draft_id: UUID, outcome: DraftOutcome) -> None:
        """Keep what a check or a publication came to."""
        async with self._database.transaction() as session:
            row = await session.get(ContentDraft, draft_id)
            if row is not None:
                row.outcome = outcome.model_dump(mode="json")

    def _summary(self, row: ContentDraft) -> DraftSummary:
        outcome = self._running.get(row.id) or (DraftOutcome.model_validate(row.outcome) if row.outcome else None)
        return DraftSummary(id=row.id, slug=row.slug, folder=row.folder, begun_at=row.begun_at, outcome=outcome)

    async def _row(self, instructor: Learner, draft_id: UUID) -> ContentDraft:
        require(instructor, Permission.WRITE_CONTENT)
        async with self._database.reading() as session:
            return await _get(session, instructor, draft_id)


def release_notebook(body: bytes) -> tuple[float, bytes]:
    """Return a source notebook's points and, as JSON, its student version.

    Raises:
        NotANotebookError, UnbalancedMarkersError
    """
    source = parse_notebook(body)
    released = varied(release(source), draw(source, "student view"))
    return max_score(source), nbformat.writes(released).encode()


def _json(body: bytes | bytearray) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found


def _mine(instructor: Learner) -> Select[ContentDraft]:
    return select(ContentDraft).where(ContentDraft.user_id == instructor.id)


async def _get(session: AsyncSession, instructor: Learner, draft_id: UUID) -> ContentDraft:
    row = await session.scalar(_mine(instructor).where(ContentDraft.id == draft_id))
    if row is None:
        raise DraftNotFoundError
    return row


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    return [FileChange(path=path, kind=kind) for path, kind in changes(before, after).items()]
