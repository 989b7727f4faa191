"""Finding posts to change, and who posts too much."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.forum.errors import PostNotFoundError
from nexus_server.store.models.forum import Post


class PostLimiter(Protocol):
    """Refuses who posts too much."""

    async def hit(self, name: str, *per: UUID | str) -> None:
        """Count one more."""
        ...


async def get_post(session: AsyncSession, post_id: UUID, *, lock: bool = False) -> Post:
    """Return a post that was not deleted.

    Raises:
        PostNotFoundError: there is none.
    """
    post = await session.get(Post, post_id, with_for_update=lock or None)
    if post is None or post.deleted_at is not None:
        raise PostNotFoundError
    return post
