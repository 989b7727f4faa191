"""Every lab of the product, in the real sandbox: the reference solution earns full marks and the stub none."""

from pathlib import Path

import pytest

from nexus_server.grading.options import GradeOptions
from nexus_server.grading.settings import GradingSettings
from nexus_server.roadmaps.lab_checks import Lab, LabChecker, labs_of
from nexus_server.roadmaps.loader import load_content, load_roadmap
from nexus_server.settings import PROJECT_ROOT

LABS = labs_of(load_content(PROJECT_ROOT / "content"))
pytestmark = pytest.mark.docker


def checker(cache_file: Path | None = None, *, runs: int = 1) -> LabChecker:
    return LabChecker(GradeOptions.from_settings(GradingSettings()), cache_file, runs=runs)


@pytest.mark.slow
@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.file)
async def test_the_reference_earns_full_marks_and_the_stub_none(lab: Lab) -> None:
    assert await checker().check([lab]) == []


def test_there_are_labs() -> None:
    assert len(LABS) >= 14


def edit(content_dir: Path, old: str, new: str) -> Lab:
    path = content_dir / "tiny/labs/lab.ipynb"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    (lab,) = labs_of([load_roadmap(content_dir / "tiny")])
    return lab


async def test_a_wrong_reference_is_found_with_its_line(content_dir: Path) -> None:
    lab = edit(content_dir, "return 2 * x", "return 3 * x")
    problems = await checker().check([lab])
    assert ["earns 0 of 1 points" in problem.message for problem in problems] == [True, True]
    assert problems[0].line < problems[1].line
    assert problems[0].file == "tiny/labs/lab.ipynb"


async def test_a_test_that_passes_on_the_stub_is_found(content_dir: Path) -> None:
    lab = edit(content_dir, "assert double(2) == 4", "assert True")
    (problem,) = await checker().check([lab])
    assert "test-visible gives 1 points to the unchanged stub" in problem.message


async def test_data_files_are_there_when_a_lab_is_graded(content_dir: Path) -> None:
    lab = edit(
        content_dir,
        "assert double(2) == 4",
        "assert open('data/numbers.csv').read().split() == ['n', '1', '2'] and double(1) == 2",
    )
    assert await checker().check([lab]) == []


async def test_what_was_checked_once_is_remembered(content_dir: Path, tmp_path: Path) -> None:
    lab = edit(content_dir, "return 2 * x", "return 3 * x")
    cache = tmp_path / "cache.json"
    first = await checker(cache).check([lab])
    written = cache.read_text()
    assert await checker(cache).check([lab]) == first
    assert cache.read_text() == written
    cache.write_text("{broken")
    assert await checker(cache).check([lab]) == first
