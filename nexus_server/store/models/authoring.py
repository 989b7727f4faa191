"""Who writes roadmaps, and what they have begun to change."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key, PortableJSON, Slug


class RoadmapAuthor(Base):
    """Somebody who may write a roadmap. The roadmap is named by its folder: it need not be published yet."""

    __tablename__ = "roadmap_authors"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    added_at: Mapped[Created]


class ContentDraft(Base):
    """A roadmap that somebody is changing. Its files are in their workspace; here is what it was begun from."""

    __tablename__ = "content_drafts"
    __table_args__ = (UniqueConstraint("user_id", "slug"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    slug: Mapped[Slug]
    #: folder in the workspace
    folder: Mapped[str] = mapped_column(String(200))
    #: SHA-256 of each file as it was published when the draft was begun; empty for a new roadmap
    base: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    #: what the last check or publication found; null before the first
    outcome: Mapped[dict[str, Any] | None] = mapped_column(PortableJSON)
    begun_at: Mapped[Created]
