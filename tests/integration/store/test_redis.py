import pytest
from structlog.testing import capture_logs

from nexus_server.store.redis import RedisStore, RedisUnavailableError, open_redis
from tests.plugins.processes import free_port


@pytest.mark.redis
async def test_a_command_returns_its_result(redis_url: str) -> None:
    store = RedisStore(redis_url)
    await store.call(lambda redis: redis.set("greeting", "hello", ex=10))
    assert await store.call(lambda redis: redis.get("greeting")) == "hello"
    assert not store.is_down
    await store.close()


async def test_a_missing_redis_is_told_once_and_left_alone() -> None:
    store = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    with capture_logs() as logged:
        for _ in range(3):
            with pytest.raises(RedisUnavailableError):
                await store.ping()
    assert store.is_down
    assert [entry["event"] for entry in logged] == ["redis_does_not_answer"]
    await store.close()


def test_a_site_without_redis_has_no_store() -> None:
    assert open_redis("") is None
