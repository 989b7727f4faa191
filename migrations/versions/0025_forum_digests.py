"""Who wants a mail a day about the forum."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forum_digests",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_forum_digests_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_forum_digests")),
        sa.UniqueConstraint("token", name=op.f("uq_forum_digests_token")),
    )
    op.create_index(op.f("ix_forum_digests_sent_at"), "forum_digests", ["sent_at"])


def downgrade() -> None:
    op.drop_table("forum_digests")
