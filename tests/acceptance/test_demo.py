"""`nexus demo`: the whole journey on a real server with real sandboxes; the last line is the contract's object.

`make test` runs it as it is installed, in `test_wheel.py`.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.server import ROOT


@pytest.mark.long
@pytest.mark.docker
@pytest.mark.timeout(600)
def test_the_journey_ends_with_a_grade_xp_and_the_next_node() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "nexus"), "demo"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert_is_told(json.loads(done.stdout.strip().splitlines()[-1]))


def assert_is_told(facts: dict[str, Any]) -> None:
    """Everything that the journey ends with is in its last line."""
    kernel = facts["kernel"]
    assert (kernel["network"], kernel["cpu"], kernel["memory_mb"]) == ("none", 0.1, 128)
    assert kernel["first_result_s"] > 0
    assert facts["hint"]["text"]
    assert facts["grade"]["score"] == facts["grade"]["max_score"] > 0
    assert facts["rank"] == "Novice"
    assert facts["streak"] == 1
    assert facts["leaderboard_rank"] == 1
    assert facts["xp"] > 0
    assert facts["unlocked"]


@pytest.mark.slow
def test_a_broken_journey_exits_with_one() -> None:
    nexus = str(Path(sys.executable).parent / "nexus")
    done = subprocess.run([nexus, "demo", "--url", "http://127.0.0.1:1"], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"The journey broke")
