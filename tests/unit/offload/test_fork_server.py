"""The process that tasks are forked from."""

import asyncio
import select

import pytest

from nexus_server.offload.fork_server import ForkServer

START_MS = 60_000.0


async def test_a_process_that_was_never_asked_ends_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    server = ForkServer(niceness=0)
    await server.start()
    control = server._control
    assert control is not None
    poll = select.poll()
    poll.register(control, select.POLLIN)
    assert await asyncio.to_thread(poll.poll, START_MS), "it has said that it is ready, and nobody has read that"
    await server.stop()
    assert capfd.readouterr().err == ""
