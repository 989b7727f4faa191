"""The system calls that a kernel may make: an allow-list, a true subset of the engine's own profile.

Left out on purpose, besides everything that needs a capability: ptrace and its kin, keys, io_uring and old asynchronous
I/O, memfd (programs that never were a file), userfaultfd, SysV and POSIX message IPC, inotify and POSIX timers (quotas
shared by all kernels, who have one user), splice, tee and vmsplice (a rich source of holes; whoever uses them falls
back to copying), changing users and groups, real-time scheduling, sync and syncfs (which write out the host's file
systems), bpf, perf, new namespaces, and sockets of any family but Unix and the loopback's. The profile names no
architecture, so that a call through any but the machine's own (32 bit, x32) ends the thread that makes it.
"""

import json
from functools import lru_cache
from typing import Any

ENOSYS = 38
EOPNOTSUPP = 95
#: CLONE_NEW* in clone's flags
NAMESPACE_FLAGS = 0x7E020000
#: the only scheduling policy that needs no rights
SCHED_OTHER = 0
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16

FILES = (
    "access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 "
    "fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr "
    "flock fsetxattr fstat fstatfs fsync ftruncate getcwd getdents getdents64 getxattr ioctl lchown lgetxattr "
    "link linkat listxattr llistxattr lseek lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 pipe "
    "pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv rename "
    "renameat renameat2 rmdir sendfile setxattr stat statfs statx symlink symlinkat sync_file_range truncate umask "
    "unlink unlinkat utime utimensat utimes write writev"
)
MEMORY = (
    "brk madvise mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap "
    "pkey_alloc pkey_free pkey_mprotect membarrier rseq"
)
PROCESSES = (
    "arch_prctl capget execve execveat exit exit_group fork vfork getegid geteuid getgid getgroups getpgid "
    "getpgrp getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid kill prctl "
    "prlimit64 sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
    "sched_getscheduler sched_rr_get_interval sched_setaffinity sched_yield set_robust_list get_robust_list "
    "set_tid_address setpgid setpriority setrlimit setsid tgkill tkill times uname sysinfo wait4 waitid pidfd_open "
    "pidfd_send_signal ioprio_get ioprio_set getcpu"
)
SIGNALS_AND_TIME = (
    "alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep pause restart_syscall "
    "rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_tgsigqueueinfo setitimer sigaltstack time timerfd_create timerfd_gettime timerfd_settime signalfd signalfd4"
)
#: only for the template of kernels, which hands them no right along with these calls
CHANGING_USERS = "setgid setgroups setresgid setresuid setuid"
WAITING_AND_TALKING = (
    "accept accept4 bind connect epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd "
    "eventfd2 futex futex_waitv getpeername getrandom getsockname getsockopt listen poll ppoll pselect6 recvfrom "
    "recvmmsg recvmsg select sendmmsg sendmsg sendto setsockopt shutdown socketpair"
)


def _allow(names: str, *args: dict[str, Any]) -> dict[str, Any]:
    return {"names": names.split(), "action": "SCMP_ACT_ALLOW", "args": list(args)}


def _equals(index: int, value: int) -> dict[str, Any]:
    return {"index": index, "value": value, "op": "SCMP_CMP_EQ"}


@lru_cache
def seccomp_profile(*, changes_users: bool = False) -> str:
    """Return the profile as JSON, for the engine's ``seccomp=`` option; `changes_users` is for templates."""
    no_namespaces = {"index": 0, "value": NAMESPACE_FLAGS, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    rules = [
        *(_allow(names) for names in (FILES, MEMORY, PROCESSES, SIGNALS_AND_TIME, WAITING_AND_TALKING)),
        *([_allow(CHANGING_USERS)] if changes_users else []),
        _allow("clone", no_namespaces),
        # Its flags lie in memory, where a filter cannot see them; the C library then falls back to clone.
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
        *(_allow("socket", _equals(0, family)) for family in (AF_UNIX, AF_INET, AF_INET6)),
        # ZeroMQ ends the process on any other answer.
        {
            "names": ["socket"],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": EOPNOTSUPP,
            "args": [_equals(0, AF_NETLINK)],
        },
        # ZeroMQ sets the policy that its threads have anyway, and ends the process when it may not.
        _allow("sched_setscheduler", _equals(1, SCHED_OTHER)),
        *(_allow("personality", _equals(0, value)) for value in (0, 0xFFFFFFFF)),
    ]
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": rules})
