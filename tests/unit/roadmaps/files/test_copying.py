"""A roadmap copied for the next term."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from nexus_server.roadmaps.checks.checks import check_content
from nexus_server.roadmaps.files.copying import NotCopiableError, copy_roadmap
from nexus_server.roadmaps.files.loader import load_roadmap
from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.files.scaffold import BadSlugError, RoadmapExistsError, scaffold


def a_roadmap(folder: Path, lab: str) -> Path:
    scaffold(folder, "autumn", "Autumn")
    path = folder / "autumn/roadmap.yaml"
    path.write_text(path.read_text().replace("pass_score: 0.6", f"pass_score: 0.6\n      {lab}"))
    return folder / "autumn"


def lab_of(folder: Path) -> LabSpec:
    roadmap = load_roadmap(folder).file
    assert roadmap is not None
    (lab,) = [node.lab for node in roadmap.nodes if node.lab is not None]
    return lab


@pytest.mark.parametrize(
    "written",
    [
        'deadline: "2026-12-31T18:00:00+01:00"  # before the holidays',
        "deadline: '2026-12-31t18:00+01:00'",
        '"deadline": 2026-12-31 18:00:00+01:00',
    ],
)
def test_dates_are_moved_and_all_else_stays(tmp_path: Path, written: str) -> None:
    folder = a_roadmap(tmp_path, written)
    copy_roadmap(folder, tmp_path / "site", "spring", 'Spring: "again"', shift_days=364)
    copied = tmp_path / "site/spring"
    assert lab_of(copied).deadline == datetime(2027, 12, 30, 18, tzinfo=timezone(timedelta(hours=1)))
    sources, problems = check_content(tmp_path / "site")
    assert (problems, sources[0].file and sources[0].file.title) == ([], 'Spring: "again"')
    same = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name != "roadmap.yaml"]
    assert same
    assert all((copied / path).read_bytes() == (folder / path).read_bytes() for path in same)


def test_comments_stay_and_hidden_files_do_not(tmp_path: Path) -> None:
    folder = a_roadmap(tmp_path, 'opens: "2026-12-01T08:00:00Z"  # a Tuesday')
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints/lab.ipynb").write_text("{}")
    written = copy_roadmap(folder, tmp_path, "spring", "Spring")
    assert "# a Tuesday" in (tmp_path / "spring/roadmap.yaml").read_text()
    assert lab_of(tmp_path / "spring").opens == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert not [path for path in written if ".ipynb_checkpoints" in path.parts]


def test_nothing_is_overwritten_and_names_are_names(tmp_path: Path) -> None:
    folder = a_roadmap(tmp_path, "attempts: 3")
    with pytest.raises(RoadmapExistsError):
        copy_roadmap(folder, tmp_path, "autumn", "Autumn")
    with pytest.raises(BadSlugError):
        copy_roadmap(folder, tmp_path, "../autumn", "Autumn")
    with pytest.raises(NotCopiableError):
        copy_roadmap(tmp_path / "nowhere", tmp_path, "spring", "Spring")


@pytest.mark.parametrize("days", [4_000_000, -800_000])
def test_a_date_beyond_the_calendar_is_refused(tmp_path: Path, days: int) -> None:
    folder = a_roadmap(tmp_path, 'deadline: "2026-12-31T18:00:00Z"')
    with pytest.raises(NotCopiableError, match="2026-12-31 cannot be moved"):
        copy_roadmap(folder, tmp_path, "spring", "Spring", shift_days=days)
    assert not (tmp_path / "spring").exists()


def test_dates_that_the_copy_would_not_move_are_refused(tmp_path: Path) -> None:
    folder = a_roadmap(tmp_path, 'deadline: &due "2026-12-31T18:00:00Z"')
    with pytest.raises(NotCopiableError, match="cannot be moved"):
        copy_roadmap(folder, tmp_path, "spring", "Spring", shift_days=7)
    assert not (tmp_path / "spring").exists()
