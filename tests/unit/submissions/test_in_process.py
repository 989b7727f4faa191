"""The in-process queue outlives whatever one submission does to it."""

import asyncio

from nexus_server.submissions.in_process import InProcessQueue
from nexus_server.submissions.settings import GradingQueueSettings


class _Work:
    """Crashes at the first submission and grades the second."""

    def __init__(self) -> None:
        self.turns = 0
        self.has_graded = asyncio.Event()

    async def work_once(self, worker: str) -> bool:
        assert worker.startswith("here:")
        self.turns += 1
        if self.turns == 1:
            raise RuntimeError("deleted while it was claimed")
        self.has_graded.set()
        return False


async def test_a_crash_at_one_submission_does_not_stop_the_next() -> None:
    work, queue = _Work(), InProcessQueue(GradingQueueSettings(concurrency=1, poll_s=0.01))
    running = asyncio.create_task(queue.run(work, "here:"))
    graded = asyncio.create_task(work.has_graded.wait())
    await asyncio.wait([running, graded], return_when=asyncio.FIRST_COMPLETED)
    assert graded.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
