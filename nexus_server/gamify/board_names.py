"""What boards call learners: the pseudonym that they chose, or their name."""

from uuid import UUID

from sqlalchemy import bindparam, func, select

from nexus_server.gamify.leaderboard import BoardName
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User

#: columns for `BoardName`
BOARD_NAME = (
    func.coalesce(User.leaderboard_name, User.display_name).label("display_name"),
    func.coalesce(User.leaderboard_alias, User.id).label("shown_id"),
)
#: made once: building a statement costs more than running it
_NAMES = select(User.id, *BOARD_NAME).where(User.id.in_(bindparam("ids", expanding=True)))


async def read_names(database: Database, ids: list[UUID]) -> dict[UUID, BoardName]:
    """Return what boards call these learners; who was deleted is left out."""
    rows = await database.read(lambda connection: connection.execute(_NAMES, {"ids": ids}).all())
    return {row.id: BoardName(row.display_name, row.shown_id) for row in rows}
