"""For authors of roadmaps: sources, drafts, checking, publishing, and what was published before."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.authoring.differences import FileDifference
from nexus_server.authoring.views import (
    DraftList,
    DraftOutcome,
    DraftView,
    ReleaseView,
    SourceList,
    VersionList,
)
from nexus_server.handlers.account_fields import Email
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation

Path = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class DraftIn(BaseModel):
    """Which draft to begin: of a published roadmap, or of a new one, which has a `title`."""

    model_config = ConfigDict(extra="forbid")
    slug: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None


class CheckIn(BaseModel):
    """What to check."""

    model_config = ConfigDict(extra="forbid")
    #: slug of a step; null: the whole roadmap
    step: Annotated[str, StringConstraints(max_length=120)] | None = None


class PublishIn(BaseModel):
    """What the history says of a publication."""

    model_config = ConfigDict(extra="forbid")
    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class SettleIn(BaseModel):
    """How a conflict is settled."""

    model_config = ConfigDict(extra="forbid")
    #: files to take as they were published, of those that were changed in the draft, too
    take_theirs: Annotated[list[Path], Field(max_length=2000)] = []


class RestoreIn(BaseModel):
    """Which version to put into a draft."""

    model_config = ConfigDict(extra="forbid")
    commit: Annotated[str, StringConstraints(min_length=7, max_length=64)]


class OfLab(BaseModel):
    """Of one lab."""

    model_config = ConfigDict(extra="forbid")
    path: Path


class AuthorIn(BaseModel):
    """Whom to make an author."""

    model_config = ConfigDict(extra="forbid")
    email: Email


class DifferencesOut(BaseModel):
    """The files that differ, by path."""

    items: list[FileDifference]
    next: None = None


class SourcesHandler(NexusHandler):
    """GET /teaching/sources."""

    @operation("List the roadmaps' sources, and who may write them", reply=SourceList)
    async def get(self) -> SourceList:
        """List them."""
        return await self.services.authoring.sources.all(self.learner)


class AuthorsHandler(NexusHandler):
    """POST /teaching/sources/{slug}/authors."""

    @operation("Make a colleague an author of a roadmap", body=AuthorIn, status=204)
    async def post(self, slug: str, body: AuthorIn) -> None:
        """Make them one."""
        await self.services.authoring.authors.add(self.learner, slug, body.email)


class AuthorHandler(NexusHandler):
    """DELETE /teaching/sources/{slug}/authors/{user_id}."""

    @operation("Take somebody from a roadmap's authors", status=204)
    async def delete(self, slug: str, user_id: UUID) -> None:
        """Take them away."""
        await self.services.authoring.authors.remove(self.learner, slug, user_id)


class VersionsHandler(NexusHandler):
    """GET /teaching/sources/{slug}/versions."""

    @operation("List what was published of a roadmap, newest first", reply=VersionList)
    async def get(self, slug: str) -> VersionList:
        """List it."""
        return await self.services.authoring.sources.history(self.learner, slug)


class VersionHandler(NexusHandler):
    """GET /teaching/sources/{slug}/versions/{commit}."""

    @operation("See what a publication changed", reply=DifferencesOut)
    async def get(self, slug: str, commit: str) -> DifferencesOut:
        """See it."""
        return DifferencesOut(items=await self.services.authoring.sources.changed_by(self.learner, slug, commit))


class DraftsHandler(NexusHandler):
    """GET and POST /teaching/drafts."""

    @operation("List my drafts", reply=DraftList)
    async def get(self) -> DraftList:
        """List them."""
        return await self.services.authoring.drafts.list_own(self.learner)

    @operation(
        "Begin a draft of a roadmap, or a new roadmap", body=DraftIn, reply=DraftView, status=201, needs_home=True
    )
    async def post(self, body: DraftIn) -> DraftView:
        """Put its files into the caller's workspace."""
        drafts = self.services.authoring.drafts
        if body.title is not None:
            return await drafts.begin_new(self.learner, body.slug, body.title)
        return await drafts.begin(self.learner, body.slug)


