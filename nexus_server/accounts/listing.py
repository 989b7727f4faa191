"""Who keeps the leaderboards hears of what changes whether somebody is listed there."""

from typing import Protocol
from uuid import UUID


class BoardKeeper(Protocol):
    """Keeps the leaderboards."""

    async def put_scores(self, user_id: UUID) -> None:
        """Look anew at whether a learner is listed, and with what; called after the commit."""
        ...


class NoBoards:
    """There are no leaderboards."""

    async def put_scores(self, user_id: UUID) -> None:
        """Do nothing."""
