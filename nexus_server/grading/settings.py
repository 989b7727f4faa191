"""Limits and places of grading."""

from traitlets import Bool, Enum, Float, Integer, Unicode

from nexus_server.settings import FrozenConfigurable


class GradingSettings(FrozenConfigurable):
    """How submissions are graded."""

    kernel_name = Unicode("nexus-python", help="Kernel that learners' and tests' cells run in.").tag(config=True)
    mode = Enum(
        ["auto", "sealed", "in-kernel"],
        "auto",
        help="Where test cells run: outside the learner's process where possible, always, or never.",
    ).tag(config=True)
    cell_timeout_s = Float(30.0, help="Seconds that one cell may take.").tag(config=True)
    notebook_timeout_s = Float(300.0, help="Seconds that one submission may take.").tag(config=True)
    startup_timeout_s = Float(60.0, help="Seconds that a kernel may take to start.").tag(config=True)
    max_output_kb = Integer(1024, help="Kilobytes of output kept from one cell; the rest is dropped.").tag(config=True)
    cpu_share = Float(1.0, help="CPUs of a kernel while it grades; nobody waits at a keyboard meanwhile.").tag(
        config=True
    )
    reuse_containers = Bool(
        default_value=True,
        help="While submissions come thick and fast, fork learners' kernels from a template, one after the other in "
        "a container that is emptied and checked between, instead of a fresh container for each submission.",
    ).tag(config=True)
    start_ahead = Integer(
        2,
        help="Fresh kernels started while others grade, each used once; they wait two minutes for a submission.",
    ).tag(config=True)
    calibrate = Bool(
        default_value=True,
        help="Prove on the reference solution that a test cell can run sealed; otherwise it runs in the kernel.",
    ).tag(config=True)
