"""How a workspace joins a container that already runs.

A pooled container sees an empty directory of the host, its slot, with slave mount propagation. What the host mounts on
``<slot>/work`` later appears in the container at once: the learner's workspace, or an empty file system in memory. A
workspace may be in any number of slots. Needs root.
"""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog

from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.storage.mounts import bind, make_shared, mount_tmpfs, unmount

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Slots:
    """All slots of one server."""

    root: Path
    uid: int
    gid: int

    def prepare(self) -> bool:
        """Make the directory ready for mounts that containers see; False where this machine or user cannot."""
        if os.geteuid() != 0:
            return False
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        try:
            make_shared(self.root)
        except OSError as exc:
            log.warning("no_shared_mount", path=str(self.root), error=str(exc), effect="no warm pool")
            return False
        return True

    def release(self) -> None:
        """Undo `prepare`, when no container needs a slot any more."""
        if self.root.is_dir():
            unmount(self.root)

    def slot(self, name: str) -> Path:
        """Where the slot of this name is; it is made by `create`."""
        return self.root / name

    def create(self, slot: Path) -> None:
        """Make a slot, empty, which only root can change."""
        slot.mkdir(mode=0o755)
        (slot / "work").mkdir(mode=0o755)

    def attach(self, slot: Path, workspace: Path | None, limits: KernelLimits) -> None:
        """Show the workspace in the slot's container; None gives it an empty directory in memory. Raises OSError."""
        target = slot / "work"
        if workspace is not None:
            bind(workspace, target)
            return
        options = f"size={limits.tmp_mb}m,nr_inodes={limits.tmp_inodes},mode=700,uid={self.uid},gid={self.gid}"
        mount_tmpfs(target, options)

    def remove(self, slot: Path) -> None:
        """Detach what the slot shows, and delete it. The files shown stay where they are."""
        unmount(slot / "work")
        with contextlib.suppress(FileNotFoundError):
            (slot / "work").rmdir()
            slot.rmdir()

    def remove_all(self, keep: set[str]) -> None:
        """Delete the slots that a dead server left, except those in `keep`."""
        if not self.root.is_dir():
            return
        for slot in list(self.root.iterdir()):
            if slot.name not in keep:
                unmount(slot / "work")
                shutil.rmtree(slot, ignore_errors=True)
