"""mount(2) and umount(2), which Python's standard library lacks. Everything here needs root."""

import ctypes
import os
import re
from pathlib import Path

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC = 0x2, 0x4, 0x8, 0x20, 0x1000, 0x4000
MS_PRIVATE, MS_SLAVE, MS_SHARED = 0x40000, 0x80000, 0x100000
MNT_DETACH = 2

#: how mountinfo writes a space, say
_OCTAL = re.compile(r"\\([0-7]{3})")

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, path: Path) -> None:
    if result:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(path))


def _mount(source: str, target: Path, kind: str, flags: int, data: str = "") -> None:
    _check(
        _libc.mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode() or None),
        target,
    )


def bind(source: Path, target: Path) -> None:
    """Show `source` at `target` too. Raises OSError."""
    _mount(str(source), target, "none", MS_BIND)


def mount_tmpfs(target: Path, options: str) -> None:
    """Mount an empty file system in memory. Raises OSError."""
    _mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options)


def unmount(target: Path) -> None:
    """Detach whatever is mounted at `target`, now or when its last user lets go; nothing happens when nothing is."""
    if _libc.umount2(os.fsencode(target), MNT_DETACH):
        code = ctypes.get_errno()
        if code not in {22, 2}:  # EINVAL: not a mount point; ENOENT
            raise OSError(code, os.strerror(code), str(target))


def mount_points() -> set[str]:
    """Every mount point of this process's namespace, as the kernel writes it (octal escapes undone)."""
    return {point for point, _ in _mounted()}


def file_system_of(path: Path) -> tuple[str, frozenset[str]]:
    """Return the kind of file system that a path lies in, and the options that it is mounted with."""
    resolved, found = path.resolve(), ("", frozenset[str](), -1)
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields, kind = (part.split(" ") for part in line.split(" - ", 1))
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if resolved.is_relative_to(point) and len(point.parts) >= found[2]:
            found = kind[0], frozenset(kind[-1].split(",")), len(point.parts)
    return found[0], found[1]


def is_shared(mount_point: Path) -> bool:
    """Whether what is mounted below a mount point shows in other namespaces too; False for what is none."""
    found = [tags for point, tags in _mounted() if point == str(mount_point)]
    return bool(found) and any(tag.startswith("shared:") for tag in found[-1])


def _mounted() -> list[tuple[str, list[str]]]:
    """Return each mount of this process's namespace in their order: its point, and the tags of its propagation."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    fields = [line.split(" - ")[0].split(" ") for line in lines]
    return [(_OCTAL.sub(lambda match: chr(int(match[1], 8)), each[4]), each[6:]) for each in fields]


def make_shared(directory: Path) -> None:
    """Make `directory` a mount point whose later mounts reach the containers that see it. Raises OSError."""
    if str(directory) not in mount_points():
        bind(directory, directory)
    _mount("none", directory, "none", MS_SHARED)


def make_private(mount_point: Path) -> None:
    """Keep what is mounted below it from showing elsewhere. Raises OSError."""
    _mount("none", mount_point, "none", MS_PRIVATE)


def receive_only(mount_point: Path) -> None:
    """Let later mounts arrive at this mount and all below it, and let none made here leave. Raises OSError."""
    _mount("none", mount_point, "none", MS_SLAVE | MS_REC)


def restrict(mount_point: Path) -> None:
    """Let nothing below it be run, be a device or lend its owner's rights. Raises OSError."""
    _mount("none", mount_point, "none", MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC)
