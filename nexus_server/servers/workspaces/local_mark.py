"""What a server remembers of a workspace on its own disk: whether it is whole, and up to which manifest.

The file is written in place, so that a full disk does not keep it from being brought up to date.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from nexus_server.servers.workspaces.manifest import WorkspaceManifest

DIGITS = 20


@dataclass(frozen=True, slots=True)
class LocalMark:
    """The file of one workspace."""

    path: Path

    @property
    def is_there(self) -> bool:
        """Whether this disk ever had the workspace."""
        return self.path.exists()

    def write(self, sequence: int, *, is_whole: bool) -> None:
        """Note that the disk has all of a manifest that this server is about to write, or that it lacks some."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.pwrite(descriptor, f"{'whole' if is_whole else 'parts'} {sequence:0{DIGITS}}\n".encode(), 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """Remember nothing of it."""
        self.path.unlink(missing_ok=True)

    def is_newest(self, manifest: WorkspaceManifest, server_id: UUID) -> bool:
        """Whether the disk has all that the manifest has, and perhaps more: nobody else has had it since."""
        if manifest.server_id is None:
            return True
        if manifest.server_id != server_id or not self.is_there:
            return False
        state, _, sequence = self.path.read_text(encoding="ascii").strip().partition(" ")
        return state == "whole" and int(sequence) >= manifest.sequence
