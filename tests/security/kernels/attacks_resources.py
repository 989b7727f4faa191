# ruff: noqa: E501  attacks read best as they would be typed
"""Using everything up, through magics too, and turning against the own kernel."""

from tests.security.kernels.attack import ALONE, CONTAINED, Attack

EXHAUSTION = [
    Attack("fork bomb", "exhaustion",
           "pids = []\ntry:\n    while True:\n        pid = os.fork()\n        if pid == 0: time.sleep(30); os._exit(0)\n"
           "        pids.append(pid)\nexcept OSError as error: print('REFUSED', type(error).__name__, error)\n"
           "for pid in pids: os.kill(pid, 9); os.waitpid(pid, 0)"),
    Attack("thread bomb", "exhaustion",
           "stop = threading.Event()\ntry:\n    while True: threading.Thread(target=stop.wait, args=(30,)).start()\n"
           "except RuntimeError as error: print('REFUSED', type(error).__name__, error)\nstop.set()"),
    Attack("zombie storm", "exhaustion",
           "try:\n    for _ in range(5000):\n        if os.fork() == 0: os._exit(0)\n"
           "except OSError as error: print('REFUSED', type(error).__name__, error)\n"
           "while True:\n    try: os.waitpid(-1, 0)\n    except ChildProcessError: break"),
    Attack("open files without end", "exhaustion",
           "kept = []\ntry:\n    while True: kept.append(open('/dev/null'))\n"
           "except OSError as error: kept.clear(); print('REFUSED', type(error).__name__, error)"),
    Attack("pipes without end", "exhaustion",
           "kept = []\ntry:\n    while True: kept.extend(os.pipe())\nexcept OSError as error: print('REFUSED', type(error).__name__, error)\n"
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
           "end = time.time() + 2\nkids = []\nfor level in (0, 10, 19):\n    pid = os.fork()\n    if pid == 0:\n"
           "        os.nice(level)\n        while time.time() < end: pass\n        os._exit(0)\n    kids.append(pid)\n"
           "for pid in kids: os.waitpid(pid, 0)\nprint('SPUN')", CONTAINED, "SPUN"),
    Attack("print for ever", "exhaustion",
           "end = time.time() + 2\nwhile time.time() < end: print('x' * 1000)\nprint('PRINTED')", CONTAINED, "PRINTED"),
    Attack("one giant message", "exhaustion",
           "from IPython.display import display\ndisplay({'text/plain': 'x' * 20_000_000}, raw=True)\nprint('SENT')", CONTAINED, "SENT"),
    Attack("a flood of comm messages", "exhaustion",
           "from comm import create_comm\nfor n in range(500): create_comm(target_name='x', data={'n': 'y' * 1000})\nprint('SENT')",
           CONTAINED, "SENT"),
    Attack("inodes of the memory file systems", "exhaustion",
           "def f(top):\n    os.makedirs(top)\n    try:\n        for n in range(200_000): open(f'{top}/{n}', 'w').close()\n    finally: shell('rm -rf ' + top)\n"
           "attempt(all_refused, [lambda: f('/tmp/many'), lambda: f('/dev/shm/many')])"),
    Attack("directories in directories without end", "exhaustion",
           "def f():\n    for _ in range(100_000):\n        os.mkdir('d'); os.chdir('d')\nattempt(f); os.chdir('/home/learner/work'); shell('rm -rf d')"),
    Attack("sockets and event queues without end", "exhaustion",
           "import select\nkept = []\ntry:\n    while True: kept.extend((*socket.socketpair(), select.epoll()))\nexcept OSError as error: kept.clear(); print('REFUSED', type(error).__name__, error)"),
    Attack("watches on every file", "exhaustion", "attempt(all_refused, [lambda: sysc(253), lambda: sysc(294, 0), lambda: sysc(300, 0, 0)])"),
    Attack("pipe buffers of everybody", "exhaustion",
           "import fcntl\nkept, total = [], 0\ntry:\n    while total < 256:\n        r, w = os.pipe(); kept += [r, w]\n        fcntl.fcntl(w, 1031, 1 << 20); os.set_blocking(w, False); os.write(w, bytes(1 << 20)); total += 1\n"
           "    print('DONE', total)\nexcept OSError as error: print('REFUSED', type(error).__name__, error, total)\nfinally:\n    for fd in kept: os.close(fd)", ALONE),
    Attack("a storm of fsync", "exhaustion",
           "end = time.time() + 2; n = 0\nwith open('storm', 'wb') as out:\n    while time.time() < end:\n        out.write(bytes(4096)); out.flush(); os.fsync(out.fileno()); n += 1\n        if n % 500 == 0: out.seek(0)\nprint('SYNCED', n)", CONTAINED, "SYNCED"),
    Attack("flush the host's disks", "exhaustion",
           "attempt(all_refused, [lambda: sysc(162), lambda: sysc(306, os.open('/', 0)), lambda: sysc(306, os.open('.', 0))])"),
    Attack("orphans that spin", "exhaustion",
           "for _ in range(8):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            end = time.time() + 6\n            while time.time() < end: pass\n        os._exit(0)\n"
           "while True:\n    try: os.waitpid(-1, 0)\n    except ChildProcessError: break\nprint('ORPHANED')", CONTAINED, "ORPHANED"),
    Attack("zombies that nobody reaps", "exhaustion",
           "pids = []\ntry:\n    while True:\n        pid = os.fork()\n        if pid == 0: os._exit(0)\n        pids.append(pid)\n"
           "except OSError as error: print('REFUSED', type(error).__name__, error, len(pids))\nfor pid in pids: os.waitpid(pid, 0)"),
    Attack("CPU time at the lowest and highest niceness", "exhaustion",
           "def g():\n    os.nice(19)\n    try: os.nice(-39)\n    except OSError: os._exit(9)\npid = os.fork()\nif pid == 0: g(); os._exit(0)\ncode = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\nprint('KEPT LOW' if code == 9 else 'RAISED')",
           CONTAINED, "KEPT LOW"),
    Attack("errors for ever", "exhaustion",
           "end = time.time() + 2\nwhile time.time() < end: print('x' * 1000, file=sys.stderr)\nprint('PRINTED')", CONTAINED, "PRINTED"),
    Attack("a sparse file larger than the disk", "exhaustion", "def f():\n    with open('sparse', 'wb') as out: out.truncate(1 << 40)\nattempt(f)"),
]  # fmt: skip

