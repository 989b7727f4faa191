"""The suite's report: what came of each attack in the last run."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

OUTPUT = Path(__file__).resolve().parents[2] / "output" / "security.json"


@pytest.fixture(scope="session")
def report() -> Iterator[list[dict[str, object]]]:
    """Rows of this run; attacks that were not run keep what is known of them."""
    rows: list[dict[str, object]] = []
    yield rows
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with OUTPUT.open("a+", encoding="utf-8") as file:
        # another worker of the same run may add its rows at the same time
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "[]")
        all_rows = {(row["group"], row["name"]): row for row in [*known, *rows]}
        file.truncate(0)
        file.write(json.dumps(list(all_rows.values()), indent=1))
