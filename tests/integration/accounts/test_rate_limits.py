import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from traitlets.config import Config

from nexus_server.accounts.rate_limits import RateLimits, RateLimitSettings
from nexus_server.errors import RateLimitedError
from nexus_server.store.redis import RedisStore
from tests.plugins.processes import free_port

LIMITS = Config({"RateLimitSettings": {"limits": {"hints": "2 per minute"}}})


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis), "redis-down"])
async def rate_limits(request: pytest.FixtureRequest) -> AsyncIterator[RateLimits]:
    redis = None
    if request.param == "redis":
        redis = RedisStore(request.getfixturevalue("redis_url"))
    elif request.param == "redis-down":
        redis = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    yield RateLimits(RateLimitSettings(config=LIMITS), redis)
    if redis is not None:
        await redis.close()


async def test_one_too_many_is_refused_with_the_time_to_wait(rate_limits: RateLimits) -> None:
    learner, other = uuid4(), uuid4()
    await rate_limits.hit("hints", learner)
    await rate_limits.check("hints", learner)
    await rate_limits.hit("hints", learner)
    with pytest.raises(RateLimitedError) as refused:
        await rate_limits.hit("hints", learner)
    assert 1 <= refused.value.retry_after_s <= 60
    with pytest.raises(RateLimitedError):
        await rate_limits.check("hints", learner)
    await rate_limits.hit("hints", other)


async def test_several_limits_are_checked_at_once(rate_limits: RateLimits) -> None:
    full, free, new = str(uuid4()), str(uuid4()), str(uuid4())
    for learner, times in ((full, 2), (free, 1)):
        for _ in range(times):
            await rate_limits.hit("hints", learner)
    await rate_limits.check_all([("hints", new), ("hints", free)])
    await rate_limits.check_all([("hints", new)])
    for limits in ([("hints", free), ("hints", full)], [("hints", full)]):
        with pytest.raises(RateLimitedError):
            await rate_limits.check_all(limits)


async def test_what_is_cleared_is_forgotten(rate_limits: RateLimits) -> None:
    learner = uuid4()
    for _ in range(2):
        await rate_limits.hit("hints", learner)
    with pytest.raises(RateLimitedError):
        await rate_limits.hit("hints", learner)
    await rate_limits.clear("hints", learner)
    outcomes = await asyncio.gather(*(rate_limits.hit("hints", learner) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(RateLimitedError) == 1


async def test_a_crowd_gets_exactly_what_is_allowed(rate_limits: RateLimits) -> None:
    learner = uuid4()
    outcomes = await asyncio.gather(*(rate_limits.hit("hints", learner) for _ in range(20)), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 2


def test_an_unknown_limit_stops_the_start() -> None:
    settings = RateLimitSettings(config=Config({"RateLimitSettings": {"limits": {"hint": "2 per minute"}}}))
    with pytest.raises(ValueError, match="hint"):
        RateLimits(settings, None)
