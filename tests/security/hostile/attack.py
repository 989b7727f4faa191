"""What an attack is: data. `attacks/` holds the list, `arena.py` runs them, `docs/security.md` shows the last run."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What the attack is after; the sections of the table."""

    RESOURCES = "Using up the machine"
    SNOOPING = "Looking around"
    PRIVILEGES = "Gaining rights"
    NETWORK = "Reaching a network"
    FILES = "Writing where it may not"
    CONTENTS = "Tricking the contents API"
    PROTOCOL = "Abusing the kernel protocol"


class Ending(StrEnum):
    """What becomes of the attacker's kernel."""

    #: the cell ends by itself, and the kernel answers the next one
    LIVES = "the kernel goes on"
    #: the cell never ends, and an interrupt ends it
    INTERRUPTED = "an interrupt stops it"
    #: the cell ends or not, and the kernel may be useless then: its owner has to restart it
    SPENT = "only its owner's kernel is spent"
    #: the kernel is killed for its use of memory
    OUT_OF_MEMORY = "the kernel is killed, with memory as the reason"
    #: the kernel ends for another reason
    DIES = "the kernel ends"


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack, run as a cell of a sandboxed kernel."""

    name: str
    category: Category
    #: the cell; `PRELUDE` ran before it
    code: str
    #: what a reader of the table should know
    expected: str
    #: regular expression that matches the whole of what the cell printed, or ``ExceptionName: its message``
    gives: str = "(?s).*"
    ending: Ending = Ending.LIVES
    #: seconds after which an endless cell is interrupted
    stop_after_s: float = 1.5


#: names that attacks may use; run once in each attacker's kernel
PRELUDE = '''
import ctypes, errno, json, os, platform, resource, signal, socket, stat, struct, subprocess, sys, threading, time
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"


def check(result):
    """Raise what libc left in errno."""
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def syscall(x86, arm, *arguments):
    """Call the operating system directly, by the number that it has on this processor."""
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return check(libc.syscall(ctypes.c_long(x86 if X86 else arm), *values))


def tried(function, *arguments):
    """Return the name of the error that this gives, or what it returned."""
    try:
        return f"got {function(*arguments)!r}"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    except Exception as error:
        return type(error).__name__
'''
