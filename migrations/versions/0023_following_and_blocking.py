"""Who follows a thread, whom one blocks, what posts said before, spoilers, and appeals."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "post_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_versions_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edited_by"], ["users.id"], name=op.f("fk_post_versions_edited_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_versions")),
    )
    op.create_index(op.f("ix_post_versions_post_id"), "post_versions", ["post_id"])
    op.create_index(op.f("ix_post_versions_edited_by"), "post_versions", ["edited_by"])
    op.create_table(
        "thread_follows",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_thread_follows_thread_id_threads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_thread_follows_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_thread_follows")),
    )
    op.create_index(op.f("ix_thread_follows_user_id"), "thread_follows", ["user_id"])
    op.create_table(
        "user_blocks",
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["users.id"], name=op.f("fk_user_blocks_blocker_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["users.id"], name=op.f("fk_user_blocks_blocked_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_user_blocks")),
    )
    op.create_index(op.f("ix_user_blocks_blocked_id"), "user_blocks", ["blocked_id"])
    with op.batch_alter_table("reports") as reports:
        reports.add_column(sa.Column("is_appeal", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("spoiler_node_id", sa.Uuid(), nullable=True))
        posts.create_foreign_key(
            op.f("fk_posts_spoiler_node_id_nodes"), "nodes", ["spoiler_node_id"], ["id"], ondelete="SET NULL"
        )
        posts.create_index(op.f("ix_posts_spoiler_node_id"), ["spoiler_node_id"])
    # Who asked hears of answers, as before.
    op.execute(
        "INSERT INTO thread_follows (thread_id, user_id, created_at) "
        "SELECT id, author_id, created_at FROM threads WHERE author_id IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.drop_index(op.f("ix_posts_spoiler_node_id"))
        posts.drop_constraint(op.f("fk_posts_spoiler_node_id_nodes"), type_="foreignkey")
        posts.drop_column("spoiler_node_id")
    with op.batch_alter_table("reports") as reports:
        reports.drop_column("is_appeal")
    op.drop_table("user_blocks")
    op.drop_table("thread_follows")
    op.drop_table("post_versions")
