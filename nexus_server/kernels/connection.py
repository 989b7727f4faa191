"""A kernel's sockets: one directory per kernel, bind-mounted into its container.

Host side: ``<runtime dir>/<kernel>/k/s-1`` … ``s-5`` (shell, iopub, stdin, control, heartbeat) and ``connection.json``.
Beside it, where no kernel can reach, are the sockets for clients: ``<runtime dir>/<kernel>/w-1`` … ``w-5`` (`wire.py`).
While the kernel starts, the directory belongs to the kernel's user; once its sockets exist it is handed to the server's
user and made read-only for the kernel, so that student code can neither replace a socket (a symlink would be followed
by the server) nor fill the host's disk through it.
"""

import asyncio
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from nexus_server.files.removal import remove_quietly
from nexus_server.kernels.errors import PathTooLongError, UnsafeSocketError
from nexus_server.kernels.sandbox import CONNECTION_DIR
from nexus_server.kernels.socket_dirs import OWN, SocketDirs

#: sun_path of a Unix socket, without the closing zero byte
SOCKET_PATH_LIMIT = 107
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
#: how often the directory is looked at while a kernel starts, in seconds
LOOK_INTERVAL_S = 0.005


class ConnectionDir:
    """The directory of one kernel's sockets."""

    def __init__(self, root: Path, kernel_id: str, dirs: SocketDirs = OWN) -> None:
        """Name the directory; nothing is created. `dirs` has the rights that the kernel's part of it needs.

        Raises:
            PathTooLongError: a socket's path would not fit.
        """
        name = kernel_id.replace("-", "")
        if not (name.isalnum() and len(name) <= 32):  # noqa: PLR2004  the length of a UUID in hex
            name = hashlib.sha256(kernel_id.encode()).hexdigest()[:32]
        #: private to the server
        self.outer = root / name
        #: what the container sees as `CONNECTION_DIR`
        self.path = dirs.place(self.outer)
        self._dirs = dirs
        if len(os.fsencode(f"{self.prefix}-1")) > SOCKET_PATH_LIMIT:
            raise PathTooLongError(f"Socket paths below {root} are longer than {SOCKET_PATH_LIMIT} bytes.")

    @property
    def prefix(self) -> str:
        """What the paths of the kernel's own sockets begin with, on the host."""
        return str(self.path / "s")

    @property
    def front(self) -> str:
        """Jupyter's `ip` for the ipc transport: what the paths of the sockets for clients begin with."""
        return str(self.outer / "w")

    def create(self, key: bytes, *, uid: int, gid: int) -> None:
        """Make the directory afresh, with the file that tells the kernel where to listen and how to sign."""
        self.remove()
        self.outer.mkdir(mode=0o700, parents=True)
        self._dirs.make(self.path)
        info = {
            "transport": "ipc",
            "ip": f"{CONNECTION_DIR}/s",
            "key": key.decode(),
            "signature_scheme": "hmac-sha256",
            **PORTS,
        }
        file = self.path / "connection.json"
        file.write_text(json.dumps(info), encoding="utf-8")
        file.chmod(0o644)
        self._dirs.lend(self.path, uid, gid)

    def connection_info(self, key: bytes) -> dict[str, Any]:
        """What a client on the host needs to connect."""
        return {
            "transport": "ipc",
            "ip": self.front,
            "key": key,
            "signature_scheme": "hmac-sha256",
            **PORTS,
        }

    def has_all_sockets(self) -> bool:
        """Whether the kernel has bound its five sockets."""
        return all(self._is_socket(port) for port in PORTS.values())

    async def wait_for_sockets(self) -> None:
        """Return when the kernel listens; the caller sets the time limit.

        Raises:
            UnsafeSocketError: something else stands where a socket should be.
        """
        while None in (looks := [self._is_socket(port) for port in PORTS.values()]):
            self._insist(looks)
            await asyncio.sleep(LOOK_INTERVAL_S)
        self._insist(looks)

    def _insist(self, looks: list[bool | None]) -> None:
        if False in looks:
            raise UnsafeSocketError(directory=str(self.path))

    def seal(self) -> None:
        """Take the directory away from the kernel's user, then insist that it holds real sockets.

        Raises:
            UnsafeSocketError: something else stands where a socket should be.
        """
        self._dirs.take_back(self.path)
        self.check()

    def check(self) -> None:
        """Insist on real sockets, to be called before anything connects.

        Raises:
            UnsafeSocketError: something else stands where a socket should be.
        """
        if not self.has_all_sockets():
            raise UnsafeSocketError(directory=str(self.path))

    def _is_socket(self, port: int) -> bool | None:
        """Whether a socket stands in its place; None: nothing that can be seen."""
        try:
            return stat.S_ISSOCK(os.lstat(f"{self.prefix}-{port}").st_mode)
        except OSError:
            return None

    def move_to(self, other: "ConnectionDir") -> None:
        """Take another's name; a running container keeps seeing its directory under the old one."""
        other.remove()
        self.outer.rename(other.outer)
        self._dirs.rename(self.path, other.path)

    def remove(self) -> None:
        """Delete the directory; the kernel's container must be gone."""
        self._dirs.remove(self.path)
        remove_quietly(self.outer)


def runtime_root(data_dir: Path, wanted: str = "") -> Path:
    """Where connection directories live: `wanted`, or `run` below the data directory, or a short stand-in for it.

    Raises:
        PathTooLongError: the wanted directory cannot hold sockets.
    """
    sample = "0" * 32
    if wanted:
        root = Path(wanted).resolve()
        ConnectionDir(root, sample)
        return root
    root = data_dir / "run"
    try:
        ConnectionDir(root, sample)
    except PathTooLongError:
        digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        own = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108  the directory made in it is private
        base = Path("/run") if os.geteuid() == 0 else Path(own)
        root = base / f"nexus-{digest}"
    return root
