"""What one learner may use of Jupyter Server's own services."""

from traitlets import Float, Integer, List, Unicode

from nexus_server.settings import FrozenConfigurable
from nexus_server.tenancy.flood import FloodLimits

MIB = 1024 * 1024


class TenancySettings(FrozenConfigurable):
    """Limits per learner and per site."""

    max_file_mb = Integer(16, help="Megabytes of the largest file that is read or written through the server.").tag(
        config=True
    )
    max_notebook_mb = Integer(
        32,
        help="Megabytes of the largest notebook that is taken or opened, outputs included. What is over max_file_mb is "
        "saved and shown without its largest outputs.",
    ).tag(config=True)
    max_listed_files = Integer(5000, help="Entries of a directory listing; the rest is left out.").tag(config=True)
    trusted_notebooks = Integer(500, help="Notebook signatures kept per learner; the oldest go first.").tag(config=True)
    notebook_versions = Integer(
        30, min=1, help="Former versions kept of one notebook; of old ones every other goes first."
    ).tag(config=True)
    notebook_versions_per_learner = Integer(
        1000, min=1, help="Former versions of notebooks kept per learner; the oldest go first."
    ).tag(config=True)
    notebook_versions_mb = Float(
        10, help="Megabytes that a learner's former versions may take, compressed and without outputs."
    ).tag(config=True)
    notebook_version_pace_s = Float(60, help="Seconds between two versions of a notebook that are kept.").tag(
        config=True
    )
    lab_workspaces = Integer(20, help="Saved JupyterLab layouts per learner.").tag(config=True)
    lab_workspace_kb = Integer(256, help="Kilobytes of one saved JupyterLab layout.").tag(config=True)
    lab_extensions = List(
        Unicode(),
        ["nexusai"],
        help="JupyterLab extensions that browsers load, by name; what else is installed is not sent.",
    ).tag(config=True)
    lab_setting_kb = Integer(32, help="Kilobytes of a learner's settings for one JupyterLab plugin.").tag(config=True)
    kernels_per_learner = Integer(3, help="Kernels that one learner may have running.").tag(config=True)
    kernels_per_site = Integer(200, help="Kernels that may run on this server.").tag(config=True)
    cell_timeout_s = Float(
        120, help="Seconds that a cell may run before it is interrupted, where its lab says nothing else; 0: for ever."
    ).tag(config=True)
    interrupt_grace_s = Float(10, help="Seconds that an interrupted cell has to end before its kernel is killed.").tag(
        config=True
    )
    replay_kb = Integer(2048, help="Kilobytes of output kept per kernel while its tab is away.").tag(config=True)
    replay_messages = Integer(2000, help="Messages kept per kernel while its tab is away.").tag(config=True)
    output_kb_per_s = Float(1024, help="Kilobytes that a kernel may send for long, per second.").tag(config=True)
    output_burst_mb = Float(16, help="Megabytes that a kernel may send at once.").tag(config=True)
    messages_per_s = Float(500, help="Messages that a kernel may send for long, per second.").tag(config=True)
    messages_burst = Float(5000, help="Messages that a kernel may send at once.").tag(config=True)
    message_mb = Float(8, help="Megabytes of one message from a kernel.").tag(config=True)
    incoming_message_mb = Float(4, help="Megabytes of one message to a kernel.").tag(config=True)
    incoming_messages_per_s = Float(100, help="Messages a second that a learner may send to kernels for long.").tag(
        config=True
    )
    incoming_messages_burst = Float(2000, help="Messages that a learner may send to kernels at once.").tag(config=True)
    incoming_kb_per_s = Float(1024, help="Kilobytes a second that a learner may send to kernels for long.").tag(
        config=True
    )
    incoming_burst_mb = Float(16, help="Megabytes that a learner may send to kernels at once.").tag(config=True)
    unanswered_mb = Float(16, help="Megabytes that a page may send to a kernel that says nothing.").tag(config=True)
    kernel_starts_per_minute = Float(12, help="Kernel starts that a learner gets back in a minute.").tag(config=True)
    kernel_starts_burst = Float(30, help="Kernels that a learner may start at once, one after the other.").tag(
        config=True
    )
    kernel_start_pace_s = Float(
        5, min=0.001, help="Seconds between two kernel starts of a learner, after three at once."
    ).tag(config=True)
    kernel_start_wait_s = Float(
        20, help="Seconds that a kernel start waits for its turn; one that would wait longer is refused."
    ).tag(config=True)
    unread_mb = Float(32, help="Megabytes that a tab may leave unread before its socket is closed.").tag(config=True)
    erasure_sweep_s = Float(
        60, min=0.1, help="Seconds between two looks for files of accounts that were deleted through another server."
    ).tag(config=True)
    stalled_tab_s = Float(
        60, min=0.1, help="Seconds after which a tab that reads none of its events is cut off. It may come back."
    ).tag(config=True)
    sockets_per_kernel = Integer(8, help="Open tabs on one kernel; the oldest is closed for a new one.").tag(
        config=True
    )

    def flood_limits(self) -> FloodLimits:
        """How much one kernel may say."""
        return FloodLimits(
            bytes_per_s=self.output_kb_per_s * 1024,
            burst_bytes=self.output_burst_mb * MIB,
            messages_per_s=self.messages_per_s,
            burst_messages=self.messages_burst,
            max_message_bytes=int(self.message_mb * MIB),
        )

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return self.max_file_mb * MIB

    @property
    def max_notebook_bytes(self) -> int:
        """`max_notebook_mb` in bytes."""
        return self.max_notebook_mb * MIB
