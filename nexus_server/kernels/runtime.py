"""What all kernels of one process share: settings, engine, sockets' directory, owner lock.

A server builds one `SandboxRuntime` and calls `install`; a process without a server (``jupyter execute``, nbclient,
``nexus grade``) gets a plain one on first use. Jupyter builds provisioners by entry point, with nothing but the kernel
manager as parent, so this is the one place where they meet.
"""

import atexit
import logging
import os
from pathlib import Path

from nexus_server.kernels.connection import runtime_root
from nexus_server.kernels.docker_backend import DockerBackend
from nexus_server.kernels.launcher import Launcher
from nexus_server.kernels.owners import OwnerLock
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.workspaces import Workspaces
from nexus_server.settings import NexusSettings

log = logging.getLogger(__name__)

#: user and group of kernels when the server is root; otherwise kernels run as the server's own user, who is no root
KERNEL_UID = 61000


class SandboxRuntime:
    """The shared part of a process's kernels. Whoever builds it calls `close`."""

    def __init__(self, settings: SandboxSettings, data_dir: Path, *, is_server: bool = False) -> None:
        """Take the owner's lock; nothing is asked of the engine yet.

        Args:
            settings: the sandbox's settings.
            data_dir: the server's data directory.
            is_server: whether kernels outlive this process, to be adopted by the next server on `data_dir`.

        Raises:
            BlockingIOError: another server runs on this data directory.
        """
        self.settings = settings
        self.data_dir = data_dir
        self.root = runtime_root(data_dir, settings.runtime_dir)
        self.owner = OwnerLock(self.root, "server" if is_server else "")
        self.backend = DockerBackend(settings.engine_url, runtime=settings.oci_runtime)
        is_root = os.geteuid() == 0
        uid, gid = (KERNEL_UID, KERNEL_UID) if is_root else (os.geteuid(), os.getegid())
        self.launcher = Launcher(
            settings=settings,
            backend=self.backend,
            runtime_root=self.root,
            uid=uid,
            gid=gid,
            owner_labels=self.owner.labels(adoptable=is_server),
        )
        self.workspaces = Workspaces(
            data_dir / "workspaces", size_mb=settings.workspace_mb, files=settings.workspace_files, uid=uid, gid=gid
        )

    def close(self) -> None:
        """Give up ownership and connections; containers that still run are orphans, or wait for adoption."""
        self.owner.release()
        self.backend.close()


_installed: SandboxRuntime | None = None


def install(runtime: SandboxRuntime | None) -> None:
    """Make this the process's runtime; None forgets it."""
    global _installed  # noqa: PLW0603  see the module's docstring
    _installed = runtime


def current() -> SandboxRuntime:
    """Return the process's runtime, building a plain one when nobody installed any."""
    if _installed is not None:
        return _installed
    runtime = SandboxRuntime(SandboxSettings(), NexusSettings().data_path)
    atexit.register(runtime.close)
    install(runtime)
    return runtime
