"""Groups of a class that hand a lab in together."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Key


class WorkGroup(Base):
    """A group of a class, for one lab."""

    __tablename__ = "work_groups"
    __table_args__ = (UniqueConstraint("cohort_id", "node_id", "name"),)

    id: Mapped[Key]
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))


class WorkGroupMember(Base):
    """Who belongs to a group: nobody to two of one lab."""

    __tablename__ = "work_group_members"

    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id", ondelete="CASCADE"), index=True)
