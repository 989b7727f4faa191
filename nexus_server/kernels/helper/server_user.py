"""The system user that the server becomes, and becoming it for good."""

import ctypes
import grp
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass

from nexus_server.errors import ConflictError

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38


class ServerUserError(ConflictError):
    """The server's user cannot be had."""

    code = "server_user"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """A user without rights."""

    name: str
    uid: int
    gid: int


def ensure_user(name: str) -> ServerUser:
    """Return the system user of this name, made when missing: without a password, a login shell or a home.

    Raises:
        ServerUserError: it is root, or could not be made.
    """
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        found = _make(name)
    if found.pw_uid == 0 or found.pw_gid == 0:
        raise ServerUserError(f"The user {name} is root, or in root's group; choose another as `server_user`.")
    return ServerUser(name, found.pw_uid, found.pw_gid)


def _make(name: str) -> pwd.struct_passwd:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        raise ServerUserError(f"There is no user {name}, and no `useradd` to make it with: make it, then start again.")
    command = [program, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    command += ["--gid", name] if _has_group(name) else ["--user-group"]
    done = subprocess.run([*command, name], capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(name)  # also when another server made it meanwhile
    except KeyError:
        raise ServerUserError(f"The user {name} could not be made: {done.stderr.strip()}") from None


def _has_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def become(user: ServerUser) -> None:
    """Give all rights up: this process and those that it starts can get none back, not by set-id programs either.

    Raises:
        OSError: the system refuses; the caller must not go on.
    """
    os.setgroups([])
    os.setresgid(user.gid, user.gid, user.gid)
    os.setresuid(user.uid, user.uid, user.uid)
    libc = ctypes.CDLL(None, use_errno=True)
    # After a change of user Linux hides a process's own /proc from it, until it says that it has no secrets of root's.
    for option in (PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS):
        if libc.prctl(option, ctypes.c_ulong(1), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
            raise OSError(ctypes.get_errno(), "prctl")
    if 0 in {*os.getresuid(), *os.getresgid(), *os.getgroups()}:
        raise OSError("some rights are left")
