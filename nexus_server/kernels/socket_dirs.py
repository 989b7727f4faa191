"""Whose a kernel's sockets' directory is: the kernel's while it makes its sockets, the server's from then on.

`SocketDirs` is what a process does that has the rights itself, or that runs kernels as its own user. Where a helper has
the rights, `helper.client` has another.
"""

import os
from pathlib import Path


class SocketDirs:
    """Makes, lends and takes back the directories in which kernels make their sockets."""

    def place(self, outer: Path) -> Path:
        """Where the directory is that a container sees, given the kernel's own directory on the host."""
        return outer / "k"

    def make(self, place: Path) -> None:
        """Make it, empty and the server's."""
        place.mkdir(mode=0o755)

    def lend(self, place: Path, uid: int, gid: int) -> None:
        """Let the kernel's user make sockets in it."""
        if os.geteuid() == 0:
            os.chown(place, uid, gid)

    def take_back(self, place: Path) -> None:
        """Let nobody but the server change it, and let the server connect to what is in it."""
        if os.geteuid() == 0:
            os.chown(place, 0, 0)
        place.chmod(0o755)

    def rename(self, place: Path, other: Path) -> None:
        """Follow the kernel's own directory, which got another name; here it came along."""

    def remove(self, place: Path) -> None:
        """Remove it with all content; here it goes with the kernel's own directory."""


#: what every process may do, whatever its rights are
OWN = SocketDirs()
