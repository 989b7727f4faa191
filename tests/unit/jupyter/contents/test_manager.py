"""Every learner sees their own files only, through the API that JupyterLab uses."""

import json
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from jupyter_server.base.call_context import CallContext
from tornado.web import HTTPError

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.errors import FileTooLargeError, NoSuchFileError
from nexus_server.jupyter.contents.manager import LearnerContentsManager
from nexus_server.learner import Learner
from nexus_server.services import Services
from tests.unit.jupyter.conftest import Acting, workspace_of


@pytest.fixture
def manager() -> LearnerContentsManager:
    return LearnerContentsManager()


def text(content: str) -> dict[str, Any]:
    return {"type": "file", "format": "text", "content": content}


def notebook(html: str) -> dict[str, Any]:
    output = nbformat.v4.new_output("display_data", data={"text/html": html})
    cell = nbformat.v4.new_code_cell("1", outputs=[output], metadata={"trusted": True})
    return {"type": "notebook", "format": "json", "content": nbformat.v4.new_notebook(cells=[cell])}


async def test_two_learners_have_two_worlds(
    manager: LearnerContentsManager, acting: Acting, ada: Learner, bob: Learner
) -> None:
    with acting(ada):
        await manager.save(text("hers"), "note.txt")
    with acting(bob):
        assert not await manager.file_exists("note.txt")
        await manager.save(text("his"), "note.txt")
    with acting(ada):
        assert (await manager.get("note.txt"))["content"] == "hers"
        listing = await manager.get("")
        assert [item["path"] for item in listing["content"]] == ["note.txt"]


async def test_nobody_means_no_files(manager: LearnerContentsManager, services: Services) -> None:
    anonymous = SimpleNamespace(_jupyter_current_user=None, settings={"nexus_services": services})
    CallContext.set(CallContext.JUPYTER_HANDLER, anonymous)
    with pytest.raises(HTTPError) as caught:
        await manager.get("")
    CallContext.set(CallContext.JUPYTER_HANDLER, None)
    assert caught.value.status_code == 401


async def test_a_call_outside_of_any_request_is_a_fault_of_the_caller(manager: LearnerContentsManager) -> None:
    with pytest.raises(RuntimeError, match="no request"):
        await manager.get("")


async def test_no_path_leads_to_another_learner(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner, bob: Learner
) -> None:
    secret = workspace_of(services, bob) / "secret.txt"
    secret.write_text("his")
    (workspace_of(services, ada) / "link").symlink_to(secret.parent)
    for path in (f"../{bob.id}/secret.txt", f"/../{bob.id}/secret.txt", "link/secret.txt", str(secret)):
        with acting(ada), pytest.raises(HTTPError) as caught:
            await manager.get(path)
        assert caught.value.status_code in (400, 404)
        with acting(ada), pytest.raises(HTTPError):
            await manager.save(text("hers"), path)
        with acting(ada), pytest.raises(HTTPError):
            await manager.delete(path)
        with acting(ada), pytest.raises(HTTPError):
            await manager.rename(path, "mine.txt")
        with acting(ada), pytest.raises(HTTPError):
            await manager.copy(path, "")
    assert secret.read_text() == "his"


async def test_hidden_files_are_neither_listed_nor_served(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner
) -> None:
    (workspace_of(services, ada) / ".profile").write_text("x")
    with acting(ada):
        assert (await manager.get(""))["content"] == []
        with pytest.raises(HTTPError) as caught:
            await manager.get(".profile")
        assert caught.value.status_code == 404
        with pytest.raises(HTTPError):
            await manager.save(text("x"), ".bashrc")
        with pytest.raises(HTTPError):
            await manager.rename(".profile", "profile")


async def test_a_large_upload_comes_in_pieces(manager: LearnerContentsManager, acting: Acting, ada: Learner) -> None:
    pieces = [(1, b"\x00first"), (2, b" second"), (-1, b" last\xff")]
    with acting(ada):
        for chunk, data in pieces:
            content = b64encode(data).decode()
            await manager.save({"type": "file", "format": "base64", "content": content, "chunk": chunk}, "big.bin")
        model = await manager.get("big.bin", require_hash=True)
    assert model["content"] == b64encode(b"\x00first second last\xff").decode()
    assert model["format"] == "base64"
    assert len(model["hash"]) == 64


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "format": "text", "content": 5},
        {"type": "file", "format": "json", "content": "x"},
        {"type": "file", "format": "base64", "content": "x"},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"cells": 3}},
        {"type": "notebook", "content": "text"},
        {"type": "notebook", "content": {"cells": [3]}},
        {"type": "notebook", "content": {"nbformat": 99, "cells": []}},
        {"type": "socket", "content": ""},
    ],
)
async def test_content_that_does_not_fit_is_refused(
    manager: LearnerContentsManager, acting: Acting, ada: Learner, model: dict[str, Any]
) -> None:
    with acting(ada), pytest.raises(HTTPError) as caught:
        await manager.save(model, "x.ipynb")
    assert caught.value.status_code in (400, 422)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"cells": 1, "nbformat": 4}', b"[" * 100_000])
