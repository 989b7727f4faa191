"""Students of a class have labels, by which terms may differ."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
OLD, NEW = "uq_terms_overrides_node_id_cohort_id", "uq_terms_overrides_node_id_cohort_id_label"


def upgrade() -> None:
    with op.batch_alter_table("cohort_members") as table:
        table.add_column(sa.Column("labels", JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("terms_overrides") as table:
        table.add_column(sa.Column("label", sa.String(60), nullable=False, server_default=""))
        table.drop_constraint(OLD, type_="unique")
        table.create_unique_constraint(NEW, ["node_id", "cohort_id", "label"])


def downgrade() -> None:
    op.execute("DELETE FROM terms_overrides WHERE label <> ''")
    with op.batch_alter_table("terms_overrides") as table:
        table.drop_constraint(NEW, type_="unique")
        table.create_unique_constraint(OLD, ["node_id", "cohort_id"])
        table.drop_column("label")
    with op.batch_alter_table("cohort_members") as table:
        table.drop_column("labels")
