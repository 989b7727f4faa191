"""What readers of the forum see. Posts that one may not read keep their place, without their text."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.matching import ExcerptPiece, Match
from nexus_server.store.models.forum import Post, Thread

#: shown in place of an author whose account is gone
GONE = "(account deleted)"

#: blocked: the reader blocked its author; spoiler: it shows the solution of a lab that the reader has not completed
PostState = Literal["visible", "hidden", "deleted", "blocked", "spoiler"]


class Sort(StrEnum):
    """How threads are ordered; pinned ones always come first."""

    ACTIVE = "active"
    NEW = "new"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it; the id is None for deleted accounts."""

    id: UUID | None
    display_name: str
    is_staff: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread in a list."""

    id: UUID
    node_id: UUID | None
    title: str
    author: Author
    created_at: datetime
    last_post_at: datetime
    post_count: int
    accepted_post_id: UUID | None
    locked: bool
    pinned: bool
    #: whether the reader hears of new posts; lists do not say
    is_followed: bool | None = None
    #: where the words that were looked for stand; empty unless somebody searched
    excerpt: tuple[ExcerptPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadReading:
    """What decides about the texts that a reader sees in a thread."""

    reader: Learner
    #: whom the reader blocked
    blocked: Collection[UUID] = ()
    #: the labs that the reader has completed, of those that are spoiled
    completed: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as the reader may see it. `my_vote` is -1, 0 or 1; `body_md` only goes to who may edit it."""

    id: UUID
    author: Author
    body_html: str
    body_md: str | None
    score: int
    my_vote: int
    created_at: datetime
    edited_at: datetime | None
    state: PostState
    may_edit: bool
    is_spoiler: bool


def shape_thread(thread: Thread, author: Author, found: Match | None = None) -> ThreadView:
    """Return the list's view of a thread; `found` is how it answers a search."""
    return ThreadView(
        id=thread.id,
        node_id=thread.node_id,
        title=thread.title,
        author=author,
        created_at=thread.created_at,
        last_post_at=thread.last_post_at,
        post_count=thread.post_count,
        accepted_post_id=thread.accepted_post_id,
        locked=thread.locked_at is not None,
        pinned=thread.pinned_at is not None,
        excerpt=found.excerpt if found else (),
    )


def shape_post(post: Post, author: Author, reading: ThreadReading, my_vote: int) -> PostView:
    """Return what a reader may see of a post."""
    reader, state = reading.reader, _state(post, author, reading)
    is_readable = state == "visible" or (state == "hidden" and reader.is_staff)
    may_edit = state != "deleted" and (post.author_id == reader.id or reader.is_staff)
    return PostView(
        id=post.id,
        author=author,
        body_html=post.body_html if is_readable else "",
        body_md=post.body_md if may_edit and is_readable else None,
        score=post.score,
        my_vote=my_vote,
        created_at=post.created_at,
        edited_at=post.edited_at,
        state=state,
        may_edit=may_edit,
        is_spoiler=post.spoiler_node_id is not None,
    )


def _state(post: Post, author: Author, reading: ThreadReading) -> PostState:
    if post.deleted_at:
        return "deleted"
    if post.hidden_at:
        return "hidden"
    if author.id in reading.blocked and not author.is_staff:
        return "blocked"
    is_allowed = reading.reader.is_staff or post.author_id == reading.reader.id
    is_spoiled = post.spoiler_node_id is not None and post.spoiler_node_id not in reading.completed
    return "spoiler" if is_spoiled and not is_allowed else "visible"
