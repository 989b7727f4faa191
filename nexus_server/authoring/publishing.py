"""Checking and publishing drafts, in the background: an author sees how it goes and may close the page."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog

from nexus_server.accounts.audit import AuditLog
from nexus_server.authoring.authors import RoadmapAuthors
from nexus_server.authoring.checking import DraftChecker, draft_problems
from nexus_server.authoring.drafts import Draft, Drafts
from nexus_server.authoring.errors import (
    DraftBusyError,
    DraftConflictError,
    GitUnavailableError,
    NothingToPublishError,
)
from nexus_server.authoring.published import PublishedSources
from nexus_server.authoring.repository import CommitAuthor, ContentRepository
from nexus_server.authoring.trees import Tree, changes, fingerprint, read_folder, write_folder
from nexus_server.authoring.views import DraftOutcome, JobKind, JobState, RunningJobs
from nexus_server.clock import Clock
from nexus_server.errors import NexusError
from nexus_server.events.bus import EventPublisher
from nexus_server.events.messages import DraftChanged
from nexus_server.learner import Learner
from nexus_server.roadmaps.files.problem import has_errors
from nexus_server.roadmaps.sync.watch import ContentWatch
from nexus_server.store.database import Database
from nexus_server.tasks import end_task, once

log = structlog.get_logger()

#: the author of what somebody changed with an editor and did not commit
OTHERS = CommitAuthor("unknown", "unknown@localhost")
#: its message
FOUND = "{slug}: as it was found on disk"


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing needs to know."""

    slug: str
    tree: Tree
    #: what the draft was begun from
    base: dict[str, str]
    author: CommitAuthor
    message: str


class Publisher:
    """Writes drafts into the site's content directory and commits them there. Everything here blocks."""

    def __init__(self, published: PublishedSources, repository: ContentRepository) -> None:
        """`repository` is the one around the site's own content directory."""
        self._published = published
        self._repository = repository

    def require_current(self, slug: str, base: dict[str, str]) -> None:
        """Refuse when somebody else has published since the draft was begun.

        Raises:
            DraftConflictError: with the files in `files`.
        """
        if theirs := changes(base, fingerprint(self._published.find(slug) or {})):
            raise DraftConflictError(files=list(theirs))

    def publish(self, publication: Publication) -> tuple[str | None, str]:
        """Write and commit a draft; return the commit, if anything was new, and what else is to be known.

        Raises:
            DraftConflictError: nothing was written.
            GitUnavailableError
        """
        slug = publication.slug
        with self._repository.alone():
            self._repository.pull()
            self.require_current(slug, publication.base)
            if (self._published.own / slug).is_dir():
                self._repository.commit(slug, OTHERS, FOUND.format(slug=slug))
            return self._commit(publication), self._push()

    def _commit(self, publication: Publication) -> str | None:
        """Write a draft and commit it; where Git refuses, what was there before is back."""
        folder = self._published.own / publication.slug
        before = read_folder(folder)
        write_folder(folder, publication.tree)
        try:
            return self._repository.commit(publication.slug, publication.author, publication.message)
        except GitUnavailableError:
            write_folder(folder, before)
            raise

    def _push(self) -> str:
        try:
            self._repository.push()
        except GitUnavailableError as error:  # it is published here all the same, and the next push takes it along
            return error.message
        return ""


