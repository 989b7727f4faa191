"""Terms of a lab that differ for a learner or a class."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terms_overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column(
            "terms",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(user_id is null) <> (cohort_id is null)", name=op.f("ck_terms_overrides_one_holder")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_terms_overrides_cohort_id_cohorts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_terms_overrides_created_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["nodes.id"], name=op.f("fk_terms_overrides_node_id_nodes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_terms_overrides_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_overrides")),
        sa.UniqueConstraint("node_id", "cohort_id", name=op.f("uq_terms_overrides_node_id_cohort_id")),
        sa.UniqueConstraint("node_id", "user_id", name=op.f("uq_terms_overrides_node_id_user_id")),
    )
    op.create_index(op.f("ix_terms_overrides_cohort_id"), "terms_overrides", ["cohort_id"])
    op.create_index(op.f("ix_terms_overrides_user_id"), "terms_overrides", ["user_id"])


def downgrade() -> None:
    op.drop_table("terms_overrides")
