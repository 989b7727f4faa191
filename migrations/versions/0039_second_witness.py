"""Whether a server's lease has Redis as its second witness."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beats", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("is_witnessed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("servers", schema=None) as batch_op:
        batch_op.drop_column("is_witnessed")
        batch_op.drop_column("beats")
