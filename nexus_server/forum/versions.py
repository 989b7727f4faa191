"""What a post said before it was edited: for its author and for moderators, who need to know what was changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from nexus_server.forum.errors import NotYourPostError
from nexus_server.forum.posts import get_post
from nexus_server.forum.reading import find_authors
from nexus_server.forum.views import Author
from nexus_server.learner import Learner
from nexus_server.store.database import Database
from nexus_server.store.models.forum import Post, PostVersion


@dataclass(frozen=True, slots=True)
class PostVersionView:
    """A text that was replaced, when and by whom."""

    body_html: str
    replaced_at: datetime
    edited_by: Author


class PostVersions:
    """Reads them."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_versions(self, reader: Learner, post_id: UUID) -> list[PostVersionView]:
        """Return what a post said before, the last first.

        Raises:
            PostNotFoundError: there is no such post.
            NotYourPostError: the reader is neither its author nor a moderator.
        """
        query = select(PostVersion).where(PostVersion.post_id == post_id)
        async with self._database.reading() as session:
            post = await get_post(session, post_id)
            if post.author_id != reader.id and not reader.is_staff:
                raise NotYourPostError
            rows = list(await session.scalars(query.order_by(PostVersion.replaced_at.desc(), PostVersion.id)))
            authors = await find_authors(session, {row.edited_by for row in rows})
        return [PostVersionView(row.body_html, row.replaced_at, authors[row.edited_by]) for row in rows]


def version_of(post: Post, editor: Learner, now: datetime) -> PostVersion:
    """Return the row that keeps what a post says now."""
    return PostVersion(
        post_id=post.id, body_md=post.body_md, body_html=post.body_html, edited_by=editor.id, replaced_at=now
    )
