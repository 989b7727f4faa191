"""What the gauges say is what is in the database; what there is none of is 0."""

import pytest
from prometheus_client import REGISTRY

from nexus_server.kernels.death_reason import DeathReason
from nexus_server.observability.metrics import COUNTS, PlatformMetrics
from nexus_server.store.database import Database, DatabaseUnavailableError
from nexus_server.store.models.accounts import User
from nexus_server.store.models.kernels import Kernel


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_rows_are_counted_by_value(database: Database) -> None:
    warm = {"nexus-python:1": 2}
    metrics = PlatformMetrics(database, lambda: warm)
    await metrics.count()
    assert {value(count.gauge._name, **{count.label: one}) for count in COUNTS for one in count.values} == {0}
    async with database.transaction() as session:
        user = User(email="ada@example.org", display_name="Ada")
        session.add(user)
        await session.flush()
        session.add(Kernel(user_id=user.id, kernel_name="nexus-python", state="alive"))
        ended = {"user_id": user.id, "kernel_name": "nexus-python", "state": "dead"}
        session.add_all(Kernel(**ended, death_reason=why) for why in ("memory", "memory", "idle"))
    await metrics.count()
    assert [value("nexus_kernels", state=state) for state in ("starting", "alive", "dead")] == [0, 1, 3]
    assert {
        why: value("nexus_kernel_deaths", reason=why) for why in DeathReason if why in ("memory", "idle", "disk")
    } == {
        "memory": 2,
        "idle": 1,
        "disk": 0,
    }
    assert value("nexus_warm_kernels", image="nexus-python:1") == 2
    warm.clear()
    await metrics.count()
    assert value("nexus_warm_kernels", image="nexus-python:1") is None
    assert value("nexus_database_connections", state="in_use") == 0
    assert (value("nexus_database_connections", state="idle") or 0) > 0


async def test_a_database_that_is_away_keeps_the_last_numbers() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailableError):
        await PlatformMetrics(away, dict).count()
    await away.close()
