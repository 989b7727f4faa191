"""Dividing a program that root started in two: a helper that keeps root's rights, and the program itself without them.

The program stays the process that was started, so that whoever watches or ends it need not know of the helper.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from jupyter_client.kernelspec import KernelSpecManager

from nexus_server.kernels.connection import runtime_root
from nexus_server.kernels.helper.handover import hand_over
from nexus_server.kernels.helper.places import Places
from nexus_server.kernels.helper.server_user import become, ensure_user
from nexus_server.kernels.helper.site import Site
from nexus_server.kernels.helper.view import Needed, enter
from nexus_server.kernels.kernel_users import KernelUsers
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.specs import product_images
from nexus_server.settings import PROJECT_ROOT

#: tells a process and its children which helper is theirs
VARIABLE = "NEXUS_HELPER"
#: connections that wait while a helper is started again
BACKLOG = 128
#: the helper that this process started: it ends after this process, so nobody waits for it
_started: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True, slots=True)
class Helped:
    """Which helper a process without rights has, and where it keeps its own sockets."""

    places: Places
    runtime_root: Path


def find_helper() -> Helped | None:
    """Return this process's helper, if it has one."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    found = json.loads(text)
    return Helped(Places.of(Path(found["data"]), found["uid"], found["gid"]), Path(found["runtime_root"]))


def separate(user_name: str, data: Path, settings: SandboxSettings, inputs: Iterable[Path]) -> None:
    """Start a helper that is root, and go on as a user without rights. To be called by root, before there are threads.

    Args:
        user_name: whom to become; made when missing.
        data: the data directory, which is handed over.
        settings: the sandbox's settings, which the helper holds the server to.
        inputs: what else the program reads.

    Raises:
        NexusError: with the reason.
        OSError: this system cannot do it.
    """
    user = ensure_user(user_name)
    places = Places.of(data, user.uid, user.gid)
    hand_over(data, user)
    root = runtime_root(data, settings.runtime_dir)
    hand_over(root, user)
    site = Site(
        settings=settings,
        images={image.reference: image for image in product_images(KernelSpecManager()).values()},
        users=KernelUsers.of(settings, is_root=True),
        places=places,
        runtime_root=root,
    )
    with places.locked():
        places.make()
        _start_helper(site)
    enter([*_own(data, root), *map(Needed, programs()), *map(Needed, inputs)], user)
    _forget_root(root)
    become(user)
    Path(os.environ["HOME"]).mkdir(mode=0o700, exist_ok=True)
    os.environ[VARIABLE] = json.dumps({"data": str(data), "uid": user.uid, "gid": user.gid, "runtime_root": str(root)})


def _own(data: Path, root: Path) -> list[Needed]:
    return [Needed(data, is_own=True), Needed(root, is_own=True)]


def programs() -> list[Path]:
    """Where the code is that this process runs: the interpreter, the packages, the project."""
    places = [sys.prefix, sys.base_prefix, str(PROJECT_ROOT), *sys.path]
    return [Path(place) for place in places if place]


def _start_helper(site: Site) -> None:
    """Listen where only the server's user may connect, and start the helper there."""
    path = site.places.socket
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(mask)
    os.chown(path, site.places.uid, site.places.gid)
    listener.listen(BACKLOG)
    command = [sys.executable, "-m", "nexus_server.kernels.helper", f"--listener={listener.fileno()}"]
    with listener:
        process = subprocess.Popen(
            [*command, f"--server={os.getpid()}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,
            cwd="/",
        )
    with cast("IO[bytes]", process.stdin) as stdin:
        stdin.write(site.to_json().encode())
    _started.append(process)


def _forget_root(root: Path) -> None:
    """Leave what of the environment is root's own, before the change of user."""
    for name in ("XDG_RUNTIME_DIR", "SUDO_USER", "SUDO_UID", "SUDO_GID", "SUDO_COMMAND", "MAIL"):
        os.environ.pop(name, None)
    os.environ["HOME"] = str(root / "home")
    os.environ.setdefault("JUPYTER_RUNTIME_DIR", str(root / "jupyter"))
    if not os.access(".", os.X_OK):
        os.chdir("/")