class DraftJobs:
    """Runs checks and publications, one for each draft at a time. A `Background`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventPublisher,
        *,
        drafts: Drafts,
        authors: RoadmapAuthors,
        audit: AuditLog,
        checker: DraftChecker,
        publisher: Publisher,
        watch: ContentWatch,
        running: RunningJobs,
    ) -> None:
        """`watch` syncs what was published; `running` tells `drafts` what is under way."""
        self._database = database
        self._clock = clock
        self._bus = bus
        self._drafts = drafts
        self._authors = authors
        self._audit = audit
        self._checker = checker
        self._publisher = publisher
        self._watch = watch
        self._running = running
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        # Labs of drafts take no more from those whom learners wait for than one grading would.
        self._turn = asyncio.Semaphore(1)

    async def start(self) -> None:
        """Do nothing: jobs begin when they are asked for."""

    async def stop(self) -> None:
        """End what runs. A publication that is writing already is finished by its thread."""
        for task in list(self._tasks.values()):
            await end_task(task)

    async def check(self, instructor: Learner, draft_id: UUID, step: str | None) -> DraftOutcome:
        """Begin to check a draft, or one step of it with its lab.

        Raises:
            DraftNotFoundError, NotAnAuthorError, DraftTooLargeError, DraftBusyError
        """
        draft = await self._drafts.find(instructor, draft_id)
        tree, _ = await self._drafts.trees(instructor, draft.slug, draft.folder)
        return await self._begin(instructor, draft, JobKind.CHECK, step, partial(self._check, draft, tree, step))

    async def publish(self, instructor: Learner, draft_id: UUID, message: str) -> DraftOutcome:
        """Begin to publish a draft: it is checked first, and published only where nothing is wrong.

        Raises:
            DraftNotFoundError, NotAnAuthorError, DraftTooLargeError, DraftBusyError
            NothingToPublishError
            DraftConflictError: somebody else has published since the draft was begun.
        """
        draft = await self._drafts.find(instructor, draft_id)
        tree, theirs = await self._drafts.trees(instructor, draft.slug, draft.folder)
        if not changes(theirs, tree):
            raise NothingToPublishError
        base = dict(draft.base)
        await asyncio.to_thread(self._publisher.require_current, draft.slug, base)
        author = CommitAuthor(instructor.display_name, instructor.email)
        publication = Publication(draft.slug, tree, base, author, message)
        work = partial(self._publish, instructor, draft, publication)
        return await self._begin(instructor, draft, JobKind.PUBLISH, None, work)

    async def finished(self, draft_id: UUID) -> None:
        """Wait until nothing is done with a draft any more."""
        if task := self._tasks.get(draft_id):
            await asyncio.wait({task})

    async def _begin(
        self,
        instructor: Learner,
        draft: Draft,
        kind: JobKind,
        step: str | None,
        work: Callable[[], Awaitable[DraftOutcome]],
    ) -> DraftOutcome:
        if draft.id in self._tasks:
            raise DraftBusyError
        begun = DraftOutcome(kind=kind, state=JobState.RUNNING, step=step, at=self._clock.now())
        self._running[draft.id] = begun
        self._tasks[draft.id] = task = once(f"draft-{kind}", partial(self._run, instructor, draft, begun, work))
        task.add_done_callback(lambda _: self._forget(draft.id))
        return begun

    def _forget(self, draft_id: UUID) -> None:
        self._tasks.pop(draft_id, None)
        self._running.pop(draft_id, None)

    async def _run(
        self, instructor: Learner, draft: Draft, begun: DraftOutcome, work: Callable[[], Awaitable[DraftOutcome]]
    ) -> None:
        try:
            async with self._turn:
                outcome = await work()
        except DraftConflictError as error:
            outcome = self._ended(begun, JobState.CONFLICT, error.message)
        except NexusError as error:
            outcome = self._ended(begun, JobState.FAILED, error.message)
        except Exception:  # of whatever kind: its author must not wait for ever
            log.exception("draft_job_failed", draft=str(draft.id), kind=begun.kind)
            outcome = self._ended(begun, JobState.FAILED, "Something went wrong; the server's log says what.")
        await self._drafts.note(draft.id, outcome)
        self._running.pop(draft.id, None)
        self._bus.publish(instructor.id, DraftChanged(draft_id=draft.id, state=outcome.state.value))

    async def _check(self, draft: Draft, tree: Tree, step: str | None) -> DraftOutcome:
        problems = await self._checker.check(draft.slug, tree, step=step, all_labs=step is None)
        return DraftOutcome(
            kind=JobKind.CHECK,
            state=JobState.PROBLEMS if has_errors(problems) else JobState.DONE,
            step=step,
            problems=await asyncio.to_thread(draft_problems, draft.slug, tree, problems),
            at=self._clock.now(),
        )

    async def _publish(self, instructor: Learner, draft: Draft, publication: Publication) -> DraftOutcome:
        problems = await self._checker.check(draft.slug, publication.tree)
        outcome = DraftOutcome(
            kind=JobKind.PUBLISH,
            state=JobState.PROBLEMS,
            problems=await asyncio.to_thread(draft_problems, draft.slug, publication.tree, problems),
            at=self._clock.now(),
        )
        if has_errors(problems):
            return outcome
        commit, message = await asyncio.to_thread(self._publisher.publish, publication)
        await self._drafts.set_base(draft.id, fingerprint(publication.tree))
        async with self._database.transaction() as session:
            await self._authors.claim(session, instructor, draft.slug)
            self._audit.write(session, instructor.id, "roadmap.publish", "roadmap", draft.slug, commit=commit)
        await self._watch.reload()
        done = {"state": JobState.DONE, "commit": commit, "message": message}
        return outcome.model_copy(update=done)

    def _ended(self, begun: DraftOutcome, state: JobState, message: str) -> DraftOutcome:
        return begun.model_copy(update={"state": state, "message": message, "at": self._clock.now()})
