"""The garbage collector rests while modules are imported."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexus_server.commands.loading import load

CIRCLES = "kept = [[] for _ in range(50_000)]\nfor each in kept: each.append(each)\n"


@pytest.fixture
def collections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every run of the collector, where modules of the test's own are found."""
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[str] = []
    gc.callbacks.append(watch := lambda phase, _info: seen.append(phase))
    yield seen
    gc.callbacks.remove(watch)
    gc.unfreeze()
    for name in ("much", "broken"):
        sys.modules.pop(name, None)


def test_nothing_is_collected_meanwhile_and_what_was_imported_is_left_alone_later(
    tmp_path: Path, collections: list[str]
) -> None:
    (tmp_path / "much.py").write_text(CIRCLES)
    load("much")
    assert collections == []
    assert gc.isenabled()
    assert gc.get_freeze_count() > 50_000


def test_the_collector_is_back_when_an_import_fails(tmp_path: Path, collections: list[str]) -> None:
    (tmp_path / "broken.py").write_text("raise LookupError")
    with pytest.raises(LookupError):
        load("broken")
    assert gc.isenabled()
