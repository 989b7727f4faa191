"""As which user kernels run, inside their containers and as the host sees them."""

import os
from dataclasses import dataclass

from nexus_server.kernels.docker.user_map import UserMap, read_user_map
from nexus_server.kernels.settings import SandboxSettings

#: user and group of kernels when whoever starts them is root; otherwise they run as that user, who is no root
KERNEL_UID = 61000


@dataclass(frozen=True, slots=True)
class KernelUsers:
    """The user and group of all kernels of one process."""

    uid: int
    gid: int
    #: the engine's map of users, where the site insists on one
    map: UserMap | None = None

    @classmethod
    def of(cls, settings: SandboxSettings, *, is_root: bool | None = None) -> "KernelUsers":
        """Return them as the settings and the rights of whoever starts kernels say; by default this process does."""
        if is_root is None:
            is_root = os.geteuid() == 0
        # Without a range of ids no engine here maps users, and none will be found to use this empty one.
        users = (read_user_map() or UserMap()) if settings.userns_remap else None
        return cls(*((KERNEL_UID, KERNEL_UID) if is_root else (os.geteuid(), os.getegid())), users)

    @property
    def host_uid(self) -> int:
        """The user as the host sees it, to whom belongs what is shared with a kernel."""
        return self.uid + (self.map.uid if self.map else 0)

    @property
    def host_gid(self) -> int:
        """The group as the host sees it."""
        return self.gid + (self.map.gid if self.map else 0)
