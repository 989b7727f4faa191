"""Where a learner's things are: the workspace that kernels share, and what only the server may touch."""

from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.jupyter.contents.notary import TrustStore
from nexus_server.kernels.storage.workspaces import Workspaces
from nexus_server.learner import Learner
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.services import Services
from nexus_server.settings import NexusSettings
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.web.request_context import current_learner, current_services


async def open_workspace(services: Services, learner: Learner) -> Path:
    """Return the directory with the learner's files, ready for use."""
    return await services.kernels.workspaces.open(learner.id)


def state_of(settings: NexusSettings, learner: Learner, name: str) -> Path:
    """Return a directory of the learner that no kernel sees (``trusted``, ``lab-settings``), created when missing."""
    return _made(home_of(settings, learner.id) / name)


def home_of(settings: NexusSettings, user_id: UUID) -> Path:
    """Return the directory of all that the server keeps about a learner outside the database and the workspace."""
    return settings.data_path / "learners" / str(user_id)


async def current_files() -> ConfinedDirectory:
    """Return the workspace of whoever makes the current request."""
    services, learner = current_services(), current_learner()
    return await open_confined(services.kernels.workspaces, learner, services.tenancy)


def opener_of(workspaces: Workspaces, limits: TenancySettings) -> OpenWorkspace:
    """Return what opens a learner's workspace as a place to read and write safely within the limits."""
    return lambda learner: open_confined(workspaces, learner, limits)


async def open_confined(workspaces: Workspaces, learner: Learner, limits: TenancySettings) -> ConfinedDirectory:
    """Return a learner's workspace as a place to read and write safely within the limits."""
    return ConfinedDirectory(
        await workspaces.open(learner.id),
        max_file_bytes=limits.max_file_bytes,
        max_entries=limits.max_listed_files,
        writing=partial(workspaces.writing, learner.id),
    )


def trust_of(services: Services, learner: Learner) -> TrustStore:
    """Return what says which notebooks the learner trusts."""
    folder = state_of(services.settings, learner, "trusted")
    return TrustStore(learner.id, folder, services.tenancy.trusted_notebooks)


def task_options(services: Services, learner: Learner) -> dict[str, Any]:
    """Return what tasks of `notebook_tasks` need to know of a learner."""
    return {"trust": trust_of(services, learner).told(), "max_bytes": services.tenancy.max_file_bytes}


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
