"""The engine's state follows its event stream."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from nexus_server.kernels.docker import engine_watch as engine_module
from nexus_server.kernels.docker.engine_watch import EngineState, EngineWatch
from nexus_server.kernels.errors import EngineUnavailableError


@dataclass
class ScriptedEngine:
    """An engine whose comings and goings the test decides."""

    state: EngineState = field(default_factory=EngineState)
    is_there: bool = True
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    follows: int = 0

    async def follow(self, opened: Callable[[], None]) -> None:
        if not self.is_there:
            raise EngineUnavailableError
        opened()
        self.follows += 1
        await self.ended.wait()
        self.ended.clear()

    def stop_following(self) -> None:
        self.ended.set()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LOOK_INTERVAL_S", 0.001)


async def test_an_engine_that_leaves_is_missed_and_its_return_told() -> None:
    engine, returns = ScriptedEngine(), []
    watch = EngineWatch(engine, on_return=[lambda: returns.append(1)])
    await watch.start()
    await until(lambda: engine.follows == 1)
    engine.state.require()
    engine.is_there = False
    engine.ended.set()
    await until(lambda: not engine.state.is_up)
    with pytest.raises(EngineUnavailableError) as caught:
        engine.state.require()
    assert caught.value.retry_after_s >= 1
    engine.is_there = True
    await until(lambda: engine.state.is_up)
    assert returns == [1]
    assert engine.state.is_disturbed, "what dies now dies of the engine"
    await watch.stop()


async def test_a_quick_restart_is_noticed_too() -> None:
    engine = ScriptedEngine()
    watch = EngineWatch(engine)
    await watch.start()
    await until(lambda: engine.follows == 1)
    engine.ended.set()
    await until(lambda: engine.follows == 2)
    assert engine.state.is_up
    assert engine.state.is_disturbed, "although nobody asked it anything while it was away"
    await watch.stop()
