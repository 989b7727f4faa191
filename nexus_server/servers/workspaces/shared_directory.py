"""Workspaces on a file server that all servers of a site have mounted: nothing is carried, and nothing is lost."""

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from uuid import UUID

from nexus_server.servers.workspaces.errors import WorkspaceHeldError
from nexus_server.servers.workspaces.fence_file import NAME, FenceFile

#: seconds between two looks whether a save of the server before is over
LOOK_S = 0.05


class SharedDirectory:
    """A `WorkspaceStore` whose fence is a file beside what the server keeps of each learner."""

    def __init__(self, learners: Path, *, held_s: float = 3.0) -> None:
        """Keep the numbers in `learners`, which is shared as the workspaces are; wait `held_s` seconds for a save."""
        self._learners = learners
        self._held_s = held_s

    def _fence_of(self, owner: UUID) -> FenceFile:
        return FenceFile(self._learners / str(owner) / NAME)

    async def take(self, owner: UUID, fence: int, files: Path) -> None:  # noqa: ARG002  they are there already
        """Raise the number, when the saves of the server before are through.

        Raises:
            StaleFenceError: somebody had it under a larger number.
            WorkspaceHeldError: a save of the server before goes on.
        """
        deadline = monotonic() + self._held_s
        while True:
            try:
                return await asyncio.to_thread(self._fence_of(owner).raise_to, fence)
            except WorkspaceHeldError:
                if monotonic() > deadline:
                    raise
            await asyncio.sleep(LOOK_S)

    def writing(self, owner: UUID, fence: int) -> AbstractContextManager[None]:
        """Keep the number as it is around a save.

        Raises:
            StaleFenceError: somebody took it under a larger number.
        """
        return self._fence_of(owner).held(fence)

    async def let_go(self, owner: UUID) -> None:
        """Do nothing: whoever comes next finds everything."""

    async def erase(self, owner: UUID) -> None:
        """Do nothing: the files are erased where they are."""
