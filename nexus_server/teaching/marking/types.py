"""What the marking desk shows and takes: the shapes of the contract."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.submissions.views import AppliedItem
from nexus_server.teaching.marking.grouping import Likeness

#: answers that one action marks at most
MAX_MARKED = 500
MAX_ITEMS = 30

ItemText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Comment = Annotated[str, StringConstraints(max_length=5000)]


class LabToMark(BaseModel):
    """A lab that has questions for people."""

    node_id: UUID
    title: str
    roadmap: str
    waiting: int
    marked: int


class LabsToMark(BaseModel):
    """A class's labs that have questions for people, those that wait first."""

    items: list[LabToMark]
    next: None = None


class Progress(BaseModel):
    """How much somebody did of a question, and what they have in hand."""

    user_id: UUID
    display_name: str
    marked: int
    in_hand: int


class QuestionProgress(BaseModel):
    """A question, and how far its marking is."""

    grade_id: str
    max_points: float
    waiting: int
    marked: int
    #: points of those that are marked
    mean_points: float | None
    people: list[Progress]


class DeskView(BaseModel):
    """A lab's questions for people."""

    node_id: UUID
    title: str
    is_anonymous: bool
    #: whether two people mark each answer, without seeing each other's marks
    takes_two: bool
    #: submissions whose answers were not read yet; asked again, a few more are
    unread: int
    questions: list[QuestionProgress]


class DeskChange(BaseModel):
    """How the lab is marked; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    is_anonymous: bool | None = None
    takes_two: bool | None = None


class RubricItemIn(BaseModel):
    """An item: a text for the learner, and points that it adds or takes off."""

    model_config = ConfigDict(extra="forbid")
    #: left out for a new item
    id: UUID | None = None
    text: ItemText
    points: float = Field(ge=-1000, le=1000, allow_inf_nan=False)
    #: marks keep it, and nobody is offered it
    is_retired: bool = False


class RubricIn(BaseModel):
    """A question's rubric as it shall be; the order of the items is that of their keys."""

    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[RubricItemIn], Field(max_length=MAX_ITEMS)]
    #: whether points are counted down from the whole
    starts_full: bool = False
    #: of the rubric that was changed; 0: there was none
    version: int = Field(ge=0)


class RubricItemView(BaseModel):
    """An item of a rubric, and how many marks have it."""

    id: UUID
    text: str
    points: float
    is_retired: bool
    used: int


class RubricView(BaseModel):
    """A question's rubric."""

    items: list[RubricItemView]
    starts_full: bool
    version: int


class GroupView(BaseModel):
    """Answers that are alike, and wait."""

    size: int
    #: how many of them somebody else has in hand
    in_hand: int
    first_id: UUID
    #: the beginning of one of them
    sample: str


class QuestionToMark(BaseModel):
    """A question with everything that marking it takes, but the answers."""

    grade_id: str
    #: the task as learners read it, Markdown
    task: str
    is_code: bool
    #: the author's own answer
    model_answer: str
    max_points: float
    rubric: RubricView
    groups: list[GroupView]
    #: comments that were given here before, the most frequent first
    snippets: list[str]


class GivenMark(BaseModel):
    """A mark that an answer was once given."""

    origin: str
    points: float
    comment: str | None
    rubric: list[AppliedItem]
    marked_by: str | None
    marked_at: datetime
    is_undone: bool


class AnswerView(BaseModel):
    """An answer to read and mark. With anonymous marking there is neither a name nor a way to the submission."""

    id: UUID
    name: str | None
    submission_id: UUID | None
    attempt: int | None
    is_code: bool
    text: str
    outputs: str
    points: float | None
    comment: str | None
    items: list[UUID]
    history: list[GivenMark]


class NextIn(BaseModel):
    """Which answers to take in hand next."""

    model_config = ConfigDict(extra="forbid")
    by: Likeness = "alike"
    #: answers that were skipped, or whose marks are on their way
    leave: Annotated[list[UUID], Field(max_length=10_000)] = []
    #: the group of this answer, not the largest one
    answer_id: UUID | None = None


class InHand(BaseModel):
    """A group of alike answers that the caller has in hand; none: nothing waits that nobody else has."""

    answer: AnswerView | None
    #: the whole group, `answer` first
    ids: list[UUID]
    #: other texts in the group, to see what "alike" means here
    variants: list[str]
    until: datetime | None
    waiting: int


class ReleaseIn(BaseModel):
    """What to give back."""

    model_config = ConfigDict(extra="forbid")
    answers: Annotated[list[UUID], Field(min_length=1, max_length=10_000)]


class MarkIn(BaseModel):
    """A mark for one answer or a group of them."""

    model_config = ConfigDict(extra="forbid")
    answers: Annotated[list[UUID], Field(min_length=1, max_length=MAX_MARKED)]
    items: Annotated[list[UUID], Field(max_length=MAX_ITEMS)] = []
    #: points instead of the rubric's sum
    points: float | None = Field(None, ge=0, allow_inf_nan=False)
    comment: Comment | None = None
    #: whether answers that were marked before get this mark instead
    again: bool = False
    #: the same for all parts of one action, which are undone together
    batch_id: UUID | None = None


WhyLeft = Literal["gone", "in_hand", "marked", "regraded"]


class Unmarked(BaseModel):
    """An answer that was left as it was: it is gone, somebody else has or marked it, or it is being graded again."""

    answer_id: UUID
    why: WhyLeft


class MarkOut(BaseModel):
    """What came of a mark."""

    batch_id: UUID
    points: float
    marked: int
    left: list[Unmarked]


class UndoIn(BaseModel):
    """Which action to undo."""

    model_config = ConfigDict(extra="forbid")
    batch_id: UUID


class UndoOut(BaseModel):
    """How many answers wait again, or have what they had; and how many were changed since, and stay."""

    undone: int
    changed_since: int
