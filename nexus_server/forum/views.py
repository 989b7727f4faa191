"""What readers of the forum see. Deleted and hidden posts keep their place, without their text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from nexus_server.learner import Learner
from nexus_server.store.models.forum import Post, Thread

#: shown in place of an author whose account is gone
GONE = "(account deleted)"

PostState = Literal["visible", "hidden", "deleted"]


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


def shape_thread(thread: Thread, author: Author) -> ThreadView:
    """Return the list's view of a thread."""
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
    )


def shape_post(post: Post, author: Author, reader: Learner, my_vote: int) -> PostView:
    """Return what `reader` may see of a post."""
    state: PostState = "deleted" if post.deleted_at else "hidden" if post.hidden_at else "visible"
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
    )
