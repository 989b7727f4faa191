"""What nobody owns is removed, whatever else the reaper cannot do."""

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from nexus_server.kernels.owners import LOCK_LABEL, VIEW_LABEL, OwnerLock, own_view
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


async def test_what_a_server_elsewhere_owns_is_left_alone(tmp_path: Path) -> None:
    gone, elsewhere = tmp_path / "gone.lock", {VIEW_LABEL: "4711:2"}
    seen = tmp_path / "seen.lock"
    seen.touch()  # and nobody holds it
    containers = {
        "ours, gone": {LOCK_LABEL: str(gone), VIEW_LABEL: own_view()},
        "of an older version, gone": {LOCK_LABEL: str(gone)},
        "elsewhere, not to be seen": {LOCK_LABEL: str(gone), **elsewhere},
        "elsewhere, seen": {LOCK_LABEL: str(seen), **elsewhere},
    }
    engine = Engine([SandboxInfo(name, name, labels, is_running=True) for name, labels in containers.items()])
    await Reaper(cast("DockerBackend", engine), tmp_path / "own.lock", tmp_path / "run", set()).reap()
    assert set(engine.removed) == {"ours, gone", "of an older version, gone", "elsewhere, seen"}


def test_an_owner_says_what_it_sees(tmp_path: Path) -> None:
    owner = OwnerLock(tmp_path)
    assert owner.labels(adoptable=True)[VIEW_LABEL] == own_view()
    owner.release()
