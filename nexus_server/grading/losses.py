"""Who ended a kernel that was graded in: a learner pays for what their code did, and for no more."""

from collections.abc import Iterable

from nexus_server.kernels.sandbox import Exit

#: exit codes of kernels that an engine ends, and of code that kills its own process: SIGTERM, SIGKILL, lost sight of
KILLED = frozenset({128 + 15, 128 + 9, 255})


def is_by_engine(ends: Iterable[Exit | None]) -> bool:
    """Whether the container engine took one of the kernels with it."""
    return any(end.engine_gone for end in ends if end is not None)


def is_doubtful(ends: Iterable[Exit | None]) -> bool:
    """Whether one was killed, and not for want of memory: by the learner's code, or by an engine that is about to go.

    The learner's code does it again when it is graded once more; an engine does not.
    """
    return any(end.code in KILLED and not end.oom_killed for end in ends if end is not None)
