# ruff: noqa: E501  attacks read best as they would be typed
"""What a hostile student tries in a kernel, and what must come of it: pure data."""

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


@dataclass(frozen=True)
class Attack:
    """One attack: code for a cell. `attempt(f, *args)` prints REFUSED or DONE; `sysc` makes a raw system call."""

    name: str
    group: str
    code: str
    expected: Expected = Expected.REFUSED


PRELUDE = """
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
"""

CONTAINED, ALONE = Expected.CONTAINED, Expected.ALONE

NETWORK = [
    Attack("open a connection to the internet", "network", "attempt(socket.create_connection, ('192.0.2.1', 443), 3)"),
    Attack("cloud metadata address", "network", "attempt(socket.create_connection, ('169.254.169.254', 80), 3)"),
    Attack("look a name up", "network", "attempt(socket.getaddrinfo, 'example.org', 80)"),
    Attack("send a datagram", "network",
           "attempt(socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto, b'x', ('192.0.2.1', 53))"),
    Attack("raw socket", "network", "attempt(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)"),
    Attack("packet socket", "network", "attempt(socket.socket, socket.AF_PACKET, socket.SOCK_RAW)"),
    Attack("netlink socket", "network", "attempt(socket.socket, 16, socket.SOCK_RAW, 0)"),
    Attack("talk to the hypervisor (vsock)", "network", "attempt(socket.socket, 40, socket.SOCK_STREAM)"),
    Attack("kernel crypto socket (AF_ALG)", "network", "attempt(socket.socket, 38, socket.SOCK_SEQPACKET)"),
    Attack("the Docker socket", "network",
           "def f():\n    s = socket.socket(socket.AF_UNIX)\n    s.connect('/var/run/docker.sock')\nattempt(f)"),
    Attack("an abstract socket of the host", "network",
           "def f():\n    s = socket.socket(socket.AF_UNIX)\n    s.connect('\\0/containerd-shim')\nattempt(f)"),
]  # fmt: skip

RIGHTS = [
    Attack("become root (setuid)", "rights", "attempt(os.setuid, 0)"),
    Attack("become root's group", "rights", "attempt(os.setgid, 0)"),
    Attack("sudo and su", "rights", "attempt(shell, 'sudo -n id || su -c id')"),
    Attack("set-id programs", "rights", "attempt(shell, 'find / -xdev -perm /6000 -type f 2>/dev/null | grep .')"),
    Attack("mount a file system", "rights", "attempt(sysc, 165, b'none', b'/tmp', b'tmpfs', 0, None)"),
    Attack("unmount /proc", "rights", "attempt(sysc, 166, b'/proc', 2)"),
    Attack("new user namespace (unshare)", "rights", "attempt(sysc, 272, 0x10000000)"),
    Attack("new user namespace (clone)", "rights", "attempt(sysc, 56, 0x10000000 | 17, 0, 0, 0, 0)"),
    Attack("new mount namespace", "rights", "attempt(sysc, 272, 0x00020000)"),
    Attack("enter the host's namespaces", "rights", "attempt(sysc, 308, os.open('/proc/1/ns/net', 0), 0)"),
    Attack("change the root (pivot_root, chroot)", "rights",
           "attempt(sysc, 155, b'/tmp', b'/tmp') or attempt(os.chroot, '/tmp')"),
    Attack("ptrace the init process", "rights", "attempt(sysc, 101, 16, 1, 0, 0)"),
    Attack("read another process's memory", "rights", "attempt(sysc, 310, 1, 0, 0, 0, 0, 0)"),
    Attack("the kernel's keyring", "rights", "attempt(sysc, 248, b'user', b'x', b'y', 1, -3)"),
    Attack("read keys (keyctl)", "rights", "attempt(sysc, 250, 0, -3, 0)"),
    Attack("load a BPF program", "rights", "attempt(sysc, 321, 0, 0, 0)"),
    Attack("performance counters", "rights", "attempt(sysc, 298, 0, 0, 0, 0, 0)"),
    Attack("io_uring", "rights", "attempt(sysc, 425, 1, ctypes.create_string_buffer(256))"),
    Attack("userfaultfd", "rights", "attempt(sysc, 323, 0)"),
    Attack("run a program from memory (memfd)", "rights", "attempt(sysc, 319, b'x', 0)"),
    Attack("load a kernel module", "rights", "attempt(sysc, 313, 0, b'', 0)"),
    Attack("reboot", "rights", "attempt(sysc, 169, 0xfee1dead, 672274793, 0x1234567, 0)"),
    Attack("open files by handle", "rights", "attempt(sysc, 304, -1, 0, 0)"),
    Attack("set the clock", "rights", "attempt(time.clock_settime, time.CLOCK_REALTIME, 0)"),
    Attack("set the host's name", "rights", "attempt(socket.sethostname, 'owned')"),
    Attack("turn off address randomisation", "rights", "attempt(sysc, 135, 0x0040000)"),
    Attack("read the kernel's log", "rights", "attempt(sysc, 103, 3, ctypes.create_string_buffer(99), 99)"),
    Attack("real-time priority", "rights", "attempt(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50))"),
    Attack("raise hard limits", "rights", "attempt(resource.setrlimit, resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))"),
    Attack("negative nice level", "rights", "attempt(os.setpriority, os.PRIO_PROCESS, 0, -20)"),
]  # fmt: skip

