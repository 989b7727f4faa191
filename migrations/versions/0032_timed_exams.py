"""Timed exams that learners started, and grades that wait for their release."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_sittings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(300), nullable=False, server_default=""),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_exam_sittings_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name="fk_exam_sittings_node_id_nodes", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_exam_sittings"),
        sa.UniqueConstraint("user_id", "node_id", name="uq_exam_sittings_user_id_node_id"),
    )
    op.create_index("ix_exam_sittings_node_id", "exam_sittings", ["node_id"])
    op.create_index("ix_exam_sittings_check_at", "exam_sittings", ["check_at"])
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("submissions") as table:
        table.drop_column("is_held")
    op.drop_table("exam_sittings")
