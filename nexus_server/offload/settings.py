"""How much work one request, one learner and the site may give to the worker processes."""

from traitlets import Float, Integer

from nexus_server.offload.limits import TaskLimits
from nexus_server.settings import FrozenConfigurable


class OffloadSettings(FrozenConfigurable):
    """Work that is done beside the event loop: notebooks, Markdown, hints."""

    tasks_at_once = Integer(2, min=1, help="Tasks that run at the same time on this server.").tag(config=True)
    tasks_per_learner = Integer(
        8, min=1, help="Tasks of one learner that may wait or run; they run one after the other."
    ).tag(config=True)
    cpu_s = Float(5, help="Seconds of computing time of one task.").tag(config=True)
    wall_s = Float(60, help="Seconds that one task may take, whatever else the machine does.").tag(config=True)
    memory_mb = Integer(160, help="Megabytes of memory of one task, besides three times its input.").tag(config=True)
    cpu_s_per_minute = Float(20, help="Seconds of computing time that one learner gets back in a minute.").tag(
        config=True
    )
    cpu_burst_s = Float(30, help="Seconds of computing time that one learner may use at once.").tag(config=True)
    cpu_unpaced_s = Float(2, help="Seconds of computing time that one learner's tasks may use without a rest.").tag(
        config=True
    )
    cpu_share = Float(
        0.5, min=0.01, help="Share of a core that one learner's tasks may take for long, after `cpu_unpaced_s`."
    ).tag(config=True)
    niceness = Integer(5, help="How far tasks stand back behind the server: 0 not at all, 19 most.").tag(config=True)

    def limits(self) -> TaskLimits:
        """What one task may use."""
        return TaskLimits(self.cpu_s, self.wall_s, self.memory_mb * 1024 * 1024)
