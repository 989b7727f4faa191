"""A person may choose the application that a login leads to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("application", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "application")
