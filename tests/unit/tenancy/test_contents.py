"""Every learner sees their own files only, through the API that JupyterLab uses."""

from base64 import b64encode
from typing import Any

import nbformat
import pytest
from tornado.web import HTTPError

from nexus_server.learner import Learner
from nexus_server.services import Services
from nexus_server.tenancy.contents import LearnerContentsManager
from tests.unit.tenancy.conftest import Acting, workspace_of


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


async def test_nobody_means_no_files(manager: LearnerContentsManager) -> None:
    with pytest.raises(HTTPError) as caught:
        await manager.get("")
    assert caught.value.status_code == 401


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
        assert (await manager.get("n.ipynb"))["content"].cells[0].metadata.trusted is True
    copy = workspace_of(services, bob) / "n.ipynb"
    copy.write_bytes((workspace_of(services, ada) / "n.ipynb").read_bytes())
    with acting(bob):
        assert (await manager.get("n.ipynb"))["content"].cells[0].metadata.trusted is False
        await manager.trust_notebook("n.ipynb")
        assert (await manager.get("n.ipynb"))["content"].cells[0].metadata.trusted is True


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
