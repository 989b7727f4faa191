"""The schema of ``roadmap.yaml``."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from nexus_server.learning import Difficulty

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
MAX_SLUG = 120
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=MAX_SLUG)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]
#: of a timed exam: a day
MAX_LIMIT_MINUTES = 1_440


class Strict(BaseModel):
    """A part of a content file: unknown keys are errors, because they are nearly always misspelt ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MinimumScore(Strict):
    """A node that must have been done with at least this share of its points."""

    node: Slug
    min_score: Share


class Requires(Strict):
    """What unlocks a node: all of some nodes, or any of them; empty for nothing."""

    all: list[Slug | MinimumScore] | None = Field(None, min_length=1)
    any: list[Slug | MinimumScore] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.all and self.any:
            raise ValueError("give either `all` or `any`, not both")
        return self


class VideoSpec(Strict):
    """Where a video is, and what counts as having watched it."""

    url: str | None = None
    file: str | None = None
    duration_s: float | None = Field(None, gt=0)
    #: Markdown file
    transcript: str | None = None
    #: WebVTT file
    captions: str | None = None
    #: share that must be watched before the node can be completed; without it the learner may say so
    required_share: Share | None = None

    @field_validator("url")
    @classmethod
    def _https(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme != "https" or not urlsplit(value).netloc):
            raise ValueError("a video's url begins with https://")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.url is None) == (self.file is None):
            raise ValueError("a video has either a `url` or a `file`")
        if self.required_share is not None and self.duration_s is None:
            raise ValueError("`required_share` needs `duration_s`")
        return self


class Limits(Strict):
    """What a lab's kernel may use, where it differs from the site's defaults."""

    memory_mb: int | None = Field(None, ge=64, le=16_384)
    cpu_share: float | None = Field(None, gt=0, le=16)
    cell_timeout_s: float | None = Field(None, gt=0, le=3600)
    notebook_timeout_s: float | None = Field(None, gt=0, le=14_400)


#: what helps a learner beside the lab itself: other people, code elsewhere, hints and chat
ExamAid = Literal["forum", "playground", "tutor"]


class LabSpec(Strict):
    """How a lab runs and how it is graded."""

    kernel: str = "nexus-python"
    #: files that the notebook reads; they stand beside it under the same names
    data: list[str] = []
    #: folder, relative to the roadmap's, in which `data` lies
    data_root: str = ""
    #: share of the points that completes the node
    pass_score: Share = 0.6
    limits: Limits = Limits()
    #: how many submissions count; None for any number
    attempts: int | None = Field(None, ge=1)
    attempt_policy: Literal["best", "last", "first"] = "best"
    #: before this moment nobody can open the lab or hand it in; None: as soon as it is unlocked
    opens: AwareDatetime | None = None
    deadline: AwareDatetime | None = None
    #: none, zero, or the share taken off for each day begun after the deadline
    late_penalty: Literal["none", "zero"] | Share = "none"
    #: time from starting it to its end, which makes it a timed exam; None: as long as one likes
    time_limit_minutes: int | None = Field(None, ge=1, le=MAX_LIMIT_MINUTES)
    #: what stays open, anywhere on the site, to those who sit this exam; the rest is closed until it is over
    exam_allows: list[ExamAid] = []
    #: modules imported in a warm kernel before it is handed over
    preloads: list[str] = []
    #: short practice after a note: visible tests only, one point a cell, no attempts counted
    drill: bool = False

    @model_validator(mode="after")
    def _drills_count_nothing(self) -> Self:
        limits = (self.attempts, self.deadline, self.time_limit_minutes)
        if self.drill and any(limit is not None for limit in limits):
            raise ValueError("a drill counts no attempts and has neither a deadline nor a time limit")
        return self

    @model_validator(mode="after")
    def _opens_before_it_is_due(self) -> Self:
        if self.opens is not None and self.deadline is not None and self.opens >= self.deadline:
            raise ValueError("`opens` is not before `deadline`")
        return self


class NodeEntry(Strict):
    """One step of a roadmap."""

    slug: Slug
    #: slugs that the node had before; progress, grades and the learners' files stay with it
    renamed_from: list[Slug] = []
    type: Literal["video", "note", "lab"]
    title: Title
    #: base points of the XP formula
    points: int = Field(10, ge=0, le=10_000)
    file: str | None = None
    quiz: str | None = None
    video: VideoSpec | None = None
    lab: LabSpec | None = None
    #: absent: the node before; {}: nothing
    requires: Requires | None = None

    @model_validator(mode="after")
    def _parts_fit_the_type(self) -> Self:
        if self.type in ("note", "lab") and self.file is None:
            raise ValueError(f"a {self.type} needs a `file`")
        if (self.type == "video") != (self.video is not None):
            raise ValueError("`video:` belongs to nodes of type video, and only to them")
        if self.type != "lab" and self.lab is not None:
            raise ValueError("`lab:` belongs to nodes of type lab")
        if self.type == "lab" and self.quiz is not None:
            raise ValueError("a lab is completed by its grade; put the quiz on a note")
        return self


class Licences(Strict):
    """Under which licences a roadmap's files may be used, and who made them."""

    #: of notes, quizzes and labs, such as `BSD-3-Clause`
    texts: str = Field(min_length=1)
    #: of data, images and videos, and where they come from
    data: str = Field(min_length=1)


class RoadmapFile(Strict):
    """A whole roadmap.yaml."""

    slug: Slug
    #: slugs, and folders, that the roadmap had before
    renamed_from: list[Slug] = []
    title: Title
    description: str = ""
    difficulty: Difficulty
    order_index: int = 0
    #: file with the map of concepts
    concepts: str | None = None
    #: file with badges of its own
    badges: str | None = None
    licences: Licences | None = None
    nodes: list[NodeEntry] = Field(min_length=1)
