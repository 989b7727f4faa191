"""Owner locks and the decision which container is an orphan."""

import os
import time
from pathlib import Path

import pytest

from nexus_server.kernels.errors import DataDirTakenError
from nexus_server.kernels.owners import OwnerLock, is_owner_alive
from nexus_server.kernels.reaper import ADOPTION_GRACE_S, is_orphan
from nexus_server.kernels.sandbox import SandboxInfo


def info(lock: Path, *, adoptable: bool = False, kernel_id: str = "k1") -> SandboxInfo:
    labels = {"nexus.lock": str(lock), "nexus.adoptable": "1" if adoptable else "0"}
    return SandboxInfo("c1", kernel_id, labels, is_running=True)


def orphan(found: SandboxInfo, own: str = "elsewhere", *owned: str) -> bool:
    return is_orphan(found, own_lock=Path(own), owned=frozenset(owned))


def test_a_held_lock_means_alive(tmp_path: Path) -> None:
    lock = OwnerLock(tmp_path)
    assert is_owner_alive(str(lock.path))
    assert not orphan(info(lock.path))
    lock.release()
    assert not is_owner_alive(str(lock.path))
    assert orphan(info(lock.path))


def test_a_name_can_be_held_once(tmp_path: Path) -> None:
    lock = OwnerLock(tmp_path, "server")
    with pytest.raises(DataDirTakenError):
        OwnerLock(tmp_path, "server")
    lock.release()
    OwnerLock(tmp_path, "server").release()


def test_a_dead_servers_kernels_wait_for_adoption_for_a_while(tmp_path: Path) -> None:
    lock = OwnerLock(tmp_path, "server")
    found = info(lock.path, adoptable=True)
    lock.release()
    assert not orphan(found)
    long_ago = time.time() - ADOPTION_GRACE_S - 1
    os.utime(lock.path, (long_ago, long_ago))
    assert orphan(found)
    lock.path.unlink()
    assert orphan(found)


def test_of_our_own_only_the_unknown_are_orphans(tmp_path: Path) -> None:
    lock = tmp_path / "server.lock"
    assert orphan(info(lock), str(lock), "k2")
    assert not orphan(info(lock), str(lock), "k1")
