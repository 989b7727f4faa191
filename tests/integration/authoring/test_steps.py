"""Changing drafts by forms: the files stay an author's own, with their comments."""

import json

import pytest

from nexus_server.authoring.errors import (
    DraftNotFoundError,
    NotATextFileError,
    StepNotFoundError,
    TextNotFoundError,
    UnreadableOutlineError,
)
from nexus_server.files.errors import BadPathError
from nexus_server.roadmaps.files.loader import load_roadmap
from tests.integration.authoring.conftest import Desk


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database: what is tested here is files; `test_drafts.py` has the rows on each kind."""
    return sqlite_url


async def test_a_roadmap_is_made_without_touching_a_file(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made by forms")
    folder = desk.school.workspace(ina) / draft.folder
    await editor.add_step(ina, draft.id, "note", "Über: the “mean”")
    await editor.add_step(ina, draft.id, "lab", "A lab")
    view = await editor.add_step(ina, draft.id, "lab", "A lab")
    assert [step.slug for step in view.steps] == ["uber-the-mean", "a-lab", "a-lab-2"]
    assert [step.path for step in view.steps][1] == "Drafts/made/labs/a-lab.ipynb"
    await editor.add_data(ina, draft.id, "a-lab", "numbers.csv", b"n\n1\n")
    await editor.change_step(ina, draft.id, "a-lab", {"points": 35, "requires": []})
    await editor.remove_step(ina, draft.id, "a-lab-2")
    view = await editor.order_steps(ina, draft.id, ["a-lab", "uber-the-mean"])
    first = view.steps[0]
    assert (first.slug, first.points, first.requires, first.data) == ("a-lab", 35, [], ["data/numbers.csv"])
    assert (folder / "labs/data/numbers.csv").read_bytes() == b"n\n1\n"
    assert (folder / "labs/a-lab-2.ipynb").exists()
    source = load_roadmap(folder)
    assert source.file is not None
    assert [str(problem) for problem in source.problems if "gives points" not in problem.message] == []
    assert source.file.nodes[1].title == "Über: the “mean”"
    assert json.loads((folder / "labs/a-lab.ipynb").read_text())["cells"][0]["source"] == ["# A lab"]


async def test_a_step_that_was_taken_out_leaves_its_file_and_its_name(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made by forms")
    await editor.add_step(ina, draft.id, "note", "Hello")
    await editor.write_text(ina, draft.id, "notes/hello.md", "# An hour's work\n")
    await editor.remove_step(ina, draft.id, "hello")
    view = await editor.add_step(ina, draft.id, "note", "Hello")
    assert [step.slug for step in view.steps] == ["hello-2"]
    assert await editor.read_text(ina, draft.id, "notes/hello.md") == "# An hour's work\n"


async def test_comments_and_what_forms_do_not_know_stay(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft, folder = await desk.draft(ina)
    path = folder / "roadmap.yaml"
    path.write_text("# Written by hand\n" + path.read_text().replace("- slug: lab", "# the last one\n  - slug: lab"))
    await editor.change_step(ina, draft.id, "hello", {"title": "Hello again"})
    await editor.order_steps(ina, draft.id, ["hello", "clip", "lab", "quizzed"])
    text = path.read_text()
    assert "# Written by hand" in text
    assert "# the last one" in text
    file = load_roadmap(folder).file
    assert file is not None
    assert [node.slug for node in file.nodes] == ["hello", "clip", "lab", "quizzed"]
    assert file.nodes[0].title == "Hello again"
    assert file.nodes[2].lab is not None
    assert (file.nodes[2].lab.pass_score, file.nodes[2].lab.data) == (0.5, ["data/numbers.csv"])


async def test_what_does_not_fit_is_refused_and_changes_nothing(desk: Desk) -> None:
    ina, ben, editor = await desk.author(), await desk.author("Ben"), desk.authoring.editor
    draft, folder = await desk.draft(ina)
    before = (folder / "roadmap.yaml").read_text()
    for refused, error in (
        (editor.order_steps(ina, draft.id, ["hello", "hello", "lab", "clip"]), StepNotFoundError),
        (editor.change_step(ina, draft.id, "none", {"points": 1}), StepNotFoundError),
        (editor.change_step(ina, draft.id, "lab", {"requires": ["none"]}), StepNotFoundError),
        (editor.change_step(ina, draft.id, "lab", {"requires": ["lab"]}), StepNotFoundError),
        (editor.add_data(ina, draft.id, "hello", "x.csv", b""), StepNotFoundError),
        (editor.add_data(ina, draft.id, "lab", "../x.csv", b""), BadPathError),
        (editor.add_data(ina, draft.id, "lab", ".hidden", b""), BadPathError),
        (editor.write_text(ina, draft.id, "labs/lab.ipynb", "{}"), NotATextFileError),
        (editor.write_text(ina, draft.id, "../../other.md", "x"), BadPathError),
        (editor.read_text(ina, draft.id, "notes/none.md"), TextNotFoundError),
        (editor.remove_step(ben, draft.id, "lab"), DraftNotFoundError),
    ):
        with pytest.raises(error):
            await refused
    assert (folder / "roadmap.yaml").read_text() == before


async def test_a_broken_outline_is_mended_as_a_text(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft, folder = await desk.draft(ina)
    for text in ("nodes: [", "- a list", "nodes: {}\n  x", "nodes: [1]"):
        (folder / "roadmap.yaml").write_text(text)
        with pytest.raises(UnreadableOutlineError):
            await editor.add_step(ina, draft.id, "note", "More")
        assert (await desk.authoring.drafts.view(ina, draft.id)).steps == []
    await editor.write_text(ina, draft.id, "roadmap.yaml", "slug: tiny\ntitle: Tiny\ndifficulty: beginner\n")
    assert len((await editor.add_step(ina, draft.id, "note", "More")).steps) == 1
