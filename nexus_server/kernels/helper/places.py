"""Where a helper keeps what it must be able to trust: directories of root's that the server's user cannot rename.

``/run/nexus/<digest of the data directory>/`` holds `kernels/<kernel>` (sockets), `slots/` (see `mount_slots.py`),
`store/` (the data directory's `workspaces`, seen where no other name can be put in its place) and the sockets on
which helpers listen, one for each process that has one. Nothing in it
can be run or be a device, and no set-id bit counts there. The engine is given paths below it only.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from nexus_server.errors import ConflictError
from nexus_server.files.removal import remove_tree
from nexus_server.kernels.storage import mounts
from nexus_server.kernels.storage.mount_views import ViewOptions, show

ROOT = Path("/run/nexus")
_OPEN_DIR = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_ANY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
#: names in a directory of sockets that are looked at
MAX_SOCKETS = 64


class UntrustedWorkspacesError(ConflictError):
    """The data directory's `workspaces` does not belong to root, so somebody may have put file systems there: see who made it, then `chown root` it."""  # noqa: E501

    code = "untrusted_workspaces"


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of one site's helper."""

    root: Path
    data: Path
    #: the server's user and group
    uid: int
    gid: int

    @classmethod
    def of(cls, data: Path, uid: int, gid: int) -> "Places":
        """Name the places that belong to a data directory; nothing is made."""
        digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
        return cls(ROOT / digest, data, uid, gid)

    def socket(self, process: int) -> Path:
        """Where the helper of a process listens."""
        return self.root / f"{process}.sock"

    @property
    def kernels(self) -> Path:
        """The directories of kernels' sockets."""
        return self.root / "kernels"

    @property
    def slots(self) -> Path:
        """The slots of warm kernels."""
        return self.root / "slots"

    @property
    def store(self) -> Path:
        """The learners' file systems, as kernels see them."""
        return self.root / "store"

    @property
    def views(self) -> Path:
        """The same as the server sees them: as its own."""
        return self.data / "workspaces"

    def make(self) -> None:
        """Make what is missing, as root, before the server's user runs anything.

        Raises:
            UntrustedWorkspacesError: the workspaces may be somebody else's work.
            OSError: this system cannot do it.
        """
        ROOT.mkdir(mode=0o711, exist_ok=True)
        self.root.mkdir(mode=0o710, exist_ok=True)
        os.chown(self.root, 0, self.gid)
        if str(self.root) not in mounts.mount_points():
            mounts.bind(self.root, self.root)
            # Who gives a container's server this place, shared, runs an engine outside that has to see what is here.
            if not mounts.is_shared(ROOT):
                mounts.make_private(self.root)
            mounts.restrict(self.root)
        for place in (self.kernels, self.slots, self.store):
            place.mkdir(mode=0o711, exist_ok=True)
        self._open_store()

    def _open_store(self) -> None:
        """Show the data directory's `workspaces` as `store`, and make views that are mounted in it reach the server."""
        with contextlib.suppress(FileExistsError):
            self.views.mkdir(mode=0o711)
        descriptor = os.open(self.views, _OPEN_DIR)
        try:
            if os.fstat(descriptor).st_uid != 0:
                raise UntrustedWorkspacesError
            # The server may see whose file systems there are, which is all that it needs to know.
            os.fchown(descriptor, 0, self.gid)
            os.fchmod(descriptor, 0o751)
            known = mounts.mount_points()
            if str(self.store) not in known:
                for left in [point for point in known if Path(point).parent == self.views]:
                    mounts.unmount(Path(left))  # a server that was root left it
                with opened(self.store) as target:
                    show(descriptor, target, ViewOptions(is_private=True))
        finally:
            os.close(descriptor)
        mounts.make_shared(self.views)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from making or leaving these places meanwhile: the helper of a server that ended, say."""
        ROOT.mkdir(mode=0o711, exist_ok=True)
        with (ROOT / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def is_shared(self) -> bool:
        """Whether more than one process has a helper here."""
        return len([path for path in self.root.glob("*.sock") if is_alive(path)]) > 1

    def forget_kernels(self) -> None:
        """Remove the directories of kernels that ended while nobody was there, unless another process has kernels."""
        if self.kernels.is_dir() and not self.is_shared():
            for place in list(self.kernels.iterdir()):
                self.remove_kernel(place.name)

    def leave(self) -> bool:
        """Unmount everything, unless kernels or other processes are left that need it; return whether that was done."""
        if not self.kernels.is_dir() or any(self.kernels.iterdir()) or self.is_shared():
            return False
        for point in sorted(mounts.mount_points(), reverse=True):
            path = Path(point)
            if path.is_relative_to(self.root) or path.is_relative_to(self.views):
                mounts.unmount(path)
        with contextlib.suppress(OSError):  # another server of the same data directory came
            for place in (self.kernels, self.slots, self.store):
                place.rmdir()
        return True

    # ---- the directories of kernels' sockets ----

    def kernel(self, name: str) -> Path:
        """The directory of a kernel's sockets, as the engine is told it."""
        return self.kernels / name

    def make_kernel(self, name: str) -> None:
        """Make it anew, the server's. Raises OSError."""
        self.remove_kernel(name)
        self.kernel(name).mkdir(mode=0o755)
        os.chown(self.kernel(name), self.uid, self.gid)

    def lend(self, name: str, place: str, uid: int, gid: int) -> None:
        """Give a directory of sockets to the kernels' user. Raises OSError."""
        with self._opened(name, place, frozenset({self.uid, uid})) as descriptor:
            os.fchown(descriptor, uid, gid)

    def take(self, name: str, place: str, makers: frozenset[int]) -> None:
        """Give a directory back to the server, and then the sockets in it that one of `makers` (user ids) made.

        A socket with a second name is left alone: the other one may be anywhere. Raises OSError.
        """
        with self._opened(name, place, makers | {self.uid}) as descriptor:
            os.fchown(descriptor, self.uid, self.gid)
            os.fchmod(descriptor, 0o755)
            for entry in sorted(os.listdir(descriptor))[:MAX_SOCKETS]:  # noqa: PTH208  of what is open, by name
                self._take_socket(entry, descriptor, makers)

    def _take_socket(self, entry: str, directory: int, makers: frozenset[int]) -> None:
        try:
            descriptor = os.open(entry, _OPEN_ANY, dir_fd=directory)
        except OSError:
            return  # gone
        try:
            status = os.fstat(descriptor)
            if stat.S_ISSOCK(status.st_mode) and status.st_nlink == 1 and status.st_uid in makers:
                os.chown(f"/proc/self/fd/{descriptor}", self.uid, self.gid)
        finally:
            os.close(descriptor)

    def rename_kernel(self, name: str, other: str) -> None:
        """Give it another name, in place of what has that. Raises OSError."""
        self.remove_kernel(other)
        self.kernel(name).rename(self.kernel(other))

    def remove_kernel(self, name: str) -> None:
        """Delete it, if it is there; what cannot be deleted is left."""
        if not self.kernel(name).is_dir():
            return
        directory = os.open(self.kernels, _OPEN_DIR)
        try:
            remove_tree(name, directory)
        except OSError:
            return
        finally:
            os.close(directory)

    @contextlib.contextmanager
    def _opened(self, name: str, place: str, owners: frozenset[int]) -> Iterator[int]:
        """Give the descriptor of a directory of sockets, or of one in it, that belongs to one of `owners`.

        No link is followed.
        """
        with opened(self.kernel(name)) as outer, contextlib.ExitStack() as stack:
            descriptor = stack.enter_context(opened(place, outer)) if place else outer
            if os.fstat(descriptor).st_uid not in owners:
                raise PermissionError(errno.EPERM, "it belongs to somebody else", name)
            yield descriptor

    # ---- learners' files ----

    def show_workspace(self, owner: UUID, options: ViewOptions) -> None:
        """Show a learner's files to the server as its own, where it looks for them. Raises OSError."""
        with contextlib.ExitStack() as stack:
            source = stack.enter_context(opened(self.store / str(owner)))
            views = stack.enter_context(opened(self.views))
            target = stack.enter_context(opened(str(owner), views))
            show(source, target, options)

    def hide_workspace(self, owner: UUID) -> None:
        """Take the server's view away, if there is one. Raises OSError."""
        with opened(self.views) as views:
            mounts.unmount(Path(f"/proc/self/fd/{views}/{owner}"))


def is_alive(path: Path) -> bool:
    """Whether somebody listens on a socket; what nobody listens on any more is removed."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return False
        except OSError:
            return False
    return True


@contextlib.contextmanager
def opened(path: "Path | str", directory: int | None = None) -> Iterator[int]:
    """Give the descriptor of a directory; a link in its place is not followed. Raises OSError."""
    descriptor = os.open(path, _OPEN_DIR, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
