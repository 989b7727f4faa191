"""A server stops part by part, and no part keeps the others from it."""

import asyncio

import pytest

from nexus_server.errors import UnavailableError
from nexus_server.services import stop_all


class Part:
    """Stops as it is told to."""

    def __init__(self, name: str, stopped: list[str], *, hangs: bool = False, error: Exception | None = None) -> None:
        self._name = name
        self._stopped = stopped
        self._hangs = hangs
        self._error = error

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Hang, fail, or be stopped."""
        if self._hangs:
            await asyncio.Event().wait()
        if self._error is not None:
            raise self._error
        self._stopped.append(self._name)


async def test_the_last_is_stopped_first() -> None:
    stopped: list[str] = []
    await stop_all([Part("a", stopped), Part("b", stopped)], limit_s=60)
    assert stopped == ["b", "a"]


async def test_a_part_that_hangs_is_left_behind() -> None:
    stopped: list[str] = []
    await stop_all([Part("a", stopped), Part("b", stopped, hangs=True)], limit_s=0.01)
    assert stopped == ["a"]


@pytest.mark.parametrize("error", [UnavailableError(), ValueError("it was not there")])
async def test_a_part_that_fails_does_not_keep_the_others(error: Exception) -> None:
    stopped: list[str] = []
    await stop_all([Part("a", stopped), Part("b", stopped, error=error)], limit_s=60)
    assert stopped == ["a"]
