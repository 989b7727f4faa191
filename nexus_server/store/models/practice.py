"""Practice: what learners answered when they looked again at what they had learnt."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nexus_server.store.models.base import Base, Created, Key


class PracticeAnswer(Base):
    """An answer to a quiz item in a practice session. It pays nothing, and counts once a day as evidence of mastery."""

    __tablename__ = "practice_answers"
    __table_args__ = (UniqueConstraint("user_id", "quiz_id", "item", "day"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), index=True)
    #: the question's id in its quiz
    item: Mapped[str] = mapped_column(String(200))
    #: in UTC
    day: Mapped[date]
    correct: Mapped[bool]
    created_at: Mapped[Created]


class CodePracticeAnswer(Base):
    """An answer to a short code task of a drill in a practice session: evidence once a day, and no points."""

    __tablename__ = "code_practice_answers"
    __table_args__ = (UniqueConstraint("user_id", "node_id", "item", "day"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    #: the id of the graded cell
    item: Mapped[str] = mapped_column(String(200))
    #: in UTC
    day: Mapped[date]
    correct: Mapped[bool]
    created_at: Mapped[Created]
