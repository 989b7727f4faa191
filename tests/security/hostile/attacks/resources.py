"""Using up memory, processes, files, time and patience."""

from tests.security.hostile.attack import Attack, Category, Ending

ATTACKS = [
    Attack(
        "fork bomb in Python",
        Category.RESOURCES,
        "while True:\n    os.fork()",
        "the container's limit of processes stops it; other kernels have limits of their own",
        ending=Ending.SPENT,
    ),
    Attack(
        "fork bomb in a shell",
        Category.RESOURCES,
        "get_ipython().system('bomb() { bomb | bomb & }; bomb; sleep 2')",
        "the same limit holds for programs that the kernel starts",
        ending=Ending.SPENT,
        stop_after_s=3,
    ),
    Attack(
        "thread bomb",
        Category.RESOURCES,
        "made = 0\nwhile True:\n    threading.Thread(target=time.sleep, args=(3,), daemon=True).start()\n    made += 1",
        "threads count as processes: `can't start new thread` after at most 64",
        gives="RuntimeError: can't start new thread",
    ),
    Attack(
        "memory bomb",
        Category.RESOURCES,
        "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 20))",
        "killed at the container's 128 MB, and there is no swap",
        ending=Ending.OUT_OF_MEMORY,
    ),
    Attack(
        "file descriptor exhaustion",
        Category.RESOURCES,
        "try:\n    hoard = []\n    while True:\n        hoard.append(os.open('/dev/null', os.O_RDONLY))\n"
        "finally:\n    for each in hoard: os.close(each)",
        "512 open files for each process",
        gives=r"OSError: \[Errno 24\] .*",
    ),
    Attack(
        "endless loop",
        Category.RESOURCES,
        "while True: pass",
        "uses its tenth of a CPU; stopped by an interrupt, or by the server's limit for a cell",
        gives="KeyboardInterrupt: ",
        ending=Ending.INTERRUPTED,
    ),
]
