"""What nobody owns is removed, whatever else the reaper cannot do."""

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from nexus_server.kernels.owners import LOCK_LABEL
from nexus_server.kernels.reaper import Reaper
from nexus_server.kernels.sandbox import SandboxInfo

if TYPE_CHECKING:
    from nexus_server.kernels.docker.backend import DockerBackend


@dataclass
class Engine:
    """Containers in memory."""

    containers: list[SandboxInfo]
    removed: list[str] = field(default_factory=list)

    async def list(self) -> list[SandboxInfo]:
        return self.containers

    async def remove(self, container: str) -> None:
        self.removed.append(container)


def container(name: str, lock: Path) -> SandboxInfo:
    return SandboxInfo(name, name, {LOCK_LABEL: str(lock)}, is_running=True)


async def test_a_lock_on_a_disk_that_became_read_only_keeps_no_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.lock"
    engine = Engine([container("orphan", own), container("mine", own)])
    reaper = Reaper(cast("DockerBackend", engine), own, tmp_path / "run", {"mine"})

    def read_only(self: Path, *_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "touch", read_only)
    with pytest.raises(OSError, match="Read-only"):
        await reaper._look()
    assert engine.removed == ["orphan"]
