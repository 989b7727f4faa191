"""The sandbox's settings: every limit by name, with its unit."""

import os

from traitlets import Bool, Dict, Enum, Float, Int, List, Unicode, default

from nexus_server.kernels.limits import MIB, KernelLimits
from nexus_server.settings import FrozenConfigurable

#: the OCI runtime of gVisor, and what the name of a variant begins with
GVISOR = "runsc"


class SandboxSettings(FrozenConfigurable):
    """What a kernel's container may use, and how it is started."""

    memory_mb = Int(128, help="Memory of a kernel in MiB, without swap.").tag(config=True)
    cpu_share = Float(0.1, help="CPUs of a kernel; 0.1 is a tenth of one.").tag(config=True)
    max_memory_mb = Int(512, help="Most memory in MiB that a lab may ask for.").tag(config=True)
    max_cpu_share = Float(1.0, help="Most CPUs that a lab may ask for.").tag(config=True)
    start_cpu_share = Float(1.0, help="CPUs of a kernel until it is ready; then `cpu_share` holds.").tag(config=True)
    pids = Int(64, help="Processes and threads in a kernel's container.").tag(config=True)
    tmp_mb = Int(32, help="Size in MiB of /tmp and of /dev/shm, both charged to the kernel's memory.").tag(config=True)
    open_files = Int(512, help="Open files per process.").tag(config=True)
    file_mb = Int(256, help="Largest file in MiB that a process may write.").tag(config=True)
    workspace_mb = Int(64, help="Size of a learner's workspace in MiB.").tag(config=True)
    workspace_quota = Bool(
        default_value=True, help="Whether workspaces are file systems of their own, whose size is their quota."
    ).tag(config=True)
    workspace_files = Int(5000, help="Files and directories in a learner's workspace.").tag(config=True)
    max_kernels = Int(0, help="Kernels that run at the same time; 0: as many as half-used memory allows.").tag(
        config=True
    )
    max_starting = Int(3, help="Kernels that start cold at the same time; more wait in line.").tag(config=True)
    queue_limit = Int(200, help="Learners who may wait for a kernel; more are refused.").tag(config=True)
    queue_timeout_s = Float(120.0, help="Longest wait for a kernel in seconds.").tag(config=True)
    pool_size = Int(help="Warm kernels of each image when nobody asks for any; 0: no pool.").tag(config=True)
    pool_sizes = Dict(
        Int(),
        Unicode(),
        default_value={"nexus-data": 1, "nexus-javascript": 1},
        help="Warm kernels by kernel name, where not `pool_size`.",
    ).tag(config=True)
    pool_max = Int(8, help="Most warm kernels of each image, when many ask.").tag(config=True)
    pool_ahead_max = Int(
        80, help="Most warm kernels of each image for learners who are about to need one; 0: none are made ahead."
    ).tag(config=True)
    pool_window_s = Float(120.0, help="How long in seconds a claim raises the number of warm kernels.").tag(config=True)
    pool_memory_mb = Int(
        3072,
        help="Memory in MiB that all warm kernels together may take, as they are; never more than a quarter of what is "
        "free when the server starts.",
    ).tag(config=True)
    flood_memory_mb = Int(
        128,
        help="MiB of unfinished messages that a kernel may send the server before it is ended, and MiB that it may "
        "send at once before it is slowed down to 16 a second; 0: any number.",
    ).tag(config=True)
    start_timeout_s = Float(60.0, help="Seconds that a kernel may take to start; five times as many in the pool.").tag(
        config=True
    )
    shutdown_grace_s = Float(2.0, help="Seconds a kernel has to end by itself before it is killed.").tag(config=True)
    images_on_demand = List(
        Unicode(),
        default_value=["nexus-bash", "nexus-c", "nexus-ml", "nexus-octave", "nexus-r", "nexus-sql"],
        help="Optional kernels whose image is built in the background when somebody first asks for one; empty: none.",
    ).tag(config=True)
    engine_url = Unicode("", help="Address of the Docker engine; empty: DOCKER_HOST or the local socket.").tag(
        config=True
    )
    oci_runtime = Unicode("", help="OCI runtime, such as `runsc` (gVisor); empty: the engine's default.").tag(
        config=True
    )
    seccomp = Enum(
        ["own", "engine"], default_value="own", help="Allowed system calls: our tighter list, or the engine's own."
    ).tag(config=True)
    userns_remap = Bool(
        default_value=False,
        help="Insist that the engine maps container users to unprivileged ones (dockerd --userns-remap).",
    ).tag(config=True)
    runtime_dir = Unicode(
        "", help="Directory of kernel sockets; empty: `run` in the data directory, or a shorter one when too long."
    ).tag(config=True)

    @default("pool_size")
    def _default_pool_size(self) -> int:
        return int(os.environ.get("NEXUS_POOL_SIZE", "2"))

    def can_resize(self) -> bool:
        """Whether the limits of a running kernel can be changed; gVisor's runtime has no command for it."""
        return not self.oci_runtime.startswith(GVISOR)

    def place_count(self) -> int:
        """How many kernels may run: `max_kernels`, or what fits when each uses half of its limit."""
        if self.max_kernels:
            return self.max_kernels
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
        return max(2, int(memory_mb * 0.9) // max(self.memory_mb // 2, 32))

    def limits(self) -> KernelLimits:
        """The limits of a kernel that asks for nothing."""
        return KernelLimits(
            memory_mb=self.memory_mb,
            cpu_share=self.cpu_share,
            pids=self.pids,
            tmp_mb=self.tmp_mb,
            open_files=self.open_files,
            file_mb=self.file_mb,
        )

    def ceiling(self) -> KernelLimits:
        """The most that a lab may ask for."""
        return KernelLimits(memory_mb=self.max_memory_mb, cpu_share=self.max_cpu_share)
