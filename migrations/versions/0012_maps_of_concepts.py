"""Roadmaps know their map of concepts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("roadmaps", sa.Column("concepts", kind, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("roadmaps", "concepts")
