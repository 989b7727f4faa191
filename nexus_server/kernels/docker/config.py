"""The lock-down: a container's configuration as the Docker API wants it. Pure; nothing here talks to an engine."""

from typing import Any

from nexus_server.kernels.limits import CPU_PERIOD_US, MIB, KernelLimits
from nexus_server.kernels.sandbox import CONNECTION_DIR, HOME_DIR, WORK_DIR, SandboxSpec

#: what a template of kernels may: become their user, end them, and empty what they left
TEMPLATE_CAPABILITIES = ("SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "FOWNER")


def container_config(spec: SandboxSpec, *, runtime: str = "", seccomp: str = "") -> dict[str, Any]:
    """Return the body of ``POST /containers/create``.

    Args:
        spec: what to run.
        runtime: OCI runtime, or empty for the engine's default.
        seccomp: a seccomp profile as JSON, or empty for the engine's default.
    """
    return {
        "Image": spec.image,
        "Cmd": list(spec.command),
        "Env": [f"{name}={value}" for name, value in sorted(spec.env.items())],
        "User": "0:0" if spec.is_template else f"{spec.uid}:{spec.gid}",
        # The kernel's program goes to its directory by itself: the engine would make a missing one, as root.
        "WorkingDir": WORK_DIR,
        "Hostname": "sandbox",
        "Labels": dict(spec.labels),
        # Not even the engine's "none" network, which costs a start, and whose book-keeping can lock up Docker 20.10 for
        # ever when many containers end at once. The loopback interface is there all the same.
        "NetworkDisabled": True,
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "OpenStdin": False,
        "Tty": False,
        "StopSignal": "SIGKILL",
        "HostConfig": host_config(spec, runtime=runtime, seccomp=seccomp),
    }


def host_config(spec: SandboxSpec, *, runtime: str, seccomp: str) -> dict[str, Any]:
    """Return what the host grants, which is as little as a kernel can live on."""
    limits = spec.limits
    options = ["no-new-privileges"]
    if seccomp:
        options.append(f"seccomp={seccomp}")
    config: dict[str, Any] = {
        "NetworkMode": "none",
        "ReadonlyRootfs": True,
        "Privileged": False,
        "CapDrop": ["ALL"],
        "SecurityOpt": options,
        "Init": True,
        "IpcMode": "private",
        "CgroupnsMode": "private",
        "RestartPolicy": {"Name": "no"},
        "LogConfig": {"Type": "none", "Config": {}},
        "PidsLimit": limits.pids,
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,
        "CpuPeriod": CPU_PERIOD_US,
        "CpuQuota": max(int(spec.start_cpu_share * CPU_PERIOD_US), limits.cpu_quota_us),
        "CpuShares": spec.start_weight,
        # When the whole machine runs out of memory, kernels go before the server does.
        "OomScoreAdj": 500,
        "Ulimits": ulimits(limits),
        "Mounts": mounts(spec),
        "Tmpfs": tmpfs(spec),
    }
    if spec.is_template:
        config["CapAdd"] = list(TEMPLATE_CAPABILITIES)
    if runtime:
        config["Runtime"] = runtime
    return config


def ulimits(limits: KernelLimits) -> list[dict[str, Any]]:
    """Per-process limits. None for processes: that one counts a user's processes over all containers."""
    values = {
        "core": 0,
        "nofile": limits.open_files,
        "fsize": limits.file_mb * MIB,
        "memlock": 64 * 1024,
        "msgqueue": 0,
        "rtprio": 0,
    }
    return [{"Name": name, "Soft": value, "Hard": value} for name, value in values.items()]


def mounts(spec: SandboxSpec) -> list[dict[str, Any]]:
    """Bind mounts: the sockets, and the workspace or the slot into which it will be mounted."""
    found = [{"Type": "bind", "Source": str(spec.connection_dir), "Target": CONNECTION_DIR}]
    if spec.workspace is not None:
        target = HOME_DIR if spec.is_slot else WORK_DIR
        # A slot receives what the host mounts below it later, and gives nothing back.
        options = {"Propagation": "rslave" if spec.is_slot else "rprivate"}
        found.append({"Type": "bind", "Source": str(spec.workspace), "Target": target, "BindOptions": options})  # type: ignore[dict-item]
    return found


def tmpfs(spec: SandboxSpec) -> dict[str, str]:
    """Memory-backed directories, bounded in bytes and in files."""
    limits = spec.limits
    common = f"rw,nosuid,nodev,noexec,size={limits.tmp_mb}m,nr_inodes={limits.tmp_inodes}"
    found = {"/tmp": f"{common},mode=1777", "/dev/shm": f"{common},mode=1777"}  # noqa: S108  inside the container
    if spec.workspace is None:
        found[WORK_DIR] = f"{common},uid={spec.uid},gid={spec.gid},mode=700"
    return found
