"""Cells that prove from inside a kernel what it is locked into."""

#: prints one JSON object: what the kernel can reach and how much it may use
PROBE = """
import glob, json, os, socket
def first(*patterns):
    for pattern in patterns:
        for path in glob.glob(pattern):
            with open(path) as file:
                return file.read().split()
def reachable(address):
    try:
        socket.create_connection(address, timeout=2).close()
        return True
    except OSError:
        return False
quota = first("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu*/cpu.cfs_quota_us")
period = quota[1:] or first("/sys/fs/cgroup/cpu*/cpu.cfs_period_us")
memory = first("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
print(json.dumps({
    "interfaces": sorted(os.listdir("/sys/class/net")),
    "reaches": [a[0] for a in [("1.1.1.1", 53), ("169.254.169.254", 80), ("172.17.0.1", 80)] if reachable(a)],
    "cpu": int(quota[0]) / int(period[0]),
    "memory_mb": int(memory[0]) / 2**20,
    "uid": os.getuid(),
}))
"""
