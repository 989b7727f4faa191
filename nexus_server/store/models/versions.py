"""Former versions of learners' notebooks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key


class NotebookVersion(Base):
    """A notebook as it was before a save replaced it, without outputs."""

    __tablename__ = "notebook_versions"
    __table_args__ = (Index("ix_notebook_versions_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    #: API path in the learner's workspace; follows the notebook when it is renamed
    path: Mapped[str] = mapped_column(String(1000))
    #: SHA-256 of what was written in it, see `notebook_format/comparing.py`
    work: Mapped[str] = mapped_column(String(64))
    cells: Mapped[int]
    #: nbformat JSON, zlib
    notebook: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: bytes of `notebook`
    size_bytes: Mapped[int]
    #: when the file was written
    saved_at: Mapped[datetime]
    #: when it was replaced
    created_at: Mapped[Created]
