"""Files of other tools become steps of a draft, with what became of each part of them."""

import pytest

from nexus_server.authoring.errors import DraftNotFoundError
from nexus_server.courses.imports.errors import NothingToImportError
from nexus_server.roadmaps.files.loader import load_roadmap
from tests.integration.authoring.conftest import Desk
from tests.unit.courses.imports.otter_notebooks import homework
from tests.unit.courses.imports.test_bundles import zipped


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database: what is tested here is files."""
    return sqlite_url


async def test_a_homework_of_otter_becomes_a_lab_with_its_files(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made elsewhere")
    packed = zipped(**{"hw/hw01.ipynb": homework(), "hw/trees.csv": b"h\n1\n"})
    first = await editor.import_file(ina, draft.id, "hw.zip", packed)
    again = await editor.import_file(ina, draft.id, "hw01.ipynb", homework())
    assert [step.slug for step in again.draft.steps] == ["hw01", "hw01-2"]
    assert again.draft.steps[0].data == ["trees.csv"]
    [step] = first.steps
    assert step.parts[0].place == "cell 1"
    assert (step.parts[-1].place, step.parts[-1].outcome) == ("file trees.csv", "kept")
    folder = desk.school.workspace(ina) / draft.folder
    assert (folder / "labs/hw01/trees.csv").read_bytes() == b"h\n1\n"
    assert [str(problem) for problem in load_roadmap(folder).problems] == []
    assert (await desk.check(ina, draft.id)).problems == []


async def test_nothing_is_added_of_what_cannot_be_read_and_to_nobody_elses_draft(desk: Desk) -> None:
    ina, tom = await desk.author(), await desk.author("Tom")
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made elsewhere")
    with pytest.raises(NothingToImportError):
        await desk.authoring.editor.import_file(ina, draft.id, "mixed.zip", zipped(a=b"text"))
    with pytest.raises(DraftNotFoundError):
        await desk.authoring.editor.import_file(tom, draft.id, "hw01.ipynb", homework())
    assert (await desk.authoring.drafts.view(ina, draft.id)).steps == []
