"""Drafts and sources of roadmaps as their authors see them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from nexus_server.authoring.authors import AuthorView
from nexus_server.authoring.trees import ChangeKind
from nexus_server.courses.imports.report import ImportedStep, PartOutcome
from nexus_server.roadmaps.files.problem import Severity


class JobKind(StrEnum):
    """What is done with a draft in the background."""

    CHECK = "check"
    PUBLISH = "publish"


class JobState(StrEnum):
    """How far it is."""

    RUNNING = "running"
    #: nothing is wrong; a publication is with the learners
    DONE = "done"
    #: there are mistakes; nothing was published
    PROBLEMS = "problems"
    #: somebody else has published meanwhile; nothing was overwritten
    CONFLICT = "conflict"
    #: it could not be done, for the reason in `message`
    FAILED = "failed"


class DraftProblem(BaseModel):
    """A mistake in a draft. `cell` is the number of a lab's cell, counted from 0."""

    file: str
    line: int
    severity: Severity
    message: str
    cell: int | None = None


class DraftOutcome(BaseModel):
    """What the last check or publication came to."""

    kind: JobKind
    state: JobState
    #: the step that was checked; null: the whole roadmap
    step: str | None = None
    problems: list[DraftProblem] = []
    #: why it failed, or what else is to be known
    message: str = ""
    #: what was published
    commit: str | None = None
    at: datetime


#: the jobs under way, by their draft
RunningJobs = dict[UUID, DraftOutcome]


class FileChange(BaseModel):
    """A file of a draft that is not as it was published."""

    path: str
    kind: ChangeKind


class DraftVideoView(BaseModel):
    """What a draft says of a video. Files are relative to the roadmap."""

    url: str | None = None
    file: str | None = None
    duration_s: float | None = None
    required_share: float | None = None
    transcript: str | None = None
    captions: str | None = None


class MediaView(BaseModel):
    """A picture or a video that was put into a draft: where it lies in the roadmap, and as notes name it."""

    path: str
    link: str


class StepView(BaseModel):
    """A step of a draft. `path` is its main file in the workspace, where there is one."""

    slug: str
    type: str
    title: str
    path: str | None
    quiz_path: str | None
    points: int
    #: steps that have to be done first, all of them; null: the step before, or what only a text editor can say
    requires: list[str] | None
    #: names of a lab's data files
    data: list[str]
    #: of a video
    video: DraftVideoView | None = None


class DraftSummary(BaseModel):
    """A draft in a list."""

    id: UUID
    slug: str
    folder: str
    begun_at: datetime
    outcome: DraftOutcome | None


class DraftView(DraftSummary):
    """A draft with its steps, and what differs from what is published."""

    title: str
    #: whether nothing of this name is published yet
    is_new: bool
    steps: list[StepView]
    changes: list[FileChange]
    #: files that somebody else has published since the draft was begun
    conflicts: list[FileChange]


class PartView(BaseModel):
    """What became of a part of an imported file: of a cell, an item, a block or a file."""

    place: str
    outcome: PartOutcome
    text: str


class ImportedStepView(BaseModel):
    """A step that was imported, with what became of each part of its file."""

    slug: str
    title: str
    parts: list[PartView]

    @classmethod
    def of(cls, slug: str, step: ImportedStep) -> "ImportedStepView":
        """Return it as it was placed."""
        parts = [PartView(place=each.place, outcome=each.outcome, text=each.text) for each in step.reports]
        return cls(slug=slug, title=step.title, parts=parts)


class ImportOutcome(BaseModel):
    """What an import added to a draft."""

    draft: DraftView
    steps: list[ImportedStepView]


class DraftList(BaseModel):
    """The caller's drafts, by slug."""

    items: list[DraftSummary]
    next: None = None


class SourceView(BaseModel):
    """A roadmap's source. One that came with the product is copied to the site when it is changed."""

    slug: str
    title: str
    origin: Literal["product", "site"]
    authors: list[AuthorView]
    may_write: bool
    #: the caller's draft of it
    draft_id: UUID | None


class SourceList(BaseModel):
    """The sources of all roadmaps, by slug."""

    items: list[SourceView]
    next: None = None


class VersionView(BaseModel):
    """A publication of a roadmap."""

    commit: str
    author: str
    at: datetime
    message: str


class VersionList(BaseModel):
    """A roadmap's publications, the newest first."""

    items: list[VersionView]
    next: None = None


class ReleaseView(BaseModel):
    """A lab's student version as the draft has it now."""

    notebook: dict[str, Any]
    max_score: float
