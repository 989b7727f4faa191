# ruff: noqa: E501  attacks read best as they would be typed
"""Looking at what is others' and changing what is not one's own."""

from tests.security.kernels.attack import CONTAINED, Attack

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
    Attack("addresses of the kernel", "snooping",
           "def f():\n    lines = [l for l in open('/proc/kallsyms') if not l.startswith('0000000000000000')]\n    if not lines: raise LookupError('all zero')\n    return lines[0]\nattempt(f)"),
    Attack("kernel tables in /proc", "snooping",
           "def f(n):\n    text = open('/proc/' + n, 'rb').read(200)\n    if not text: raise OSError(n + ' is empty')\n    return n, text\n"
           "attempt(all_refused, [lambda n=n: f(n) for n in ('keys', 'timer_list', 'sched_debug', 'slabinfo', 'kpagecount', 'vmallocinfo', 'acpi/wakeup', 'scsi/scsi', 'sysrq-trigger')])"),
    Attack("firmware and debugging in /sys", "snooping",
           "def f(n):\n    found = os.listdir('/sys/' + n)\n    if not found: raise OSError(n + ' is empty')\n    return n, found\n"
           "attempt(all_refused, [lambda n=n: f(n) for n in ('firmware', 'kernel/debug', 'kernel/tracing', 'kernel/security', 'fs/bpf')])"),
    Attack("what init was given", "snooping",
           "text = open('/proc/1/environ').read() + open('/proc/1/cmdline').read()\n"
           "print('NOTHING OF THE SERVER' if not [w for w in ('SECRET', 'TOKEN', 'DATABASE', 'API_KEY', 'PASSWORD', 'NEXUS_DATA') if w in text] else text)",
           CONTAINED, "NOTHING OF THE SERVER"),
    Attack("the neighbour's sockets by their path", "snooping",
           "attempt(all_refused, [lambda n=n: connect(f'{NEIGHBOUR[\"sockets\"]}-{n}') for n in range(1, 6)])"),
    Attack("the neighbour's sockets through /proc", "snooping",
           "attempt(all_refused, [lambda p=p: connect(f'/proc/{p}/root{NEIGHBOUR[\"sockets\"]}-1') for p in os.listdir('/proc') if p.isdigit() and p != str(os.getpid())])"),
    Attack("keys in any file", "snooping",
           "def f():\n    found = [os.path.join(d, n) for top in ('/run', '/tmp', '/home', '/var', '/opt/nexus', '/root') for d, _, names in os.walk(top) for n in names if n.endswith('.json') and '\"key\"' in open(os.path.join(d, n), errors='replace').read()]\n"
           "    if found == ['/run/kernel/connection.json']: raise LookupError('only the own')\n    return found\nattempt(f)"),
    Attack("the neighbour's files by their path", "snooping", "attempt(os.listdir, NEIGHBOUR['workspace'])"),
    Attack("the neighbour's process", "snooping",
           "attempt(all_refused, [lambda: os.kill(NEIGHBOUR['pid'], 9), lambda: open(f'/proc/{NEIGHBOUR[\"pid\"]}/environ'), lambda: os.pidfd_open(NEIGHBOUR['pid'])])"),
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
    Attack("rewrite the connection file", "tampering",
           "attempt(all_refused, [lambda: open('/run/kernel/connection.json', 'w'), lambda: os.remove('/run/kernel/connection.json'), lambda: os.rename('/run/kernel/connection.json', '/tmp/c')])"),
    Attack("listen beside the kernel's sockets", "tampering",
           "def f():\n    socket.socket(socket.AF_UNIX).bind('/run/kernel/s-6')\nattempt(f)"),
    Attack("move the socket directory away", "tampering",
           "attempt(all_refused, [lambda: os.rename('/run/kernel', '/run/other'), lambda: os.rmdir('/run/kernel'), lambda: os.symlink('/tmp', '/run/kernel/k')])"),
    Attack("the socket directory by descriptor", "tampering",
           "def f():\n    fd = os.open('/run/kernel', os.O_PATH)\n    return all_refused([lambda: os.unlink('s-1', dir_fd=fd), lambda: os.symlink('x', 's-8', dir_fd=fd), lambda: os.chmod('/proc/self/fd/%d' % fd, 0o777)])\nattempt(f)"),
    Attack("symlink out of the workspace", "tampering",
           "def f(n, target):\n    os.symlink(target, n)\n    return open(n, 'a')\n"
           "attempt(all_refused, [lambda n=n, t=t: f(n, t) for n, t in (('l1', '/etc/passwd'), ('l2', '../../../etc/passwd'), ('l3', '/proc/self/root/etc/passwd'), ('l4', NEIGHBOUR['workspace'] + '/x'))])"),
    Attack("out of the workspace by ..", "tampering",
           "attempt(all_refused, [lambda p=p: open(p, 'w') for p in ('../x', '../../x', '../../../etc/x', './././../x', '/proc/self/cwd/../x')])"),
    Attack("hard links to what lies outside", "tampering",
           "attempt(all_refused, [lambda p=p: os.link(p, 'hard') for p in ('/etc/passwd', '/run/kernel/connection.json', '/run/kernel/s-1', '/proc/self/exe', '/proc/1/environ')])"),
    Attack("device files of every kind", "tampering",
           "attempt(all_refused, [lambda k=k, d=d: os.mknod('dev', k | 0o666, os.makedev(*d)) for k in (0o20000, 0o60000) for d in ((1, 1), (1, 2), (8, 0), (254, 0), (10, 232))])"),
    Attack("write through /proc/self/mem to read-only code", "tampering",
           "def f():\n    with open('/proc/self/maps') as m: line = next(l for l in m if 'r-xp' in l and 'libc' in l)\n"
           "    fd = os.open('/proc/1/mem', os.O_RDWR)\n    return os.pwrite(fd, b'x', int(line.split('-')[0], 16))\nattempt(f)"),
    Attack("a FIFO where a file is expected", "tampering",
           "os.mkfifo('pipe')\ntry: os.close(os.open('pipe', os.O_WRONLY | os.O_NONBLOCK)); print('DONE')\nexcept OSError as error: print('NOBODY READS IT', error)", CONTAINED, "NOBODY READS IT"),
]  # fmt: skip