SNOOPING = [
    Attack("memory of the machine", "snooping", "attempt(open, '/dev/mem', 'rb')"),
    Attack("image of the kernel's memory", "snooping", "attempt(lambda: open('/proc/kcore', 'rb').read(64)[0])"),
    Attack("disks of the host", "snooping", "attempt(lambda: [open('/dev/' + n) for n in ('vda', 'sda', 'nvme0n1')])"),
    Attack("secrets in the environment", "snooping",
           "def f():\n    text = open('/proc/1/environ').read() + str(os.environ)\n"
           "    found = [w for w in ('SECRET', 'TOKEN', 'DATABASE', 'API_KEY', 'PASSWORD', 'NEXUS_DATA') if w in text]\n"
           "    if not found: raise LookupError('nothing found')\n    return found\nattempt(f)"),
    Attack("processes of others", "snooping",
           "def f():\n    pids = [int(p) for p in os.listdir('/proc') if p.isdigit()]\n"
           "    if len(pids) > 5: return pids\n    raise LookupError(pids)\nattempt(f)"),
    Attack("sockets and keys of other kernels", "snooping",
           "def f():\n    found = [n for n in os.listdir('/run') if n not in ('kernel', 'lock', 'mount')]\n"
           "    if not found: raise LookupError(os.listdir('/run'))\n    return found\nattempt(f)"),
    Attack("the kernel directory's parent by ..", "snooping",
           "def f():\n    found = set(os.listdir('/run/kernel/../')) - {'kernel', 'lock', 'mount'}\n"
           "    if not found: raise LookupError('own files only')\n    return found\nattempt(f)"),
    Attack("workspaces of other learners", "snooping",
           "def f():\n    found = os.listdir('/home/learner')\n    if found == ['work']: raise LookupError(found)\n"
           "    return found\nattempt(f)"),
    Attack("process table of init through root link", "snooping", "attempt(os.listdir, '/proc/1/root/root')"),
]  # fmt: skip

