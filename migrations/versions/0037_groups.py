"""Groups that hand in together, and submissions that are everybody's of a group."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

COPY_OF = "fk_submissions_copy_of_submissions"


def upgrade() -> None:
    op.create_table(
        "work_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name="fk_work_groups_cohort_id_cohorts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name="fk_work_groups_node_id_nodes", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_work_groups"),
        sa.UniqueConstraint("cohort_id", "node_id", "name", name="uq_work_groups_cohort_id_node_id_name"),
    )
    op.create_index("ix_work_groups_node_id", "work_groups", ["node_id"])
    op.create_table(
        "work_group_members",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"], ["nodes.id"], name="fk_work_group_members_node_id_nodes", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_work_group_members_user_id_users", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["work_groups.id"], name="fk_work_group_members_group_id_work_groups", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("node_id", "user_id", name="pk_work_group_members"),
    )
    op.create_index("ix_work_group_members_user_id", "work_group_members", ["user_id"])
    op.create_index("ix_work_group_members_group_id", "work_group_members", ["group_id"])
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("copy_of", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f(COPY_OF), "submissions", ["copy_of"], ["id"], ondelete="SET NULL")
        table.create_index("ix_submissions_copy_of", ["copy_of"])


def downgrade() -> None:
    with op.batch_alter_table("submissions") as table:
        table.drop_index("ix_submissions_copy_of")
        table.drop_constraint(op.f(COPY_OF), type_="foreignkey")
        table.drop_column("copy_of")
    op.drop_table("work_group_members")
    op.drop_table("work_groups")
