"""Leagues, pseudonyms on leaderboards, and classes that do without leaderboards or XP."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "league_places",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_league_places_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("week", "user_id", name=op.f("pk_league_places")),
    )
    op.create_index(op.f("ix_league_places_user_id"), "league_places", ["user_id"])
    op.create_index("ix_league_places_week_band_number", "league_places", ["week", "band", "number"])
    op.add_column("users", sa.Column("leaderboard_name", sa.String(80), nullable=True))
    op.add_column("users", sa.Column("leaderboard_alias", sa.Uuid(), nullable=True))
    for name in ("shows_boards", "shows_xp"):
        op.add_column("cohorts", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    for name in ("shows_xp", "shows_boards"):
        op.drop_column("cohorts", name)
    op.drop_column("users", "leaderboard_alias")
    op.drop_column("users", "leaderboard_name")
    op.drop_table("league_places")