TAMPERING = [
    Attack("write to the system", "tampering", "attempt(open, '/etc/passwd', 'a')"),
    Attack("change the kernel's own program", "tampering", "attempt(open, '/opt/nexus/nexus_kernel.py', 'a')"),
    Attack("set the core pattern", "tampering", "attempt(open, '/proc/sys/kernel/core_pattern', 'w')"),
    Attack("magic SysRq", "tampering", "attempt(open, '/proc/sysrq-trigger', 'w')"),
    Attack("write to /sys", "tampering", "attempt(open, '/sys/kernel/uevent_helper', 'w')"),
    Attack("raise own cgroup limit", "tampering",
           "attempt(shell, 'echo 1000000 > /sys/fs/cgroup/cpu/cpu.cfs_quota_us || echo max > /sys/fs/cgroup/cpu.max')"),
    Attack("release agent", "tampering", "attempt(shell, 'echo /tmp/x > /sys/fs/cgroup/memory/release_agent')"),
    Attack("make a device file", "tampering", "attempt(os.mknod, 'disk', 0o60666, os.makedev(254, 0))"),
    Attack("delete the kernel's socket", "tampering", "attempt(os.remove, '/run/kernel/s-1')"),
    Attack("put a link in the socket's place", "tampering", "attempt(os.symlink, '/etc/passwd', '/run/kernel/s-9')"),
    Attack("rename the sockets", "tampering", "attempt(os.rename, '/run/kernel/s-1', '/run/kernel/s-2')"),
    Attack("fill the socket directory", "tampering", "attempt(open, '/run/kernel/filler', 'wb')"),
    Attack("take the socket directory over", "tampering", "attempt(os.chmod, '/run/kernel', 0o777)"),
    Attack("hard link to a system file", "tampering", "attempt(os.link, '/etc/passwd', 'passwd')"),
    Attack("set-id program in the workspace", "tampering",
           "def f():\n    shell('cp /usr/bin/id id; chmod 6755 id')\n"
           "    out = shell('./id')\n    if 'euid=0' in out: return out\n    raise PermissionError(out)\nattempt(f)"),
    Attack("run a program from /tmp", "tampering",
           "attempt(shell, 'cp /usr/bin/id /tmp/id && chmod +x /tmp/id && /tmp/id')"),
    Attack("second claim of the kernel", "tampering",
           "def f():\n    from ipykernel.kernelapp import IPKernelApp\n"
           "    if type(IPKernelApp.instance().kernel).claimable: return 'claimable'\n"
           "    raise PermissionError('claimed once')\nattempt(f)"),
]  # fmt: skip

EXHAUSTION = [
    Attack("fork bomb", "exhaustion",
           "pids = []\ntry:\n    while True:\n        pid = os.fork()\n        if pid == 0: time.sleep(30); os._exit(0)\n"
           "        pids.append(pid)\nexcept OSError as error: print('REFUSED', error)\n"
           "for pid in pids: os.kill(pid, 9); os.waitpid(pid, 0)"),
    Attack("thread bomb", "exhaustion",
           "stop = threading.Event()\ntry:\n    while True: threading.Thread(target=stop.wait, args=(30,)).start()\n"
           "except RuntimeError as error: print('REFUSED', error)\nstop.set()"),
    Attack("zombie storm", "exhaustion",
           "try:\n    for _ in range(5000):\n        if os.fork() == 0: os._exit(0)\n"
           "except OSError as error: print('REFUSED', error)\n"
           "while True:\n    try: os.waitpid(-1, 0)\n    except ChildProcessError: break"),
    Attack("open files without end", "exhaustion",
           "kept = []\ntry:\n    while True: kept.append(open('/dev/null'))\n"
           "except OSError as error: kept.clear(); print('REFUSED', error)"),
    Attack("pipes without end", "exhaustion",
           "kept = []\ntry:\n    while True: kept.extend(os.pipe())\nexcept OSError as error: print('REFUSED', error)\n"
           "for fd in kept: os.close(fd)"),
    Attack("fill the disk", "exhaustion",
           "def f():\n    with open('big', 'wb') as out:\n        for _ in range(1000): out.write(bytes(10_000_000))\n"
           "attempt(f); os.remove('big')"),
    Attack("files without end", "exhaustion",
           "def f():\n    os.makedirs('many', exist_ok=True)\n    for n in range(200_000): open(f'many/{n}', 'w').close()\n"
           "attempt(f); shell('rm -rf many')"),
    Attack("fill /tmp", "exhaustion",
           "def f():\n    with open('/tmp/big', 'wb') as out:\n        for _ in range(1000): out.write(bytes(1_000_000))\n"
           "attempt(f); os.remove('/tmp/big')"),
    Attack("fill /dev/shm", "exhaustion",
           "def f():\n    with open('/dev/shm/big', 'wb') as out:\n        for _ in range(1000): out.write(bytes(1_000_000))\n"
           "attempt(f); os.remove('/dev/shm/big')"),
    Attack("shared memory of SysV", "exhaustion", "attempt(sysc, 29, 0, 1 << 30, 0o1666)"),
    Attack("POSIX message queues", "exhaustion", "attempt(sysc, 240, b'q', 0o102, 0o600, None)"),
    Attack("inotify watches of everybody", "exhaustion", "attempt(sysc, 253)"),
    Attack("POSIX timers of everybody", "exhaustion", "attempt(sysc, 222, 0, None, ctypes.byref(ctypes.c_long()))"),
    Attack("lock memory", "exhaustion", "attempt(sysc, 149, ctypes.create_string_buffer(1 << 20), 1 << 20)"),
    Attack("memory hog", "exhaustion", "hog = []\nwhile True: hog.append(bytearray(1 << 20))", ALONE),
    Attack("memory hog in a child", "exhaustion",
           "done = subprocess.run([sys.executable, '-c', 'x = bytearray(1 << 30)'])\nprint('CHILD', done.returncode)", ALONE),
    Attack("spin the CPU at every nice level", "exhaustion",
           "end = time.time() + 4\nkids = []\nfor level in (0, 10, 19):\n    pid = os.fork()\n    if pid == 0:\n"
           "        os.nice(level)\n        while time.time() < end: pass\n        os._exit(0)\n    kids.append(pid)\n"
           "for pid in kids: os.waitpid(pid, 0)\nprint('SPUN')", CONTAINED),
    Attack("print for ever", "exhaustion",
           "end = time.time() + 4\nwhile time.time() < end: print('x' * 1000)\nprint('PRINTED')", CONTAINED),
    Attack("one giant message", "exhaustion",
           "from IPython.display import display\ndisplay({'text/plain': 'x' * 20_000_000}, raw=True)\nprint('SENT')", CONTAINED),
    Attack("a flood of comm messages", "exhaustion",
           "from comm import create_comm\nfor n in range(500): create_comm(target_name='x', data={'n': 'y' * 1000})\nprint('SENT')",
           CONTAINED),
]  # fmt: skip

