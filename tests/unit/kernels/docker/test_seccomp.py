"""Our allow-list against the engine's own: nothing more, and less where it matters."""

import json
from pathlib import Path
from typing import Any

import pytest

from nexus_server.kernels.docker.seccomp import NAMESPACE_FLAGS, seccomp_profile

#: what the engine allows without conditions
DOCKER = frozenset(
    word
    for line in Path(__file__).with_name("docker_default_calls.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
#: what the engine allows for some arguments only, and what of that we allow
BY_ARGUMENT = {
    "clone": [[(0, NAMESPACE_FLAGS, "SCMP_CMP_MASKED_EQ")]],
    # the engine: every family but vsock (40)
    "socket": [[(0, family, "SCMP_CMP_EQ")] for family in (1, 2, 10)],
    "personality": [[(0, value, "SCMP_CMP_EQ")] for value in (0, 0xFFFFFFFF)],
}
#: what a kernel must not do although the engine would let it, or might with some capability
REFUSED = {
    "users": "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset",
    "pipes": "splice tee vmsplice",
    "scheduling": "sched_setattr sched_setparam",
    "asynchronous I/O": "io_uring_setup io_uring_enter io_uring_register io_setup io_submit userfaultfd",
    "tracing": "perf_event_open bpf ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd",
    "keys": "keyctl add_key request_key",
    "memory": "memfd_create memfd_secret modify_ldt",
    "the host's disks": "sync syncfs",
    "shared quotas": "timer_create inotify_init inotify_init1 mq_open msgget semget shmget",
    "files": "name_to_handle_at open_by_handle_at fanotify_init",
    "name spaces": "unshare setns mount umount2 pivot_root chroot clone3 fsopen open_tree move_mount",
    "filters": "seccomp",
}


@pytest.fixture
def profile() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(seccomp_profile())
    return found


def allowed(profile: dict[str, Any]) -> dict[str, list[list[tuple[int, int, str]]]]:
    """What may be called: name to the conditions on its arguments."""
    found: dict[str, list[list[tuple[int, int, str]]]] = {}
    for rule in profile["syscalls"]:
        if rule["action"] == "SCMP_ACT_ALLOW":
            conditions = [(each["index"], each["value"], each["op"]) for each in rule["args"]]
            for name in rule["names"]:
                found.setdefault(name, []).append(conditions)
    return found


def test_only_templates_may_change_users(profile: dict[str, Any]) -> None:
    template = allowed(json.loads(seccomp_profile(changes_users=True)))
    assert set(template) - set(allowed(profile)) == {"setgid", "setgroups", "setresgid", "setresuid", "setuid"}


def test_it_is_a_subset_of_the_engines_own(profile: dict[str, Any]) -> None:
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    rules = allowed(profile)
    assert sorted(rules.keys() - DOCKER - BY_ARGUMENT.keys()) == []
    assert {name: rules[name] for name in BY_ARGUMENT} == BY_ARGUMENT
    assert len(rules) < len(DOCKER) * 0.8


def test_no_call_of_another_architecture_is_allowed(profile: dict[str, Any]) -> None:
    assert not {"architectures", "archMap"} & profile.keys()


@pytest.mark.parametrize("names", REFUSED.values(), ids=REFUSED.keys())
def test_dangerous_calls_are_not_in_it(profile: dict[str, Any], names: str) -> None:
    assert not set(names.split()) & allowed(profile).keys()


def test_scheduling_may_only_be_set_to_what_it_is(profile: dict[str, Any]) -> None:
    assert allowed(profile)["sched_setscheduler"] == [[(1, 0, "SCMP_CMP_EQ")]]