MAGICS = [
    Attack("shell magic: remove everything", "magics",
           "out = get_ipython().getoutput('rm -rf --no-preserve-root /opt /etc /usr 2>&1 | tail -1'); print('REFUSED', 'OSError', out)"),
    Attack("%%script as root", "magics",
           "attempt(lambda: get_ipython().run_cell_magic('script', 'bash --norc', 'id -u; exec su root -c id'))"),
    Attack("read shadow passwords", "magics", "attempt(open, '/etc/shadow')"),
    Attack("core dump on disk", "magics",
           "def f():\n    shell('ulimit -c unlimited')\nattempt(f)\n"),
    Attack("%%bash: a fork bomb of the shell", "magics",
           "get_ipython().run_cell_magic('script', 'bash --no-raise-error', 'ulimit -u; setsid bash -c \"bomb() { bomb | bomb & }; bomb; while ((SECONDS < 3)); do :; done; kill -KILL 0\" 2>/dev/null; true'); print('OUTLIVED')", CONTAINED, "OUTLIVED"),
    Attack("! : a program that stays behind", "magics",
           "shell('nohup sleep 600 >/dev/null 2>&1 &'); print('STARTED')", CONTAINED, "STARTED"),
    Attack("%%writefile outside the workspace", "magics", "attempt(get_ipython().run_cell_magic, 'writefile', '/etc/x', 'x')"),
    Attack("%cd, %run and %load outside the workspace", "magics",
           "def f(name, arg):\n    if name == 'cd': return os.chdir(arg)\n    return open(arg).read()\nattempt(all_refused, [lambda: f('cd', '/root'), lambda: f('run', '/etc/shadow'), lambda: f('load', '/root/.profile')])"),
    Attack("! : tools that need rights", "magics",
           "attempt(all_refused, [lambda c=c: shell(c) for c in ('mount -t tmpfs x /tmp', 'unshare -r id', 'nsenter -t 1 -a id', 'chroot / id', 'hostname x', 'renice -n -20 -p 1', 'dmesg', 'insmod /tmp/x.ko', 'kill -9 1 && exit 1')])"),
]  # fmt: skip

