"""Marking by two people who do not see each other's marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blind_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("items", JSON, nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["hand_answers.id"], name="fk_blind_marks_answer_id_hand_answers", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["users.id"], name="fk_blind_marks_marked_by_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_blind_marks"),
        sa.UniqueConstraint("answer_id", "marked_by", name="uq_blind_marks_answer_id_marked_by"),
    )
    op.create_index("ix_blind_marks_marked_by", "blind_marks", ["marked_by"])
    op.create_index("ix_blind_marks_batch_id", "blind_marks", ["batch_id"])
    with op.batch_alter_table("marking_desks") as table:
        table.add_column(sa.Column("takes_two", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("marking_desks") as table:
        table.drop_column("takes_two")
    op.drop_table("blind_marks")
