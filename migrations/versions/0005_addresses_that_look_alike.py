"""Know e-mail addresses by what is seen of them, so that no two accounts have addresses that look alike."""

import sqlalchemy as sa
from alembic import op

from nexus_server.lookalikes import skeleton

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email_skeleton", sa.String(length=600), nullable=True))
    users = sa.table(
        "users",
        sa.column("id", sa.Uuid),
        sa.column("email", sa.String),
        sa.column("email_skeleton", sa.String),
        sa.column("created_at", sa.DateTime),
    )
    taken: set[str] = set()
    connection = op.get_bind()
    for user_id, email in connection.execute(sa.select(users.c.id, users.c.email).order_by(users.c.created_at)).all():
        # Accounts that look alike already both stay; the newer one has none, which is no obstacle to either.
        if (found := skeleton(email)) not in taken:
            taken.add(found)
            connection.execute(users.update().where(users.c.id == user_id).values(email_skeleton=found))
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_users_email_skeleton"), ["email_skeleton"])


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_users_email_skeleton"), type_="unique")
        batch_op.drop_column("email_skeleton")