class DraftHandler(NexusHandler):
    """GET and DELETE /teaching/drafts/{draft_id}."""

    @operation("Read a draft: its steps, its changes, and what its last check found", reply=DraftView, needs_home=True)
    async def get(self, draft_id: UUID) -> DraftView:
        """Read it."""
        return await self.services.authoring.drafts.view(self.learner, draft_id)

    @operation("Discard a draft; its files stay in the workspace under another name", status=204, needs_home=True)
    async def delete(self, draft_id: UUID) -> None:
        """Discard it."""
        await self.services.authoring.drafts.discard(self.learner, draft_id)


class DraftDifferencesHandler(NexusHandler):
    """GET /teaching/drafts/{draft_id}/differences."""

    @operation("See what publishing a draft would change", reply=DifferencesOut, needs_home=True)
    async def get(self, draft_id: UUID) -> DifferencesOut:
        """See it."""
        return DifferencesOut(items=await self.services.authoring.drafts.differences(self.learner, draft_id))


class DraftReleaseHandler(NexusHandler):
    """GET /teaching/drafts/{draft_id}/release."""

    @operation("See a lab of a draft as students will get it", query=OfLab, reply=ReleaseView, needs_home=True)
    async def get(self, draft_id: UUID, query: OfLab) -> ReleaseView:
        """See it."""
        return await self.services.authoring.drafts.release(self.learner, draft_id, query.path)


class DraftCheckHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/check."""

    @operation(
        "Begin to check a draft; labs are run in the sandbox",
        body=CheckIn,
        reply=DraftOutcome,
        status=202,
        needs_home=True,
    )
    async def post(self, draft_id: UUID, body: CheckIn) -> DraftOutcome:
        """Begin to check it."""
        return await self.services.authoring.jobs.check(self.learner, draft_id, body.step)


class DraftPublishHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/publish."""

    @operation(
        "Begin to publish a draft; it is checked first", body=PublishIn, reply=DraftOutcome, status=202, needs_home=True
    )
    async def post(self, draft_id: UUID, body: PublishIn) -> DraftOutcome:
        """Begin to publish it."""
        return await self.services.authoring.jobs.publish(self.learner, draft_id, body.message)


class DraftSettleHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/settle."""

    @operation("Go on from what somebody else has published meanwhile", body=SettleIn, reply=DraftView, needs_home=True)
    async def post(self, draft_id: UUID, body: SettleIn) -> DraftView:
        """Settle it."""
        return await self.services.authoring.drafts.settle(self.learner, draft_id, body.take_theirs)


class DraftRestoreHandler(NexusHandler):
    """POST /teaching/drafts/{draft_id}/restore."""

    @operation(
        "Put an older version into a draft; what was in it is kept beside it",
        body=RestoreIn,
        reply=DraftView,
        needs_home=True,
    )
    async def post(self, draft_id: UUID, body: RestoreIn) -> DraftView:
        """Restore it."""
        authoring = self.services.authoring
        draft = await authoring.drafts.find(self.learner, draft_id)
        tree = await authoring.sources.version(self.learner, draft.slug, body.commit)
        return await authoring.drafts.restore(self.learner, draft_id, tree)


ROUTES = [
    Route("/teaching/sources", SourcesHandler),
    Route("/teaching/sources/{slug}/authors", AuthorsHandler),
    Route("/teaching/sources/{slug}/authors/{user_id}", AuthorHandler),
    Route("/teaching/sources/{slug}/versions", VersionsHandler),
    Route("/teaching/sources/{slug}/versions/{commit}", VersionHandler),
    Route("/teaching/drafts", DraftsHandler),
    Route("/teaching/drafts/{draft_id}", DraftHandler),
    Route("/teaching/drafts/{draft_id}/differences", DraftDifferencesHandler),
    Route("/teaching/drafts/{draft_id}/release", DraftReleaseHandler),
    Route("/teaching/drafts/{draft_id}/check", DraftCheckHandler),
    Route("/teaching/drafts/{draft_id}/publish", DraftPublishHandler),
    Route("/teaching/drafts/{draft_id}/settle", DraftSettleHandler),
    Route("/teaching/drafts/{draft_id}/restore", DraftRestoreHandler),
]
