"""What the kernel benchmark does with its sections' figures, and with a section that fails."""

import json
from pathlib import Path

import pytest

from benchmarks import kernels
from benchmarks._kernels_section import Found, Scale


def _good(_: Scale) -> Found:
    return Found({"rtt_ratio": 0.2, "rtt_nodelay_ratio": 1.0}, {"ours_s": [0.01]})


def _bad(_: Scale) -> Found:
    raise RuntimeError("the engine is gone")


@pytest.fixture
def sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sections that measure nothing, and a machine that is not looked at."""
    monkeypatch.setattr(kernels, "SECTIONS", {"rtt": (_good, ("rtt_ratio",)), "storm": (_bad, ("storm",))})
    monkeypatch.setattr(kernels, "machine", lambda: {"cores": 2})


@pytest.mark.usefixtures("sections")
def test_a_section_that_fails_is_null_with_its_reason_and_loses_nothing_else(tmp_path: Path) -> None:
    output = tmp_path / "kernels.json"
    assert kernels.main(["--output", str(output)]) == 1
    result = json.loads(output.read_text())
    assert result["storm"] is None
    assert "the engine is gone" in result["sections"]["storm"]["reason"]
    assert result["rtt_ratio"] == 0.2
    assert result["sections"]["rtt"]["raw"] == {"ours_s": [0.01]}
    assert result["machine"]["cores"] == 2


@pytest.mark.usefixtures("sections")
def test_a_section_alone_keeps_the_figures_of_the_others(tmp_path: Path) -> None:
    output = tmp_path / "kernels.json"
    kernels.main(["--output", str(output)])
    assert kernels.main(["--only", "rtt", "--output", str(output)]) == 0
    assert set(json.loads(output.read_text())["sections"]) == {"rtt", "storm"}


@pytest.mark.parametrize(
    ("result", "missed"),
    [
        ({"rtt_ratio": 0.35, "live_kernels": 200}, []),
        ({"rtt_ratio": 0.36, "live_kernels": 199}, ["rtt_ratio", "live_kernels"]),
        ({"storm": {"failures": 1, "completion_ratio": 0.79}}, ["storm.failures", "storm.completion_ratio"]),
        ({"storm": None, "rtt_ratio": None}, []),
    ],
)
def test_targets(result: dict[str, object], missed: list[str]) -> None:
    assert kernels.judge(result) == missed
