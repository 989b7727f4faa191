"""The container's configuration, without an engine."""

from dataclasses import replace
from pathlib import Path

from nexus_server.kernels.docker.config import container_config
from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.sandbox import SandboxSpec

SPEC = SandboxSpec(
    kernel_id="k1",
    image="image:1",
    command=("run",),
    env={"B": "2", "A": "1"},
    limits=KernelLimits(),
    connection_dir=Path("/host/run/k1/k"),
    workspace=None,
    is_slot=False,
    uid=61000,
    gid=61000,
    start_cpu_share=1.0,
    start_weight=1024,
    labels={"nexus.kernel": "k1"},
)


def test_starts_at_full_speed_with_a_period_that_can_be_throttled() -> None:
    host = container_config(SPEC)["HostConfig"]
    assert (host["CpuPeriod"], host["CpuQuota"]) == (1_000_000, 1_000_000)
    assert "NanoCpus" not in host


def test_has_no_swap_no_network_no_capabilities() -> None:
    host = container_config(SPEC)["HostConfig"]
    assert host["Memory"] == host["MemorySwap"]
    assert host["NetworkMode"] == "none"
    assert host["CapDrop"] == ["ALL"]


def test_only_a_template_has_capabilities_and_they_are_those_it_needs() -> None:
    assert "CapAdd" not in container_config(SPEC)["HostConfig"]
    template = container_config(replace(SPEC, is_template=True))
    assert template["User"] == "0:0"
    assert template["HostConfig"]["CapDrop"] == ["ALL"]
    assert set(template["HostConfig"]["CapAdd"]) == {"SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "FOWNER"}
    assert "no-new-privileges" in template["HostConfig"]["SecurityOpt"]
    assert template["HostConfig"]["ReadonlyRootfs"] is True


def test_nothing_is_left_to_set_for_one_that_starts_at_its_limits() -> None:
    assert not SPEC.starts_at_limits
    assert replace(SPEC, limits=KernelLimits(cpu_share=1.0)).starts_at_limits
    assert not replace(SPEC, limits=KernelLimits(cpu_share=1.0), start_weight=64).starts_at_limits


def test_environment_is_exactly_what_is_asked() -> None:
    assert container_config(SPEC)["Env"] == ["A=1", "B=2"]


def test_without_a_workspace_there_is_one_in_memory() -> None:
    host = container_config(SPEC)["HostConfig"]
    assert "/home/learner/work" in host["Tmpfs"]
    assert len(host["Mounts"]) == 1


def test_a_workspace_is_mounted_privately_and_a_slot_receives_later_mounts() -> None:
    private = container_config(replace(SPEC, workspace=Path("/w")))["HostConfig"]["Mounts"][1]
    assert (private["Target"], private["BindOptions"]["Propagation"]) == ("/home/learner/work", "rprivate")
    slot = container_config(replace(SPEC, workspace=Path("/s"), is_slot=True))["HostConfig"]["Mounts"][1]
    assert (slot["Target"], slot["BindOptions"]["Propagation"]) == ("/home/learner", "rslave")


def test_runtime_and_seccomp_are_one_setting_each() -> None:
    host = container_config(SPEC, runtime="runsc", seccomp="{}")["HostConfig"]
    assert host["Runtime"] == "runsc"
    assert "seccomp={}" in host["SecurityOpt"]
