"""Badges come from roadmaps' files, too, can be withdrawn, and have drawn icons."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("badges", sa.Column("origin", sa.String(120), nullable=False, server_default=""))
    op.add_column("badges", sa.Column("is_offered", sa.Boolean(), nullable=False, server_default=sa.true()))
    _retype_icons(sa.Text())


def downgrade() -> None:
    op.execute("UPDATE badges SET icon_url = '' WHERE length(icon_url) > 400")
    _retype_icons(sa.String(400))
    op.drop_column("badges", "is_offered")
    op.drop_column("badges", "origin")


def _retype_icons(kind: sa.types.TypeEngine[str]) -> None:
    """Change the column's type; SQLite would drop the table for it, and with it who earned which badge."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("badges", "icon_url", type_=kind, existing_nullable=False)
        return
    op.add_column("badges", sa.Column("icon", kind, nullable=False, server_default=""))
    op.execute("UPDATE badges SET icon = icon_url")
    op.drop_column("badges", "icon_url")
    op.execute("ALTER TABLE badges RENAME COLUMN icon TO icon_url")
