"""The jobs of the grading queue (PostgreSQL), and grades that nobody was told of yet.

Procrastinate brings its own schema, and the installed package is asked for it. A newer Procrastinate whose schema differs needs
a migration of ours that runs the package's own where they have not run yet: a database that is new then gets all from here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("events", "periodic_defers", "jobs", "workers")
TYPES = ("job_to_defer_v1", "job_status", "job_event_type")


def upgrade() -> None:
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("untold_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_submissions_untold_since"), ["untold_since"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        from procrastinate.schema import SchemaManager  # noqa: PLC0415  a server on SQLite does without it

        # Many statements, with per cent signs and colons in them: only the driver itself takes them as they are.
        with op.get_bind().connection.driver_connection.cursor() as cursor:
            cursor.execute(SchemaManager.get_schema())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TABLE procrastinate_{table} CASCADE")
        functions = (
            "SELECT oid::regprocedure::text FROM pg_proc "
            "WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'procrastinate_')"
        )
        for (function,) in op.get_bind().execute(sa.text(functions)).all():
            op.execute(f"DROP FUNCTION {function}")
        for kind in TYPES:
            op.execute(f"DROP TYPE procrastinate_{kind}")
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submissions_untold_since"))
        batch_op.drop_column("untold_since")
