"""What Jupyter's culler reads of a kernel that never said anything."""

from jupyter_server._tz import utcnow

from nexus_server.jupyter.kernels.kernel import LearnerKernel


def test_a_kernel_without_a_message_begins_to_be_idle_when_it_is_asked() -> None:
    before = utcnow()
    kernel = LearnerKernel()
    assert before <= kernel.last_activity <= utcnow()
    assert kernel.last_activity == kernel.last_activity
