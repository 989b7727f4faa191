"""Who may write a learner's files, where a site has several servers. A site with one server has none of this."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from uuid import UUID


class Custody(Protocol):
    """What is asked before a workspace is opened, when it is open, and around each save."""

    async def admit(self, owner: UUID) -> None:
        """Let this server open the workspace.

        Raises:
            NotHomeError: it is another server's to write.
        """
        ...

    async def receive(self, owner: UUID, files: Path) -> None:
        """Make the open workspace this server's alone to write, with the newest files. Cheap when it is so already.

        Raises:
            UnavailableError: another server still writes, or is the one that may.
        """
        ...

    def writing(self, owner: UUID) -> AbstractContextManager[None]:
        """Enter this around each save, in any thread: no other server takes the workspace meanwhile.

        Raises:
            UnavailableError: this server may write no longer.
        """
        ...

    async def erase(self, owner: UUID) -> None:
        """Forget files that are kept elsewhere than on this machine: the learner is gone."""
        ...