SUICIDE = [
    Attack("kill everything", "suicide", "os.kill(-1, 9)", ALONE),
    Attack("kill init", "suicide", "attempt(os.kill, 1, 9); print('DONE')", ALONE),
    Attack("stop the kernel's process", "suicide", "os.kill(os.getpid(), signal.SIGSTOP)", ALONE),
    Attack("crash by a null pointer", "suicide", "ctypes.string_at(0)", ALONE),
    Attack("abort with a core dump", "suicide", "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()", ALONE),
    Attack("endless recursion in C", "suicide",
           "sys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, n): return getattr(self, n + 'a')\nA().x", ALONE),
    Attack("close every descriptor", "suicide", "os.closerange(0, 512)", ALONE),
    Attack("malformed frames to the own kernel", "suicide",
           "import zmq\nsock = zmq.Context.instance().socket(zmq.DEALER); sock.linger = 0\n"
           "sock.connect('ipc:///run/kernel/s-1')\nfor n in range(50): sock.send_multipart([b'<IDS|MSG>', b'', b'{', b'x' * n])\n"
           "time.sleep(0.2); sock.close(); print('SENT')", CONTAINED),
    Attack("an oversized frame to the own kernel", "suicide",
           "import zmq\nsock = zmq.Context.instance().socket(zmq.DEALER); sock.linger = 0\n"
           "sock.connect('ipc:///run/kernel/s-4')\nsock.send(bytes(30_000_000)); time.sleep(0.2); sock.close(); print('SENT')", ALONE),
    Attack("forged status on the own channel", "suicide",
           "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, {}, ident=b'x')\n"
           "print('SENT')", CONTAINED),
]  # fmt: skip

MAGICS = [
    Attack("shell magic: remove everything", "magics",
           "out = get_ipython().getoutput('rm -rf --no-preserve-root /opt /etc /usr 2>&1 | tail -1'); print('REFUSED', out)"),
    Attack("%%script as root", "magics",
           "attempt(lambda: get_ipython().run_cell_magic('script', 'bash --norc', 'id -u; exec su root -c id'))", CONTAINED),
    Attack("read shadow passwords", "magics", "attempt(open, '/etc/shadow')"),
    Attack("core dump on disk", "magics",
           "def f():\n    shell('ulimit -c unlimited')\nattempt(f)\n"),
]  # fmt: skip

ATTACKS = [*NETWORK, *RIGHTS, *SNOOPING, *TAMPERING, *EXHAUSTION, *MAGICS, *SUICIDE]
