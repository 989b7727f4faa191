"""Which server this is: a number that its data directory keeps, and what tells that directory from a copy."""

import hashlib
import socket
from pathlib import Path
from uuid import UUID, uuid4

from nexus_server.kept_secrets import made_once

SERVER_ID = "server-id"
MACHINE_ID = Path("/etc/machine-id")


def server_id(data_dir: Path) -> UUID:
    """Return the number of the server of a data directory; the first that asks makes it.

    Raises:
        OSError: the file cannot be read or made.
        ValueError: it holds no UUID.
    """
    return UUID(made_once(data_dir / SERVER_ID, lambda: str(uuid4())).decode())


def place_of(data_dir: Path, machine_id: Path = MACHINE_ID) -> str:
    """Return what tells this data directory from a copy of it, in 64 hexadecimal digits: machine, path and inode."""
    try:
        machine = machine_id.read_text(encoding="ascii").strip()
    except OSError:
        machine = socket.gethostname()
    found = data_dir.resolve()
    return hashlib.sha256(f"{machine}\0{found}\0{found.stat().st_ino}".encode()).hexdigest()
