"""Views of a directory: a mount of its own, which may show one user's files as another's, and may be read-only.

The calls are Linux's open_tree, mount_setattr and move_mount (5.12 and newer), which neither the standard library nor
mount(8) of every system has. They take open descriptors, so that nothing is looked up twice. All of it needs root.
"""

import ctypes
import errno
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nexus_server.kernels.storage.mounts import MS_PRIVATE

#: the numbers are the same on every architecture
SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_MOUNT_SETATTR = 428, 429, 442
AT_EMPTY_PATH, AT_RECURSIVE = 0x1000, 0x8000
OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC = 1, os.O_CLOEXEC
MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH = 0x4, 0x40
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC, ATTR_IDMAP = 0x1, 0x2, 0x4, 0x8, 0x100000
CLONE_NEWUSER = 0x10000000

_libc = ctypes.CDLL(None, use_errno=True)


class _MountAttr(ctypes.Structure):
    """struct mount_attr of mount_setattr(2)."""

    _fields_ = [
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    ]


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """How a view shows its files."""

    is_read_only: bool = False
    #: whether programs in it can be run
    is_executable: bool = False
    #: whether what is mounted below the directory now is seen too
    is_recursive: bool = False
    #: whether it is apart from the directory's own mount: what is mounted below the one does not show in the other
    is_private: bool = False
    #: pairs of the owner as stored and as shown; empty: owners are shown as they are
    users: tuple[tuple[int, int], ...] = ()
    groups: tuple[tuple[int, int], ...] = ()


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def show(source: int, target: int, options: ViewOptions) -> None:
    """Show what is open as `source` in what is open as `target`, in place of it.

    Raises:
        OSError: not root, or the system or the file system cannot.
    """
    tree = detached(source, options)
    try:
        attach(tree, target)
    finally:
        os.close(tree)


def detached(source: int, options: ViewOptions) -> int:
    """Return the descriptor of a view that is nowhere yet. Raises OSError."""
    recursive = AT_RECURSIVE if options.is_recursive else 0
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | recursive
    tree = _call(SYS_OPEN_TREE, ctypes.c_int(source), b"", ctypes.c_uint(flags))
    try:
        _set_attributes(tree, options)
    except OSError:
        os.close(tree)
        raise
    return tree


def attach(tree: int, target: int) -> None:
    """Put a detached view over what is open as `target`. Raises OSError."""
    flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH
    _call(SYS_MOVE_MOUNT, ctypes.c_int(tree), b"", ctypes.c_int(target), b"", ctypes.c_uint(flags))


def _set_attributes(tree: int, options: ViewOptions) -> None:
    attributes = ATTR_NOSUID | ATTR_NODEV
    attributes |= ATTR_RDONLY if options.is_read_only else 0
    attributes |= 0 if options.is_executable else ATTR_NOEXEC
    flags = AT_EMPTY_PATH | (AT_RECURSIVE if options.is_recursive else 0)
    wanted = _MountAttr(attributes, 0, MS_PRIVATE if options.is_private else 0, 0)
    if options.users or options.groups:
        wanted.attr_set |= ATTR_IDMAP
        wanted.userns_fd = user_map(options.users, options.groups)
    size = ctypes.c_size_t(ctypes.sizeof(wanted))
    _call(SYS_MOUNT_SETATTR, ctypes.c_int(tree), b"", ctypes.c_uint(flags), ctypes.byref(wanted), size)


@cache
def user_map(users: tuple[tuple[int, int], ...], groups: tuple[tuple[int, int], ...]) -> int:
    """Return the descriptor of a user namespace that maps ids so; it is kept open for the next view of its kind.

    The first call for a map starts a process for a moment, so a program with threads makes it before them.

    Raises:
        OSError: not root, or this system has none.
    """
    child, leash = _stopped_in_new_namespace()
    try:
        for name, ids in (("gid_map", groups), ("uid_map", users)):
            lines = "".join(f"{stored} {shown} 1\n" for stored, shown in ids)
            Path(f"/proc/{child}/{name}").write_text(lines, encoding="ascii")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(leash)
        os.waitpid(child, 0)


def _stopped_in_new_namespace() -> tuple[int, int]:
    """Return a child that does nothing, in a user namespace of its own, and the descriptor that ends it when closed.

    Raises:
        OSError: this system gives no user namespaces.
    """
    ready, told = os.pipe()
    waiting, leash = os.pipe()
    child = os.fork()
    if not child:
        # Nothing but system calls: another thread may have held any lock of this process when it was copied.
        os.close(leash)
        os.write(told, b"-" if _libc.unshare(CLONE_NEWUSER) else b"+")
        os.read(waiting, 1)  # until the parent lets go, or is gone
        os._exit(0)
    os.close(told)
    os.close(waiting)
    try:
        if os.read(ready, 1) != b"+":
            os.close(leash)
            os.waitpid(child, 0)
            raise OSError(errno.EPERM, "this system gives no user namespaces")
    finally:
        os.close(ready)
    return child, leash
