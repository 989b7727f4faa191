"""What a lab may ask for."""

import pytest

from nexus_server.kernels.errors import LimitTooHighError
from nexus_server.kernels.limits import Limits

CEILING = Limits(memory_mb=512, cpu_share=1.0)


def test_the_defaults_are_the_seeds() -> None:
    assert (Limits().memory_mb, Limits().cpu_share, Limits().cpu_quota_us) == (128, 0.1, 100_000)


def test_asking_for_nothing_changes_nothing() -> None:
    assert Limits().asking(None, None, ceiling=CEILING) == Limits()


def test_asking_for_more_is_granted_up_to_the_ceiling() -> None:
    assert Limits().asking(512, 1.0, ceiling=CEILING).memory_mb == 512
    with pytest.raises(LimitTooHighError) as caught:
        Limits().asking(513, 1.1, ceiling=CEILING)
    assert {field["field"] for field in caught.value.details["fields"]} == {"memory_mb", "cpu_share"}  # type: ignore[attr-defined]
