"""Graders of a class, who read and mark what its students hand in."""

from alembic import op

revision = "0036"
down_revision = "0032"
branch_labels = None
depends_on = None

ROLE = "ck_cohort_members_role"


def upgrade() -> None:
    with op.batch_alter_table("cohort_members") as table:
        table.drop_constraint(op.f(ROLE), type_="check")
        table.create_check_constraint(op.f(ROLE), "role in ('student', 'instructor', 'grader')")


def downgrade() -> None:
    op.execute("delete from cohort_members where role = 'grader'")
    with op.batch_alter_table("cohort_members") as table:
        table.drop_constraint(op.f(ROLE), type_="check")
        table.create_check_constraint(op.f(ROLE), "role in ('student', 'instructor')")
