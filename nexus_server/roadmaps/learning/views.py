"""What learners are shown of roadmaps and nodes: the shapes of the contract."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from nexus_server.learning import Difficulty
from nexus_server.roadmaps.learning.exam_view import ExamView
from nexus_server.roadmaps.learning.groups import OwnGroupView
from nexus_server.roadmaps.learning.terms import ChangedTerm

NodeType = Literal["video", "note", "lab"]


class NodeStatus(StrEnum):
    """Where a learner stands on a node. `available` is unlocked and not yet opened."""

    LOCKED = "locked"
    AVAILABLE = "available"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class RoadmapView(BaseModel):
    """A roadmap with my completion."""

    id: UUID
    slug: str
    title: str
    description: str
    difficulty: Difficulty
    order_index: int
    node_count: int
    completed_count: int
    #: share of the nodes that I completed, 0 to 1
    completion: float


class NodeView(BaseModel):
    """One step, in a list. `requires` is an expression over node slugs."""

    id: UUID
    slug: str
    title: str
    type: NodeType
    order_index: int
    requires: dict[str, Any]
    status: NodeStatus
    #: share of the points, 0 to 1
    score: float | None
    points: int
    #: what completing it pays, without a streak's bonus
    xp: int
    summary: str
    minutes: float | None
    has_quiz: bool


class RoadmapDetail(RoadmapView):
    """A roadmap with its steps in order."""

    nodes: list[NodeView]


class VideoView(BaseModel):
    """Where a video is."""

    url: str
    duration_s: float | None
    captions_url: str | None
    transcript_html: str | None
    #: share to be watched before the step can be completed; None: the learner decides
    required_share: float | None


class LabView(BaseModel):
    """How a lab is graded, on which terms for me, and which version of it is in my workspace."""

    kernel_name: str
    pass_score: float
    opens: datetime | None
    attempts: int | None
    attempt_policy: Literal["best", "last", "first"]
    deadline: datetime | None
    late_penalty: str | float
    #: share of the time from opening to the deadline that was added; `deadline` has it in it
    extra_time: float
    #: the terms that an instructor changed for me, for those with a label of mine, or for my class
    changed_terms: list[ChangedTerm]
    #: before the extra time
    time_limit_minutes: int | None
    #: how a timed exam stands; None where there is no time limit
    exam: ExamView | None
    #: with whom I hand in; None: I work alone
    group: OwnGroupView | None
    #: where my practice copy of a lab that is over is, or would be; None: the lab goes on
    practice_path: str | None
    #: whether a newer release exists than the one in my workspace; `reset` fetches it and keeps my work aside
    new_version: bool


class NodeDetail(NodeView):
    """One step with its content, as safe HTML."""

    roadmap_id: UUID
    roadmap_slug: str
    roadmap_title: str
    difficulty: Difficulty
    content_html: str
    #: resume point: seconds into a video, or a share of a note
    position: float | None
    video: VideoView | None
    watched: list[tuple[float, float]] | None
    watched_share: float | None
    lab: LabView | None


class UnlockedView(BaseModel):
    """A step that has just been unlocked."""

    id: UUID
    slug: str
    title: str
    type: NodeType


class OpenedView(BaseModel):
    """A step that was opened; for a lab, where its notebook is in my workspace."""

    status: NodeStatus
    path: str | None = None
    kernel_name: str | None = None


class ResetView(OpenedView):
    """A lab that is back at its release."""

    #: where the work that it replaced was put
    kept_path: str | None = None


class CompletedView(BaseModel):
    """What completing a step brought."""

    status: NodeStatus
    score: float | None
    xp_awarded: int
    unlocked: list[UnlockedView]


class PositionView(BaseModel):
    """The stored resume point, and for a video how much of it was watched."""

    position: float
    status: NodeStatus
    watched_share: float | None
    xp_awarded: int
    unlocked: list[UnlockedView]


class ProgressRow(BaseModel):
    """One node's standing."""

    node_id: UUID
    roadmap_slug: str
    slug: str
    title: str
    type: NodeType
    status: NodeStatus
    score: float | None
    points: int
    completed_at: datetime | None


class RoadmapList(BaseModel):
    """Every roadmap, in the site's order."""

    items: list[RoadmapView]
    next: str | None = None


class ProgressList(BaseModel):
    """Every node of every roadmap."""

    items: list[ProgressRow]
    next: str | None = None
