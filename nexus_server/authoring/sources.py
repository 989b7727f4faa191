"""The sources of all roadmaps: who may write each, and what was published of it before."""

import asyncio

from sqlalchemy import select

from nexus_server.accounts.permissions import Permission, require
from nexus_server.authoring.authors import RoadmapAuthors
from nexus_server.authoring.differences import FileDifference, differences
from nexus_server.authoring.published import PublishedSources
from nexus_server.authoring.repository import ContentRepository
from nexus_server.authoring.trees import Tree
from nexus_server.authoring.views import SourceList, SourceView, VersionList, VersionView
from nexus_server.learner import Learner
from nexus_server.offload.pool import Offload
from nexus_server.store.database import Database
from nexus_server.store.models.authoring import ContentDraft

#: versions that a history shows
MAX_VERSIONS = 100


class Sources:
    """Shows instructors the sources of roadmaps."""

    def __init__(
        self,
        database: Database,
        authors: RoadmapAuthors,
        published: PublishedSources,
        repository: ContentRepository,
        offload: Offload,
    ) -> None:
        """`repository` is the one around the site's own content directory."""
        self._database = database
        self._authors = authors
        self._published = published
        self._repository = repository
        self._offload = offload

    async def all(self, instructor: Learner) -> SourceList:
        """Return every roadmap's source.

        Raises:
            ForbiddenError: students may not.
        """
        require(instructor, Permission.WRITE_CONTENT)
        sources, authors = await asyncio.to_thread(self._published.all), await self._authors.all()
        async with self._database.reading() as session:
            query = select(ContentDraft.slug, ContentDraft.id).where(ContentDraft.user_id == instructor.id)
            drafts = {row.slug: row.id for row in await session.execute(query)}
        return SourceList(
            items=[
                SourceView(
                    slug=source.slug,
                    title=source.title,
                    origin="site" if source.is_own else "product",
                    authors=authors.get(source.slug, []),
                    may_write=self._authors.may_write(instructor, authors.get(source.slug, [])),
                    draft_id=drafts.get(source.slug),
                )
                for source in sources
            ]
        )

    async def history(self, instructor: Learner, slug: str) -> VersionList:
        """Return what was published of a roadmap, the newest first.

        Raises:
            NotAnAuthorError, GitUnavailableError
        """
        await self._authors.require(instructor, slug)
        versions = await asyncio.to_thread(self._repository.history, slug, limit=MAX_VERSIONS)
        items = [VersionView(commit=v.commit, author=v.author, at=v.at, message=v.message) for v in versions]
        return VersionList(items=items)

    async def version(self, instructor: Learner, slug: str, commit: str) -> Tree:
        """Return a roadmap's files in a version.

        Raises:
            NotAnAuthorError, VersionNotFoundError
        """
        await self._authors.require(instructor, slug)
        return await asyncio.to_thread(self._repository.tree, slug, commit)

    async def changed_by(self, instructor: Learner, slug: str, commit: str) -> list[FileDifference]:
        """Return what a version changed, file by file.

        Raises:
            NotAnAuthorError, VersionNotFoundError
        """
        after = await self.version(instructor, slug, commit)
        before = await asyncio.to_thread(self._repository.tree_before, slug, commit)
        return await differences(self._offload, str(instructor.id), before, after)