SUICIDE = [
    Attack("kill everything", "suicide", "os.kill(-1, 9)", ALONE),
    Attack("kill init", "suicide", "attempt(os.kill, 1, 9); print('DONE')", ALONE),
    Attack("stop the kernel's process", "suicide", "os.kill(os.getpid(), signal.SIGSTOP)", ALONE, patience_s=4.0),
    Attack("crash by a null pointer", "suicide", "ctypes.string_at(0)", ALONE),
    Attack("abort with a core dump", "suicide", "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()", ALONE),
    Attack("endless recursion in C", "suicide",
           "sys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, n): return getattr(self, n + 'a')\nA().x", ALONE),
    Attack("close every descriptor", "suicide", "os.closerange(0, 512)", ALONE),
    Attack("malformed frames to the own kernel", "suicide",
           "import zmq\nsock = zmq.Context.instance().socket(zmq.DEALER); sock.linger = 0\n"
           "sock.connect('ipc:///run/kernel/s-1')\nfor n in range(50): sock.send_multipart([b'<IDS|MSG>', b'', b'{', b'x' * n])\n"
           "time.sleep(0.2); sock.close(); print('SENT')", CONTAINED, "SENT"),
    Attack("an oversized frame to the own kernel", "suicide",
           "import zmq\nsock = zmq.Context.instance().socket(zmq.DEALER); sock.linger = 0\n"
           "sock.connect('ipc:///run/kernel/s-4')\nsock.send(bytes(30_000_000)); time.sleep(0.2); sock.close(); print('SENT')", ALONE),
    Attack("forged status on the own channel", "suicide",
           "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, {}, ident=b'x')\n"
           "print('SENT')", CONTAINED, "SENT"),
    Attack("signals to init", "suicide",
           "attempt(lambda: [os.kill(1, s) for s in (signal.SIGSTOP, signal.SIGKILL, signal.SIGHUP, signal.SIGUSR1)]); print('DONE')", ALONE),
    Attack("no descriptors left for the kernel", "suicide",
           "resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)); open('/dev/null')", ALONE),
    Attack("no memory left for the kernel", "suicide", "resource.setrlimit(resource.RLIMIT_AS, (0, 0)); x = bytearray(1 << 22)", ALONE),
    Attack("no processor time left for the kernel", "suicide",
           "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass", ALONE),
    Attack("bytes that are no ZeroMQ on every socket", "suicide",
           "for n in range(1, 6):\n    plug = connect(f'/run/kernel/s-{n}')\n    plug.sendall(b'\\xff' + os.urandom(4096)); plug.close()\nprint('SENT')", CONTAINED, "SENT"),
    Attack("half a greeting, and a hundred connections", "suicide",
           "kept = []\nfor n in range(100):\n    kept.append(connect('/run/kernel/s-3')); kept[-1].sendall(b'\\xff' + bytes(8) + b'\\x7f')\nprint('SENT', len(kept)); [k.close() for k in kept]", CONTAINED, "SENT 100"),
    Attack("a frame that claims to be 8 EiB long", "suicide",
           "plug = connect('/run/kernel/s-1')\nplug.sendall(b'\\xff' + bytes(8) + b'\\x7f\\x03\\x00NULL' + bytes(16) + b'\\x00' + bytes(31))\n"
           "plug.sendall(b'\\x02' + b'\\x7f' + b'\\xff' * 7 + b'x' * 4096); plug.close(); print('SENT')", CONTAINED, "SENT"),
    Attack("core dumps of a hundred children", "suicide",
           "for _ in range(100):\n    if os.fork() == 0:\n        signal.signal(signal.SIGABRT, signal.SIG_DFL); os.close(2); os.kill(os.getpid(), signal.SIGABRT)\n    os.wait()\n"
           "print('NO CORES' if not [n for n in os.listdir('.') + os.listdir('/tmp') if n.startswith('core')] else 'CORES')", CONTAINED, "NO CORES"),
]  # fmt: skip
