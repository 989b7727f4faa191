"""Which host users stand for a container's, on an engine that runs with ``--userns-remap=default``.

Such an engine gives all containers the range of subordinate ids of the user `dockremap`; user 0 inside is the first of
them outside. Whoever shares files with a container must own them by the outer ids. The range is read from the host, and
compared with the engine's own description before a kernel starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ETC = Path("/etc")
#: the user that the engine makes for this
REMAPPED_USER = "dockremap"


@dataclass(frozen=True, slots=True)
class UserMap:
    """The host's ids of user and group 0 in containers."""

    uid: int = 0
    gid: int = 0

    def is_used_by(self, info: Mapping[str, Any]) -> bool:
        """Whether an engine, by its own description, maps to these: it keeps its data in a directory named so."""
        return maps_users(info) and Path(str(info.get("DockerRootDir", ""))).name == f"{self.uid}.{self.gid}"


def maps_users(info: Mapping[str, Any]) -> bool:
    """Whether an engine, by its own description, runs with --userns-remap."""
    return any("name=userns" in option for option in info.get("SecurityOptions") or [])


def read_user_map(etc: Path = ETC) -> UserMap | None:
    """Read the range from the host; None where no engine has ever asked for one."""
    uid, gid = _first_id(etc / "subuid"), _first_id(etc / "subgid")
    return None if uid is None or gid is None else UserMap(uid, gid)


def _first_id(file: Path) -> int | None:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split(":")[1]) for line in lines if line.split(":")[0] == REMAPPED_USER), None)
