"""How the queue of submissions is worked off."""

import os

from traitlets import Bool, Float, Integer, default

from nexus_server.settings import FrozenConfigurable


class GradingQueueSettings(FrozenConfigurable):
    """The queue of submissions."""

    in_process = Bool(
        help="Whether the server grades by itself. Turn it off where `nexus worker` does. Default: true, unless the "
        "environment's NEXUS_GRADE_IN_PROCESS is 0.",
    ).tag(config=True)
    concurrency = Integer(0, help="Submissions graded at once by one process; 0: as many as there are cores.").tag(
        config=True
    )
    lease_s = Float(30.0, help="Seconds after which a submission whose worker fell silent is taken by another.").tag(
        config=True
    )
    sweep_s = Float(5.0, help="Seconds between looks for what died with its worker.").tag(config=True)
    poll_s = Float(1.0, help="Seconds between looks for submissions that another process received.").tag(config=True)
    max_failures = Integer(5, help="Infrastructure failures after which a submission is given up.").tag(config=True)
    retry_s = Float(5.0, help="Seconds before the first retry; doubled each time.").tag(config=True)
    max_notebook_mb = Integer(
        10, help="Megabytes of the largest notebook that is kept with its outputs; larger ones are kept without."
    ).tag(config=True)

    stored_mb_per_learner = Integer(
        500, min=1, help="Megabytes of notebooks that are kept of one learner; older labs count as well."
    ).tag(config=True)

    @default("in_process")
    def _default_in_process(self) -> bool:
        return os.environ.get("NEXUS_GRADE_IN_PROCESS", "1") != "0"

    @property
    def max_notebook_bytes(self) -> int:
        """`max_notebook_mb` in bytes."""
        return self.max_notebook_mb * 1024 * 1024

    @property
    def slots(self) -> int:
        """How many submissions one process grades at once."""
        return self.concurrency or os.cpu_count() or 1
