"""Know external identities by their issuer: a provider's name in the settings may come to mean another issuer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("external_identities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issuer", sa.String(length=255), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_external_identities_provider_subject"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_external_identities_issuer_subject"), ["issuer", "subject"])


def downgrade() -> None:
    with op.batch_alter_table("external_identities", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_external_identities_issuer_subject"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_external_identities_provider_subject"), ["provider", "subject"]
        )
        batch_op.drop_column("issuer")
