"""Schemes of final grades, marks for whole steps, notes on learners, and what was exported last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _reference(table: str, column: str, to: str, on_delete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=on_delete)


def upgrade() -> None:
    op.create_table(
        "grading_schemes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("roadmap_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", JSON, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _reference("grading_schemes", "roadmap_id", "roadmaps"),
        _reference("grading_schemes", "cohort_id", "cohorts"),
        _reference("grading_schemes", "changed_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_grading_schemes"),
        sa.UniqueConstraint("roadmap_id", "cohort_id", name="uq_grading_schemes_roadmap_id_cohort_id"),
    )
    op.create_index("ix_grading_schemes_cohort_id", "grading_schemes", ["cohort_id"])
    op.create_table(
        "step_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        _reference("step_marks", "user_id", "users"),
        _reference("step_marks", "node_id", "nodes"),
        _reference("step_marks", "given_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_step_marks"),
    )
    op.create_index("ix_step_marks_user_id_node_id", "step_marks", ["user_id", "node_id"])
    op.create_index("ix_step_marks_node_id", "step_marks", ["node_id"])
    current = sa.text("is_current")
    op.create_index(
        "uq_step_marks_current",
        "step_marks",
        ["user_id", "node_id"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )
    op.create_table(
        "gradebook_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("roadmap_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _reference("gradebook_notes", "roadmap_id", "roadmaps"),
        _reference("gradebook_notes", "user_id", "users"),
        _reference("gradebook_notes", "written_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_gradebook_notes"),
        sa.UniqueConstraint("roadmap_id", "user_id", name="uq_gradebook_notes_roadmap_id_user_id"),
    )
    op.create_index("ix_gradebook_notes_user_id", "gradebook_notes", ["user_id"])
    op.create_table(
        "gradebook_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exported_by", sa.Uuid(), nullable=False),
        sa.Column("roadmap_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False),
        _reference("gradebook_exports", "exported_by", "users"),
        _reference("gradebook_exports", "roadmap_id", "roadmaps"),
        _reference("gradebook_exports", "cohort_id", "cohorts"),
        sa.PrimaryKeyConstraint("id", name="pk_gradebook_exports"),
    )
    op.create_index("ix_gradebook_exports_exported_by", "gradebook_exports", ["exported_by", "roadmap_id"])
    op.create_table(
        "exported_grades",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("grades", JSON, nullable=False),
        _reference("exported_grades", "export_id", "gradebook_exports"),
        _reference("exported_grades", "user_id", "users"),
        sa.PrimaryKeyConstraint("export_id", "user_id", name="pk_exported_grades"),
    )
    op.create_index("ix_exported_grades_user_id", "exported_grades", ["user_id"])


def downgrade() -> None:
    op.drop_table("exported_grades")
    op.drop_table("gradebook_exports")
    op.drop_table("gradebook_notes")
    op.drop_table("step_marks")
    op.drop_table("grading_schemes")
