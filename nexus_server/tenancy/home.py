"""Where a learner's things are: the workspace that kernels share, and what only the server may touch."""

import os
from pathlib import Path

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.kernels.runtime import KERNEL_UID
from nexus_server.learner import Learner
from nexus_server.services import Services
from nexus_server.settings import NexusSettings
from nexus_server.tenancy.border import current_learner, current_services
from nexus_server.tenancy.settings import TenancySettings


def workspace_of(settings: NexusSettings, learner: Learner) -> Path:
    """Return the learner's files, created when missing; kernels run as their owner."""
    path = _made(settings.data_path / "workspaces" / str(learner.id))
    if os.geteuid() == 0:
        os.chown(path, KERNEL_UID, KERNEL_UID)
    return path


async def open_workspace(services: Services, learner: Learner) -> Path:
    """Return the directory with the learner's files, ready for use."""
    return workspace_of(services.settings, learner)


def state_of(settings: NexusSettings, learner: Learner, name: str) -> Path:
    """Return a directory of the learner that no kernel sees (``trusted``, ``lab-settings``), created when missing."""
    return _made(settings.data_path / "learners" / str(learner.id) / name)


async def current_files() -> ConfinedDirectory:
    """Return the workspace of whoever makes the current request."""
    services, learner = current_services(), current_learner()
    return confine(await open_workspace(services, learner), services.tenancy)


def files_of(settings: NexusSettings, limits: TenancySettings, learner: Learner) -> ConfinedDirectory:
    """Return the learner's workspace as a place to read and write safely."""
    return confine(workspace_of(settings, learner), limits)


def confine(root: Path, limits: TenancySettings) -> ConfinedDirectory:
    """Return the directory as a place to read and write safely within the limits."""
    return ConfinedDirectory(root, max_file_bytes=limits.max_file_bytes, max_entries=limits.max_listed_files)


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
