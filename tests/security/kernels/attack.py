# ruff: noqa: E501  the preludes read best as they would be typed
"""What an attack is, and what its code may use: pure data."""

from dataclasses import dataclass
from enum import StrEnum


class Expected(StrEnum):
    """What must come of an attack."""

    #: the attempt fails with an error, and the kernel goes on
    REFUSED = "refused"
    #: it has its way within the kernel's own limits, and the kernel goes on
    CONTAINED = "contained"
    #: at most the attacker's own kernel ends
    ALONE = "harms only itself"


#: seconds for a cell that must end: far from what any takes, within the suite's own limit for a test
LONGEST_S = 120.0


@dataclass(frozen=True)
class Attack:
    """One attack: code for a cell, with `PRELUDE` run before.

    `attempt(f, *args)` prints REFUSED with the error, or DONE; `sysc` makes a raw system call. Code that is contained
    prints `sign` when it has got through.
    """

    name: str
    group: str
    code: str
    expected: Expected = Expected.REFUSED
    sign: str = ""
    kernel: str = "nexus-python"
    #: an attack that may ruin its kernel, and neither ends nor kills it, is given up after this long
    patience_s: float = 25.0

    @property
    def longest_s(self) -> float:
        """Seconds after which an attack counts as standing still; one that must end may take its time on a busy machine."""
        return self.patience_s if self.expected is Expected.ALONE else LONGEST_S


CONTAINED, ALONE = Expected.CONTAINED, Expected.ALONE
PYTHON, JAVASCRIPT = "nexus-python", "nexus-javascript"

#: by kernel; `NEIGHBOUR` is what the attacker might know of the other kernel
PRELUDES = {
    PYTHON: """
import ctypes, errno, os, socket, struct, subprocess, sys, threading, time, resource, signal
libc = ctypes.CDLL(None, use_errno=True)
def sysc(number, *args):
    result = libc.syscall(number, *args)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
def attempt(function, *args, **kwargs):
    try:
        value = function(*args, **kwargs)
    except BaseException as error:
        print("REFUSED", type(error).__name__, str(error)[:200])
    else:
        print("DONE", repr(value)[:200])
def shell(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise OSError(done.returncode, done.stderr)
    return done.stdout
def in_child(function, seconds=20):
    # in a process of its own; raises when that ends by a signal
    pid = os.fork()
    if pid == 0:
        signal.alarm(seconds)
        try:
            function()
        finally:
            os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code < 0:
        raise PermissionError(f'child ended by {signal.Signals(-code).name}')
    return code
def machine_code(code):
    # returns what the code leaves in eax
    import mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
def connect(path):
    plug = socket.socket(socket.AF_UNIX)
    plug.settimeout(3)
    plug.connect(path)
    return plug
def all_refused(calls):
    # the last refusal is raised; what was not refused is told
    worked, last = [], None
    for call in calls:
        try:
            worked.append(call())
        except OSError as error:
            last = error
    if worked or last is None:
        return worked
    raise last
""",
    JAVASCRIPT: """
async function attempt(f) {
  try { const value = await f(); console.log('DONE', String(value).slice(0, 200)); }
  catch (error) { console.log('REFUSED', error.name, String(error.message).slice(0, 200)); }
}
async function run(command, ...args) {
  const { success, stderr, stdout } = await new Deno.Command(command, { args, stdout: 'piped', stderr: 'piped' }).output();
  if (!success) throw new Deno.errors.PermissionDenied(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
""",
}
