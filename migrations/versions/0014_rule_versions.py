"""Each payment of XP says by which version of the rules it was paid."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("xp_ledger", sa.Column("rule_version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("xp_ledger", "rule_version")
