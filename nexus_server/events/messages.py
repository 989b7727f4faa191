"""What a learner's open tabs are told: a model per event, which is JSON on the socket and in the API's document.

A new event is a subclass of `EventMessage` that `Event` names: the front end's types are made from that union.
"""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, RootModel


class EventMessage(BaseModel):
    """Something that happened. `type` says what, and which other fields there are."""

    model_config = ConfigDict(frozen=True)


class Hello(EventMessage):
    """The socket is open: what happens from now on is told.

    `is_resumed`: what happened since the cursor that the tab came with follows. Else it has to ask for its state anew.
    `cursor` is what to come back with as long as nothing else is told.
    """

    type: Literal["hello"] = "hello"
    is_resumed: bool = False
    cursor: str = ""


class Missed(EventMessage):
    """The tab read too slowly, and what it left was dropped: it has to ask for its state anew."""

    type: Literal["missed"] = "missed"


class GradingProgress(EventMessage):
    """A submission came a step further. The points are there once it is graded."""

    type: Literal["grading.progress"] = "grading.progress"
    submission_id: UUID
    node_id: UUID
    status: Literal["queued", "running", "graded", "failed"]
    score: float | None = None
    max_score: float | None = None


class SubmissionPosition(EventMessage):
    """Where a submission is in the line for grading, counted from 1."""

    type: Literal["queue.position"] = "queue.position"
    submission_id: UUID
    node_id: UUID
    position: int


class KernelPosition(EventMessage):
    """How many starts are before a kernel's; 0 is its turn. `wait_s` is about how long that takes, null at first."""

    type: Literal["queue.position"] = "queue.position"
    kernel_id: str
    position: int
    wait_s: int | None = None


class KernelDied(EventMessage):
    """A kernel ended. `reason` names why, `message` says what to do."""

    type: Literal["kernel.died"] = "kernel.died"
    kernel_id: str
    reason: str
    message: str


class KernelLimit(EventMessage):
    """A cell ran into a limit of its kernel, which lives on.

    With `server` as limit it is told when the kernel ends, with `frozen` and `thawed` whether it stands still.
    """

    type: Literal["kernel.limit"] = "kernel.limit"
    kernel_id: str
    limit: str
    message: str


class CellInterrupted(EventMessage):
    """A cell ran for too long and was interrupted; its kernel lives on."""

    type: Literal["cell.interrupted"] = "cell.interrupted"
    kernel_id: str
    reason: Literal["wall_clock"] = "wall_clock"
    message: str


class XpAwarded(EventMessage):
    """XP were awarded: `amount` of them, `streak_bonus` of these for the streak; `xp` is the new total."""

    type: Literal["xp.awarded"] = "xp.awarded"
    amount: int
    xp: int
    reason: str
    streak_bonus: int


class RankUp(EventMessage):
    """The learner's rank changed."""

    type: Literal["rank.up"] = "rank.up"
    rank: str
    before: str


class StreakChanged(EventMessage):
    """The learner's streak grew or began anew, in days."""

    type: Literal["streak.changed"] = "streak.changed"
    streak_count: int
    before: int


class BadgeEarned(EventMessage):
    """The learner earned a badge."""

    type: Literal["badge.earned"] = "badge.earned"
    slug: str
    name: str
    icon_url: str


class NodeUnlocked(EventMessage):
    """A step is open to the learner now."""

    type: Literal["node.unlocked"] = "node.unlocked"
    node_id: UUID
    slug: str
    title: str


class ContentChanged(EventMessage):
    """Steps were added, changed or archived. They are named ``roadmap/node``."""

    type: Literal["content.changed"] = "content.changed"
    nodes: list[str]


class DraftChanged(EventMessage):
    """A check or a publication of one's draft has ended."""

    type: Literal["draft.changed"] = "draft.changed"
    draft_id: UUID
    state: str


class LeaderboardChanged(EventMessage):
    """Somebody's scores changed; `period` is the ISO week."""

    type: Literal["leaderboard.changed"] = "leaderboard.changed"
    period: str


class Event(
    RootModel[
        Hello
        | Missed
        | GradingProgress
        | SubmissionPosition
        | KernelPosition
        | KernelDied
        | KernelLimit
        | CellInterrupted
        | XpAwarded
        | RankUp
        | StreakChanged
        | BadgeEarned
        | NodeUnlocked
        | ContentChanged
        | DraftChanged
        | LeaderboardChanged
    ]
):
    """A message of the event socket.

    Each has a `cursor` besides: a tab comes back with the last one (`?after=`), and hears what it missed. Some of that
    may come twice, with the same cursor.
    """