async def test_a_broken_notebook_is_a_400(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner, data: bytes
) -> None:
    (workspace_of(services, ada) / "broken.ipynb").write_bytes(data)
    with acting(ada), pytest.raises(HTTPError) as caught:
        await manager.get("broken.ipynb")
    assert caught.value.status_code == 400
    with acting(ada):
        await manager.delete("broken.ipynb")


async def test_one_learner_s_trust_is_not_another_s(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner, bob: Learner
) -> None:
    with acting(ada):
        await manager.save(notebook("<script>steal()</script>"), "n.ipynb")
        assert (await manager.get("n.ipynb"))["content"]["cells"][0].metadata.trusted is True
    copy = workspace_of(services, bob) / "n.ipynb"
    copy.write_bytes((workspace_of(services, ada) / "n.ipynb").read_bytes())
    with acting(bob):
        assert (await manager.get("n.ipynb"))["content"]["cells"][0].metadata.trusted is False
        await manager.trust_notebook("n.ipynb")
        assert (await manager.get("n.ipynb"))["content"]["cells"][0].metadata.trusted is True


async def test_a_checkpoint_brings_a_file_back_and_stays_inside(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner, bob: Learner
) -> None:
    with acting(ada):
        await manager.save({"type": "directory"}, "lab")
        await manager.save(text("one"), "lab/a.py")
        kept = await manager.create_checkpoint("lab/a.py")
        await manager.save(text("two"), "lab/a.py")
        assert await manager.list_checkpoints("lab/a.py") == [kept]
        await manager.restore_checkpoint(kept["id"], "lab/a.py")
        assert (await manager.get("lab/a.py"))["content"] == "one"
        await manager.rename("lab/a.py", "b.py")
        assert len(await manager.list_checkpoints("b.py")) == 1
        for checkpoint_id, path in (("other", "b.py"), (kept["id"], "../b.py"), (kept["id"], ".x/b.py")):
            with pytest.raises(HTTPError):
                await manager.restore_checkpoint(checkpoint_id, path)
        await manager.delete("b.py")
        assert await manager.list_checkpoints("b.py") == []
    with acting(bob), pytest.raises(HTTPError):
        await manager.restore_checkpoint(kept["id"], "b.py")


async def test_names_are_found_copied_and_renamed_without_overwriting(
    manager: LearnerContentsManager, acting: Acting, ada: Learner
) -> None:
    with acting(ada):
        first = await manager.new_untitled(type="notebook")
        second = await manager.new_untitled(type="notebook")
        assert (first["path"], second["path"]) == ("Untitled.ipynb", "Untitled1.ipynb")
        assert (await manager.copy("Untitled.ipynb", ""))["path"] == "Untitled-Copy1.ipynb"
        with pytest.raises(HTTPError) as caught:
            await manager.rename("Untitled.ipynb", "Untitled1.ipynb")
        assert caught.value.status_code == 409
        folder = await manager.new_untitled(type="directory")
        assert (await manager.get(folder["path"]))["content"] == []


async def test_a_file_over_the_limit_is_a_413(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner
) -> None:
    limit = services.tenancy.max_file_bytes
    path = workspace_of(services, ada) / "huge.bin"
    with path.open("wb") as sink:
        sink.truncate(limit + 1)
    with acting(ada), pytest.raises(HTTPError) as caught:
        await manager.get("huge.bin")
    assert caught.value.status_code == 413


def outputs_of(megabytes: float) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": "x" * int(megabytes * 1024 * 1024)}]


async def test_format_3_is_stored_as_format_4(manager: LearnerContentsManager, acting: Acting, ada: Learner) -> None:
    sheets = [
        {"cells": [{"cell_type": "code", "input": ["1"], "outputs": []}, {"cell_type": "heading", "source": "A"}]}
    ]
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    with acting(ada):
        await manager.save({"type": "notebook", "format": "json", "content": content}, "old.ipynb")
        found = (await manager.get("old.ipynb"))["content"].decoded
    nbformat.validate(found)
    assert [(cell.cell_type, cell.source) for cell in found.cells] == [("code", "1"), ("markdown", "# A")]


async def test_an_odd_notebook_is_mended_when_it_is_saved_and_when_it_is_opened(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner
) -> None:
    cells = [{"cell_type": "code", "source": 5, "outputs": None, "metadata": {"collapsed": "no"}, "extra": 1}]
    content = {"nbformat": 4, "nbformat_minor": 2, "metadata": {"kernelspec": None}, "cells": cells}
    (workspace_of(services, ada) / "n.ipynb").write_text('{"cells": [{"execution_count": NaN}], "nbformat": 4}')
    with acting(ada):
        nbformat.validate((await manager.get("n.ipynb"))["content"].decoded)
        saved = await manager.save({"type": "notebook", "format": "json", "content": content}, "m.ipynb")
        found = (await manager.get("m.ipynb"))["content"].decoded
    nbformat.validate(found)
    assert (found.cells[0].source, found.nbformat_minor, "message" in saved) == ("5", 2, False)


