"""Everything that needs rights on this machine, in one place.

Mounts, file systems, ownership and the engine's socket belong to the `Host` of a process. One that is root, or that
runs kernels as its own user, has an `own_host`; a server that gave its rights up asks a helper (`helper/client.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nexus_server.kernels.docker.container_engine import ContainerEngine
from nexus_server.kernels.docker.engine import DockerEngine
from nexus_server.kernels.image_requests import ImageBuilds, OwnImageBuilds
from nexus_server.kernels.kernel_users import KernelUsers
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.socket_dirs import OWN, SocketDirs
from nexus_server.kernels.storage.mount_slots import Slots
from nexus_server.kernels.storage.workspaces import Workspaces, can_enforce


@dataclass(frozen=True, slots=True)
class Host:
    """What a process can have done on its machine."""

    users: KernelUsers
    engine: ContainerEngine
    workspaces: Workspaces
    slots: Slots
    dirs: SocketDirs
    images: ImageBuilds
    #: called when nothing is to be done any more
    leave: Callable[[], None] = lambda: None


def own_host(settings: SandboxSettings, data_dir: Path, root: Path) -> Host:
    """Return what this process can do by itself; nothing is made or connected yet.

    Args:
        settings: the sandbox's settings.
        data_dir: where learners' workspaces are.
        root: where the sockets of kernels are.
    """
    users = KernelUsers.of(settings)
    return Host(
        users=users,
        engine=docker_engine(settings, users),
        workspaces=own_workspaces(settings, users, data_dir / "workspaces"),
        slots=Slots(root / "slots", users.host_uid, users.host_gid),
        dirs=OWN,
        images=OwnImageBuilds(settings.images_on_demand),
    )


def docker_engine(settings: SandboxSettings, users: KernelUsers) -> DockerEngine:
    """Return the engine as the settings want it asked."""
    return DockerEngine(
        settings.engine_url,
        runtime=settings.oci_runtime,
        own_seccomp=settings.seccomp == "own",
        user_map=users.map,
    )


def own_workspaces(settings: SandboxSettings, users: KernelUsers, root: Path) -> Workspaces:
    """Return the workspaces below `root`."""
    return Workspaces(
        root,
        size_mb=settings.workspace_mb,
        files=settings.workspace_files,
        uid=users.host_uid,
        gid=users.host_gid,
        is_enforced=settings.workspace_quota and can_enforce(),
    )
