"""The servers of a site, and which of them holds a kernel."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SESSION_OF_A_DOCUMENT = "uq_kernel_sessions_user_id_path_type"
SESSION_ON_A_SERVER = "uq_kernel_sessions_user_id_server_id_path_type"


def upgrade() -> None:
    op.create_table(
        "servers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kernels_max", sa.Integer(), nullable=False),
        sa.Column("incarnation", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("clock_offset_s", sa.Float(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servers")),
    )
    with op.batch_alter_table("kernels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("server_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_kernels_server_id"), ["server_id"])
    with op.batch_alter_table("kernel_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("server_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_kernel_sessions_server_id"), ["server_id"])
        batch_op.drop_constraint(batch_op.f(SESSION_OF_A_DOCUMENT), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(SESSION_ON_A_SERVER), ["user_id", "server_id", "path", "type"])


def downgrade() -> None:
    # One server knows one session of a document.
    op.execute(
        "DELETE FROM kernel_sessions WHERE id NOT IN"
        " (SELECT max(CAST(id AS VARCHAR(36))) FROM kernel_sessions GROUP BY user_id, path, type)"
        if op.get_bind().dialect.name == "sqlite"
        else "DELETE FROM kernel_sessions a USING kernel_sessions b"
        " WHERE a.user_id = b.user_id AND a.path = b.path AND a.type = b.type AND a.id < b.id"
    )
    with op.batch_alter_table("kernel_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(SESSION_ON_A_SERVER), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(SESSION_OF_A_DOCUMENT), ["user_id", "path", "type"])
        batch_op.drop_index(batch_op.f("ix_kernel_sessions_server_id"))
        batch_op.drop_column("server_id")
    with op.batch_alter_table("kernels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kernels_server_id"))
        batch_op.drop_column("server_id")
    op.drop_table("servers")
