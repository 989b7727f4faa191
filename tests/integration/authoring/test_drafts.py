"""Drafts of roadmaps: begun, compared, settled and discarded, on real databases and files."""

import json
from pathlib import Path

import pytest

from nexus_server.authoring.errors import (
    DraftExistsError,
    DraftFolderTakenError,
    DraftNotFoundError,
    DraftTooLargeError,
    NotALabFileError,
    NotAnAuthorError,
)
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from nexus_server.notebook_format.errors import InvalidSourceError
from nexus_server.roadmaps.errors import RoadmapNotFoundError
from nexus_server.roadmaps.files.scaffold import BadSlugError, RoadmapExistsError
from tests.integration.authoring.conftest import Desk, open_desk

LAB = "labs/lab.ipynb"


async def test_a_draft_is_the_whole_roadmap_as_plain_files_in_the_workspace(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    assert _files(folder) == _files(desk.school.content_dir / "tiny")
    assert (draft.slug, draft.title, draft.is_new, draft.changes, draft.conflicts) == ("tiny", "Tiny", False, [], [])
    assert [(step.slug, step.type) for step in draft.steps][-1] == ("lab", "lab")
    assert draft.steps[-1].path == f"Drafts/tiny/{LAB}"
    assert [each.slug for each in (await desk.authoring.drafts.list_own(ina)).items] == ["tiny"]


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


async def test_what_is_changed_added_and_removed_is_told(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# Another hello\n")
    (folder / "notes/more.md").write_text("# More\n")
    (folder / "media/clip.md").unlink()
    (folder / "labs/.ipynb_checkpoints").mkdir()
    (folder / "labs/.ipynb_checkpoints/lab-checkpoint.ipynb").write_text("{}")
    changes = (await desk.authoring.drafts.view(ina, draft.id)).changes
    assert [(change.path, change.kind) for change in changes] == [
        ("media/clip.md", "removed"),
        ("notes/hello.md", "changed"),
        ("notes/more.md", "added"),
    ]


async def test_a_changed_notebook_is_compared_cell_by_cell(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    notebook = json.loads((folder / LAB).read_text())
    notebook["cells"][1]["source"] = "def double(x):\n    return x + x"
    notebook["cells"][2]["metadata"]["nbgrader"]["points"] = 5
    del notebook["cells"][0]
    (folder / LAB).write_text(json.dumps(notebook))
    (difference,) = await desk.authoring.drafts.differences(ina, draft.id)
    assert difference.cells is not None
    removed, solution, points, same = difference.cells
    assert (removed.kind, removed.before, removed.after) == ("removed", "# Double a number", None)
    assert solution.kind == "changed"
    assert "2 * x" in str(solution.before)
    assert solution.after == "def double(x):\n    return x + x"
    assert (points.kind, points.metadata) == ("changed", ["nbgrader.points"])
    assert same.kind == "same"


async def test_a_new_roadmap_has_no_steps_yet(desk: Desk) -> None:
    ina = await desk.author()
    draft = await desk.authoring.drafts.begin_new(ina, "my-course", 'Ina\'s "course": one')
    assert (draft.title, draft.is_new, draft.steps) == ('Ina\'s "course": one', True, [])
    assert [change.path for change in draft.changes] == ["roadmap.yaml"]
    with pytest.raises(RoadmapExistsError):
        await desk.authoring.drafts.begin_new(ina, "tiny", "Tiny")
    with pytest.raises(BadSlugError):
        await desk.authoring.drafts.begin_new(ina, "../tiny", "Tiny")
    with pytest.raises(RoadmapNotFoundError):
        await desk.authoring.drafts.begin(ina, "nothing")


async def test_one_draft_of_a_roadmap_and_nothing_over_what_is_there(desk: Desk) -> None:
    ina, ben = await desk.author(), await desk.author("Ben")
    draft, folder = await desk.draft(ina)
    with pytest.raises(DraftExistsError) as refused:
        await desk.draft(ina)
    assert refused.value.details == {"draft_id": str(draft.id)}
    await desk.draft(ben)
    await desk.authoring.drafts.discard(ina, draft.id)
    folder.mkdir()
    with pytest.raises(DraftFolderTakenError):
        await desk.draft(ina)


async def test_a_discarded_draft_keeps_its_files_under_another_name(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("an hour's work")
    await desk.authoring.drafts.discard(ina, draft.id)
    (kept,) = folder.parent.iterdir()
    assert kept.name.startswith("tiny-")
    assert (kept / "notes/hello.md").read_text() == "an hour's work"
    with pytest.raises(DraftNotFoundError):
        await desk.authoring.drafts.view(ina, draft.id)


async def test_drafts_are_their_authors_alone_and_students_have_none(desk: Desk) -> None:
    ina, ben, ada = await desk.author(), await desk.author("Ben"), await desk.school.learner("Ada")
    draft, _ = await desk.draft(ina)
    drafts = desk.authoring.drafts
    for stranger in (drafts.view(ben, draft.id), drafts.discard(ben, draft.id), drafts.differences(ben, draft.id)):
        with pytest.raises(DraftNotFoundError):
            await stranger
    for student in (drafts.begin(ada, "tiny"), drafts.list_own(ada), desk.authoring.sources.all(ada)):
        with pytest.raises(ForbiddenError):
            await student


async def test_a_roadmap_with_authors_is_theirs_and_the_administrators(desk: Desk) -> None:
    ina, ben, root = await desk.author(), await desk.author("Ben"), await desk.author("Root", Role.ADMIN)
    authors = desk.authoring.authors
    await authors.add(ina, "tiny", ina.email)
    with pytest.raises(NotAnAuthorError):
        await desk.draft(ben)
    await desk.draft(root)
    with pytest.raises(ForbiddenError):
        await authors.remove(ina, "tiny", ina.id)
    await authors.add(ina, "tiny", ben.email)
    await desk.draft(ben)
    (source,) = (await desk.authoring.sources.all(ben)).items
    assert (source.origin, source.may_write) == ("product", True)
    assert {author.display_name for author in source.authors} == {"Ina", "Ben"}
    await authors.remove(ina, "tiny", ben.id)
    (source,) = (await desk.authoring.sources.all(ben)).items
    assert not source.may_write


async def test_another_path_to_a_roadmap_is_no_way_around_its_authors(desk: Desk) -> None:
    ina, ben = await desk.author(), await desk.author("Ben")
    await desk.authoring.authors.add(ina, "tiny", ina.email)
    for slug in ("tiny/../tiny", "./tiny", "../content/tiny", "*", ":/", "Tiny", ""):
        for way_around in (
            desk.authoring.drafts.begin(ben, slug),
            desk.authoring.sources.history(ben, slug),
            desk.authoring.sources.version(ben, slug, "0000000"),
            desk.authoring.authors.add(ben, slug, ben.email),
        ):
            with pytest.raises(BadSlugError):
                await way_around


async def test_a_site_may_keep_roadmaps_without_authors_to_its_administrators(desk: Desk) -> None:
    ina, root = await desk.author(), await desk.author("Root", Role.ADMIN)
    closed = desk.closed_to_strangers()
    with pytest.raises(NotAnAuthorError):
        await closed.drafts.begin(ina, "tiny")
    await closed.authors.add(root, "tiny", ina.email)
    await closed.drafts.begin(ina, "tiny")


async def test_the_students_view_is_the_release_of_what_is_saved(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    shown = await desk.authoring.drafts.release(ina, draft.id, LAB)
    sources = ["".join(cell["source"]) for cell in shown.notebook["cells"]]
    assert not [source for source in sources if "return 2 * x" in source or "-3" in source]
    assert "raise NotImplementedError()" in sources[1]
    assert shown.max_score == 2
    broken = json.loads((folder / LAB).read_text())
    broken["cells"][2]["metadata"]["nbgrader"]["grade_id"] = "double"
    (folder / LAB).write_text(json.dumps(broken))
    with pytest.raises(InvalidSourceError):
        await desk.authoring.drafts.release(ina, draft.id, LAB)
    with pytest.raises(NotALabFileError):
        await desk.authoring.drafts.release(ina, draft.id, "labs/none.ipynb")


async def test_a_draft_has_limits(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    few = open_desk(desk.school, desk.labs, draft_files=3)
    with pytest.raises(DraftTooLargeError):
        await few.drafts.view(ina, draft.id)
    small = open_desk(desk.school, desk.labs, draft_mb=1)
    for name in ("one.bin", "two.bin"):
        (folder / name).write_bytes(bytes(600_000))
    with pytest.raises(DraftTooLargeError):
        await small.drafts.view(ina, draft.id)
