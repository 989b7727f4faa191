"""Where a learner's things are: the workspace that kernels share, and what only the server may touch."""

from pathlib import Path

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.learner import Learner
from nexus_server.settings import NexusSettings
from nexus_server.tenancy.border import current_learner, current_services
from nexus_server.tenancy.settings import TenancySettings


def workspace_of(settings: NexusSettings, learner: Learner) -> Path:
    """Return the learner's files, created when missing."""
    return _made(settings.data_path / "workspaces" / str(learner.id))


def state_of(settings: NexusSettings, learner: Learner, name: str) -> Path:
    """Return a directory of the learner that no kernel sees (``trusted``, ``lab-settings``), created when missing."""
    return _made(settings.data_path / "learners" / str(learner.id) / name)


def current_files() -> ConfinedDirectory:
    """Return the workspace of whoever makes the current request."""
    services, learner = current_services(), current_learner()
    return files_of(services.settings, services.tenancy, learner)


def files_of(settings: NexusSettings, limits: TenancySettings, learner: Learner) -> ConfinedDirectory:
    """Return the learner's workspace as a place to read and write safely."""
    return ConfinedDirectory(
        workspace_of(settings, learner),
        max_file_bytes=limits.max_file_bytes,
        max_entries=limits.max_listed_files,
    )


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
