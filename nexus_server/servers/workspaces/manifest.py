"""What is kept of a learner's files in an object store: a manifest that names the objects, and an object for each file.

The manifest is replaced as a whole, on the condition that nobody replaced it meanwhile. So it is the workspace's fence:
who takes it over writes a larger number into it, and whoever had it before can replace it no more.
"""

from datetime import UTC, datetime
from typing import Literal, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field


class StoredFile(BaseModel):
    """A file, and where its bytes are."""

    model_config = ConfigDict(frozen=True)

    #: an object of that name never changes, and is named by manifests of one stretch of time only
    key: str
    size: int
    sha256: str
    modified: datetime


class WorkspaceManifest(BaseModel):
    """A workspace at one moment. Paths begin with the name of their area (`local_files.py`)."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    #: the number under which it was taken
    fence: int = 0
    #: who took it; None: nobody yet
    server_id: UUID | None = None
    #: grows with each manifest
    sequence: int = 0
    #: tells one's own manifest from another's when an answer was lost
    write_id: UUID = Field(default_factory=uuid4)
    #: when its files were looked at
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    #: whether the server let it go with all that was written
    is_handed_on: bool = False
    directories: tuple[str, ...] = ()
    files: dict[str, StoredFile] = Field(default_factory=dict)

    def taken(self, server_id: UUID, fence: int) -> Self:
        """Return what a server writes that takes it; the files are as they were."""
        return self._next(server_id=server_id, fence=fence, is_handed_on=False)

    def changed(
        self, files: dict[str, StoredFile], directories: tuple[str, ...], at: datetime, *, is_handed_on: bool
    ) -> Self:
        """Return what its server writes when files changed, or when it lets go."""
        return self._next(files=files, directories=directories, at=at, is_handed_on=is_handed_on)

    def _next(self, **differs: object) -> Self:
        return self.model_copy(update={"sequence": self.sequence + 1, "write_id": uuid4(), **differs})

    @property
    def keys(self) -> frozenset[str]:
        """Which objects it names."""
        return frozenset(file.key for file in self.files.values())
