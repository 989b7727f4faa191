"""Whether *Next for you* chooses for a class, or follows the roadmap."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cohorts") as cohorts:
        cohorts.add_column(sa.Column("next_order", sa.String(length=8), server_default="chosen", nullable=False))
        cohorts.create_check_constraint(op.f("ck_cohorts_next_order"), "next_order in ('chosen', 'fixed')")


def downgrade() -> None:
    with op.batch_alter_table("cohorts") as cohorts:
        cohorts.drop_constraint(op.f("ck_cohorts_next_order"), type_="check")
        cohorts.drop_column("next_order")
