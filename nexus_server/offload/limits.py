"""What one task may use. The kernel holds a process to it: whatever library is at work, it cannot be exceeded."""

import resource
import signal
from dataclasses import dataclass, replace

#: copies of a body that a task may hold
COPIES = 3


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """Seconds of computing time, seconds on the clock, bytes of memory."""

    cpu_s: float
    wall_s: float
    memory_bytes: int

    def for_body(self, count: int) -> "TaskLimits":
        """Return the limits of a task with a body of `count` bytes: it is bytes, then text, then what it says."""
        return replace(self, memory_bytes=self.memory_bytes + COPIES * count)

    def apply(self) -> None:
        """Hold the current process to them: over a time it is ended, over the memory it gets no more."""
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_DATA, (self.memory_bytes, self.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.setitimer(signal.ITIMER_PROF, self.cpu_s)
        signal.setitimer(signal.ITIMER_REAL, self.wall_s)
