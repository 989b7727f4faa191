"""Dividing a program that root started in two: a helper that keeps root's rights, and the program itself without them.

The program stays the process that was started, so that whoever watches or ends it need not know of the helper.
"""

import errno
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

from nexus_server.installation import SHIPPED
from nexus_server.kernels.connection import runtime_root
from nexus_server.kernels.helper.handover import hand_over
from nexus_server.kernels.helper.places import Places, opened
from nexus_server.kernels.helper.server_user import ServerUser, become, ensure_user
from nexus_server.kernels.helper.site import Site
from nexus_server.kernels.helper.view import Needed, enter
from nexus_server.kernels.kernel_users import KernelUsers
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.specs import product_images
from nexus_server.kernels.storage.mount_views import ViewOptions, detached, user_map
from nexus_server.kernels.storage.workspaces import can_enforce

#: tells a process and its children which helper is theirs
VARIABLE = "NEXUS_HELPER"
#: the first version that has idmapped mounts
LINUX_WANTED = (5, 12)
#: connections that wait while a helper is started again
BACKLOG = 128
#: the helper that this process started: it ends after this process, so nobody waits for it
_started: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True, slots=True)
class Helped:
    """Which helper a process without rights has, and where it keeps its own sockets."""

    places: Places
    socket: Path
    runtime_root: Path


def find_helper() -> Helped | None:
    """Return this process's helper, if it has one."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    found = json.loads(text)
    places = Places.of(Path(found["data"]), found["uid"], found["gid"])
    return Helped(places, Path(found["socket"]), Path(found["runtime_root"]))


def find_obstacle(data: Path) -> str:
    """Say why this system cannot divide a program, in words; empty where it can. To be called by root.

    What is tried is what everything rests on: a mount namespace, and a view that shows files as another user's.
    """
    child = os.fork()
    if not child:
        os._exit(_try(next(path for path in (data, *data.parents) if path.is_dir())))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return os.strerror(code) if code > 0 else "" if code == 0 else f"signal {-code}"


def _try(directory: Path) -> int:
    """Return the number of the error that this system gives; 0: none."""
    options = ViewOptions(users=((0, 1),), groups=((0, 1),))
    try:
        enter([], ServerUser("", 1, 1))
        # Learners' file systems are ext4 where there are loop devices, and all that is in the data directory elsewhere.
        if not can_enforce():
            with opened(directory) as descriptor:
                os.close(detached(descriptor, options))
        else:
            user_map(options.users, options.groups)
    except OSError as exc:
        return exc.errno or errno.EPERM
    return 0 if tuple(map(int, os.uname().release.split(".")[:2])) >= LINUX_WANTED else errno.ENOSYS


def follow_owner(data: Path, inputs: Iterable[Path]) -> None:
    """Become the owner of a data directory, without a helper. To be called by root, before there are threads.

    Raises:
        OSError: this system cannot do it.
    """
    status = data.stat()
    user = ServerUser("", status.st_uid, status.st_gid)
    enter([Needed(data, is_own=True), *map(Needed, programs()), *map(Needed, inputs)], user)
    _forget_root(data / "run")
    become(user)
    _leave_closed_directory()


def separate(
    user_name: str,
    data: Path,
    settings: SandboxSettings,
    inputs: Iterable[Path],
    outputs: Iterable[Path] = (),
) -> None:
    """Start a helper that is root, and go on as a user without rights. To be called by root, before there are threads.

    Args:
        user_name: whom to become; made when missing.
        data: the data directory, which is handed over.
        settings: the sandbox's settings, which the helper holds the server to.
        inputs: what else the program reads.
        outputs: directories that it writes into as root would.

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
    written = [Needed(path, is_output=True) for path in outputs]
    enter([*_own(data, root), *map(Needed, programs()), *map(Needed, inputs), *written], user)
    _forget_root(root)
    become(user)
    _leave_closed_directory()
    Path(os.environ["HOME"]).mkdir(mode=0o700, exist_ok=True)
    found = {"data": str(data), "uid": user.uid, "gid": user.gid, "runtime_root": str(root)}
    os.environ[VARIABLE] = json.dumps({**found, "socket": str(places.socket(os.getpid()))})


def _own(data: Path, root: Path) -> list[Needed]:
    return [Needed(data, is_own=True), Needed(root, is_own=True)]


def programs() -> list[Path]:
    """Where the code is that this process runs: the interpreter, the packages, the project."""
    places = [sys.prefix, sys.base_prefix, str(SHIPPED), *sys.path]
    return [Path(place) for place in places if place]


def _start_helper(site: Site) -> None:
    """Listen where only the server's user may connect, and start the helper there."""
    path = site.places.socket(os.getpid())
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


def _leave_closed_directory() -> None:
    """Go where this process may be: to the same name, as it is seen now, or to the top."""
    place = os.getcwd()  # noqa: PTH109  it may be closed by now
    try:
        os.chdir(place)
    except OSError:
        os.chdir("/")