async def test_a_save_that_is_too_large_keeps_the_sources_and_says_which_outputs_it_dropped(
    manager: LearnerContentsManager, acting: Acting, ada: Learner
) -> None:
    cells = [nbformat.v4.new_code_cell(f"a{n}", outputs=outputs_of(size)) for n, size in enumerate((9, 0.001, 12, 6))]
    content = nbformat.v4.new_notebook(cells=cells)
    with acting(ada):
        saved = await manager.save({"type": "notebook", "format": "json", "content": content}, "n.ipynb")
        found = (await manager.get("n.ipynb"))["content"].decoded
    assert saved["message"] == "Saved without the outputs of cell 3: with them the notebook is over 16 MB."
    assert [cell.source for cell in found.cells] == ["a0", "a1", "a2", "a3"]
    assert found.cells[2].outputs[0].text.startswith("This output of 12.0 MB was left out of the file")
    assert [cell.outputs for cell in found.cells[:2]] == [cell.outputs for cell in cells[:2]]


async def test_text_that_is_too_large_is_refused_in_words(
    manager: LearnerContentsManager, acting: Acting, ada: Learner
) -> None:
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("x" * 17 * 1024 * 1024)])
    with acting(ada), pytest.raises(HTTPError) as caught:
        await manager.save({"type": "notebook", "format": "json", "content": content}, "n.ipynb")
    assert caught.value.status_code == 413
    assert "Pictures in text cells count" in str(caught.value.log_message)


async def test_a_notebook_that_a_kernel_wrote_too_large_is_opened_without_its_largest_outputs(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner
) -> None:
    cells = [nbformat.v4.new_code_cell("a", outputs=outputs_of(17))]
    text = json.dumps(nbformat.v4.new_notebook(cells=cells))
    (workspace_of(services, ada) / "n.ipynb").write_text(text)
    with acting(ada):
        model = await manager.get("n.ipynb")
    assert "cell 1" in model["message"]
    assert model["content"].decoded.cells[0].source == "a"


async def test_a_folder_is_copied_with_what_is_visible_in_it(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner
) -> None:
    root = workspace_of(services, ada)
    (root / "lab/data/deep").mkdir(parents=True)
    (root / "lab/data/deep/x.csv").write_text("1")
    (root / "lab/.secret").write_text("2")
    (root / "lab/link").symlink_to("/etc")
    with acting(ada):
        first = await manager.copy("lab", "")
        second = await manager.copy("lab")
        inside = await manager.copy("lab/data", "lab-Copy1")
        new = await manager.copy("lab", "new/place")
    assert (first["path"], second["path"], inside["path"]) == ("lab-Copy1", "lab-Copy2", "lab-Copy1/data-Copy1")
    assert (new["path"], new["type"]) == ("new/place/lab", "directory")
    assert (root / "lab-Copy1/data/deep/x.csv").read_text() == "1"
    assert sorted(path.name for path in (root / "lab-Copy2").iterdir()) == ["data"]


async def test_a_folder_is_not_copied_into_itself_nor_over_the_limit(
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner
) -> None:
    (workspace_of(services, ada) / "lab/inner").mkdir(parents=True)
    with acting(ada), pytest.raises(HTTPError) as caught:
        await manager.copy("lab", "lab/inner")
    assert caught.value.status_code == 400
    files = ConfinedDirectory(workspace_of(services, ada), max_file_bytes=10)
    (workspace_of(services, ada) / "lab/inner/a").touch()
    (workspace_of(services, ada) / "lab/large").write_bytes(bytes(11))
    for most in (1, 3):
        with pytest.raises(FileTooLargeError):
            files.copy_directory("lab", "other", max_entries=most)
        assert files.find("other") is None, "nothing is left of half a copy"
    with pytest.raises(NoSuchFileError):
        files.copy_directory("missing", "new/other", max_entries=1)
    assert files.find("new") is None


async def test_a_folder_with_more_files_than_a_listing_shows_is_copied_whole_or_not_at_all(tmp_path: Path) -> None:
    files = ConfinedDirectory(tmp_path, max_file_bytes=10, max_entries=2)
    (tmp_path / "lab").mkdir()
    for name in "abc":
        (tmp_path / "lab" / name).touch()
    files.copy_directory("lab", "whole", max_entries=3)
    assert len(list((tmp_path / "whole").iterdir())) == 3
    with pytest.raises(FileTooLargeError):
        files.copy_directory("lab", "other", max_entries=2)


@pytest.mark.parametrize(
    ("path", "wanted", "text"),
    [("lab", "file", "lab is a directory, not a file"), ("a.txt", "directory", "a.txt is not a directory")],
)
async def test_what_is_not_of_the_wanted_type_is_told_as_jupyter_tells_it(  # noqa: PLR0917  fixtures
    manager: LearnerContentsManager, services: Services, acting: Acting, ada: Learner, path: str, wanted: str, text: str
) -> None:
    (workspace_of(services, ada) / "lab").mkdir(parents=True)
    (workspace_of(services, ada) / "a.txt").touch()
    with acting(ada), pytest.raises(HTTPError, match=text):
        await manager.get(path, type=wanted)
