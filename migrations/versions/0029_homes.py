"""Each learner of a site with several servers has a home, and servers tell how much room they have."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

#: what a server of the version before does not write
NUMBERS = ("peer_port", "homes", "room", "warm", "waiting")


def upgrade() -> None:
    with op.batch_alter_table("servers") as table:
        table.add_column(sa.Column("peer_host", sa.String(255), nullable=False, server_default=""))
        for name in NUMBERS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("drain_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "homes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("server_id", sa.Uuid(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("needed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_homes_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_homes")),
    )
    op.create_index(op.f("ix_homes_server_id"), "homes", ["server_id"])


def downgrade() -> None:
    op.drop_table("homes")
    with op.batch_alter_table("servers") as table:
        table.drop_column("drain_until")
        for name in reversed(NUMBERS):
            table.drop_column(name)
        table.drop_column("peer_host")
