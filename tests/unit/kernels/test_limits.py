"""What a lab may ask for."""

from pathlib import Path

import pytest

from nexus_server.kernels.errors import LimitTooHighError
from nexus_server.kernels.limits import KernelLimits, available_mb

CEILING = KernelLimits(memory_mb=512, cpu_share=1.0)


def test_the_defaults_are_the_seeds() -> None:
    assert (KernelLimits().memory_mb, KernelLimits().cpu_share, KernelLimits().cpu_quota_us) == (128, 0.1, 100_000)


def test_asking_for_nothing_changes_nothing() -> None:
    assert KernelLimits().asking(None, None, ceiling=CEILING) == KernelLimits()


def test_asking_for_more_is_granted_up_to_the_ceiling() -> None:
    assert KernelLimits().asking(512, 1.0, ceiling=CEILING).memory_mb == 512
    with pytest.raises(LimitTooHighError) as caught:
        KernelLimits().asking(513, 1.1, ceiling=CEILING)
    assert {field["field"] for field in caught.value.details["fields"]} == {"memory_mb", "cpu_share"}  # type: ignore[attr-defined]


def test_the_machines_free_memory_is_known(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       24684000 kB\nMemFree:         1000000 kB\nMemAvailable:    2097152 kB\n")
    assert available_mb(meminfo) == 2048
    assert 0 < available_mb() < 1 << 24
