"""Where learners' files are, so that they follow their learners from server to server.

A server takes a workspace under a number, its *fence*. The number grows whenever the workspace changes hands
(`store/models/servers.py`, `Home.fence`). From the moment at which a server has taken it, nobody writes it under a
smaller number.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from uuid import UUID


class WorkspaceStore(Protocol):
    """One way for files to follow."""

    async def take(self, owner: UUID, fence: int, files: Path) -> None:
        """Take a workspace whose directory is `files`; it holds the newest files afterwards.

        Raises:
            StaleFenceError: somebody had it under a larger number.
            WorkspaceHeldError: a save of the server before goes on.
        """
        ...

    def writing(self, owner: UUID, fence: int) -> AbstractContextManager[None]:
        """Enter this around each save of a workspace that was taken, in any thread.

        Raises:
            StaleFenceError: somebody took it under a larger number.
        """
        ...

    async def let_go(self, owner: UUID) -> None:
        """Leave the workspace to whoever takes it next, with all that was written.

        Raises:
            UnavailableError: not all of it could be handed on.
        """
        ...

    async def erase(self, owner: UUID) -> None:
        """Forget what is kept of a learner elsewhere than on this machine."""
        ...
