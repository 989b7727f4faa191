"""Why a kernel ended, in words that tell a learner what to do."""

from enum import StrEnum

from nexus_server.phrases import gettext_noop


class DeathReason(StrEnum):
    """What ended a kernel."""

    MEMORY = "memory"
    WALL_CLOCK = "wall_clock"
    FLOOD = "flood"
    DISK = "disk"
    PROCESSES = "processes"
    IDLE = "idle"
    CRASHED = "crashed"
    EXITED = "exited"
    ENGINE_GONE = "engine_gone"
    SERVER_RESTART = "server_restart"
    SERVER_GONE = "server_gone"
    SERVER_DRAINED = "server_drained"
    RESTART_FAILED = "restart_failed"
    ADMIN = "admin"
    SHUTDOWN = "shutdown"


#: kept in English, and said in the reader's language by `jupyter/kernels/notices.py`
SENTENCES: dict[DeathReason, str] = {
    DeathReason.MEMORY: gettext_noop(
        "The kernel needed more memory than it may use and was stopped. "
        "Work on less data at a time, then restart the kernel."
    ),
    DeathReason.WALL_CLOCK: gettext_noop(
        "A cell ran longer than allowed and could not be interrupted, so the kernel was stopped. "
        "Look for a loop that never ends, then restart the kernel."
    ),
    DeathReason.FLOOD: gettext_noop(
        "The kernel sent more at once than the server can take, and was stopped. "
        "Send less at a time, then restart the kernel."
    ),
    DeathReason.DISK: gettext_noop(
        "The kernel ended while your workspace was full. Delete files that you do not need, then restart the kernel."
    ),
    DeathReason.PROCESSES: gettext_noop(
        "The kernel ended after it could start no more processes or threads. "
        "Start fewer of them at once, then restart the kernel."
    ),
    DeathReason.IDLE: gettext_noop(
        "The kernel was not used for a while and was stopped. Your files are safe; restart it to go on."
    ),
    DeathReason.CRASHED: gettext_noop(
        "The kernel crashed. Restart it; if it crashes again, look at the cell that ran last."
    ),
    DeathReason.EXITED: gettext_noop("The kernel ended by itself, as by exit() or quit(). Restart it to go on."),
    DeathReason.ENGINE_GONE: gettext_noop(
        "The sandbox's engine restarted, and the kernel is gone. Restart the kernel to go on."
    ),
    DeathReason.SERVER_RESTART: gettext_noop(
        "The server restarted and could not keep this kernel. Restart the kernel to go on."
    ),
    DeathReason.SERVER_GONE: gettext_noop(
        "The server that ran this kernel is gone. What you saved is safe: "
        "start a kernel again to go on at another server."
    ),
    DeathReason.SERVER_DRAINED: gettext_noop(
        "The server that ran this kernel is taken out of service. What you saved is safe: "
        "start a kernel again to go on at another server."
    ),
    DeathReason.RESTART_FAILED: gettext_noop(
        "The kernel ended, and could not be started again just now. Wait a moment, then restart it."
    ),
    DeathReason.ADMIN: gettext_noop("An administrator stopped this kernel."),
    DeathReason.SHUTDOWN: gettext_noop("The kernel was shut down."),
}

SIGKILLED = 137


def reason_of(code: int | None, *, oom_killed: bool | None = None, engine_gone: bool = False) -> DeathReason:
    """Return why a kernel that nobody asked to end has ended.

    Args:
        code: the exit code as a shell shows it; 137 is SIGKILL, which the memory limit sends, or the kernel itself.
        oom_killed: whether something in the container was killed for want of memory; None: nobody saw. Without 137 it
            was a child of the kernel, and the kernel ended for another reason.
        engine_gone: the engine does not know the container any more.
    """
    if engine_gone:
        return DeathReason.ENGINE_GONE
    if code == SIGKILLED:
        return DeathReason.CRASHED if oom_killed is False else DeathReason.MEMORY
    if code == 0 and not oom_killed:
        return DeathReason.EXITED
    return DeathReason.CRASHED
