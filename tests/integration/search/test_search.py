"""One search over content, own notebooks and the forum, on real databases: whoever asks finds what they may open."""

import json

import pytest

from nexus_server.errors import InvalidError
from nexus_server.learner import Learner, Role
from nexus_server.search.build import open_search
from nexus_server.search.hits import HitList
from nexus_server.search.own_notebooks import MAX_BYTES, MAX_NOTEBOOK_BYTES
from nexus_server.search.service import SearchService
from nexus_server.store.models.forum import Post, Thread
from tests.plugins.school import School

NOTE = "notes/hello.md"


def service_of(school: School) -> SearchService:
    site = school.site
    return open_search(school.database, school.roadmaps.ways, site.open_workspace, site.offload).service


async def search(school: School, person: Learner, question: str, limit: int = 20) -> HitList:
    service = open_search(
        school.database, school.roadmaps.ways, school.site.open_workspace, school.site.offload
    ).service
    return await service.search(person, question, limit=limit)


async def titles(school: School, person: Learner, question: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in (await search(school, person, question)).items]


async def put_text(school: School, name: str, text: str) -> None:
    path = school.content_dir / "tiny" / name
    path.write_text(f"{path.read_text()}\n\n{text}\n")
    await school.roadmaps.sync.run()


async def post(school: School, title: str, *bodies: str, hidden: bool = False, deleted: bool = False) -> None:
    now = school.clock.now()
    async with school.database.transaction() as session:
        thread = Thread(title=title, last_post_at=now, deleted_at=now if deleted else None)
        session.add(thread)
        await session.flush()
        for body in bodies:
            hidden_at = now if hidden else None
            session.add(Post(thread_id=thread.id, body_md=body, body_html="", hidden_at=hidden_at))


def write(school: School, person: Learner, path: str, *sources: str) -> None:
    file = school.workspace(person) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    cells = [{"cell_type": "code", "source": source, "outputs": [{"text": "zebrafish"}]} for source in sources]
    file.write_text(json.dumps({"cells": cells}))


async def test_a_note_is_found_by_its_text_with_the_words_in_their_context(school: School) -> None:
    await put_text(school, NOTE, "A quokka is a small wallaby that smiles.")
    hits = await search(school, await school.learner(), "QUOKKA wallaby")
    [hit] = hits.items
    assert (hit.kind, hit.node_id) == ("note", await school.node_id("hello"))
    assert [piece.text for piece in hit.excerpt if piece.is_match] == ["quokka", "wallaby"]
    assert "is a small" in "".join(piece.text for piece in hit.excerpt)
    assert not hits.has_more


async def test_what_is_locked_is_not_found_until_it_is_open(school: School) -> None:
    lab = json.loads((school.content_dir / "tiny/labs/lab.ipynb").read_text())
    lab["cells"][0]["source"] = "# quokka task"
    (school.content_dir / "tiny/labs/lab.ipynb").write_text(json.dumps(lab))
    await school.roadmaps.sync.run()
    assert await titles(school, await school.learner(), "quokka") == []
    ada, _ = await school.ready_for_lab()
    assert [kind for kind, _ in await titles(school, ada, "quokka")] == ["lab"]
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    assert [kind for kind, _ in await titles(school, teacher, "quokka")] == ["lab"]


async def test_nobody_finds_a_solution(school: School) -> None:
    lab = json.loads((school.content_dir / "tiny/labs/lab.ipynb").read_text())
    solution = next(cell for cell in lab["cells"] if cell["metadata"].get("nbgrader", {}).get("solution"))
    solution["source"] = "### BEGIN SOLUTION\nquokka = 1\n### END SOLUTION"
    (school.content_dir / "tiny/labs/lab.ipynb").write_text(json.dumps(lab))
    await school.roadmaps.sync.run()
    ada, _ = await school.ready_for_lab()
    assert await titles(school, ada, "quokka") == []


async def test_own_notebooks_are_found_by_their_code_and_nobody_elses(school: School) -> None:
    ada, bob = await school.learner("Ada"), await school.learner("Bob")
    write(school, ada, "tries/animals.ipynb", "x = 1", "def quokka():\n    return 'wallaby'")
    write(school, ada, ".hidden/animals.ipynb", "quokka")
    (school.workspace(ada) / "broken.ipynb").write_text("quokka")
    hits = (await search(school, ada, "quokka")).items
    assert [(hit.kind, hit.path, hit.place) for hit in hits] == [("notebook", "tries/animals.ipynb", "tries")]
    assert await titles(school, ada, "zebrafish") == [], "outputs are not what somebody wrote"
    assert await titles(school, bob, "quokka") == []


async def test_a_search_reads_so_much_of_a_workspace_and_no_more(school: School) -> None:
    ada = await school.learner("Ada")
    for number in range(12):
        write(school, ada, f"large/{number:02}.ipynb", "quokka" + "x" * (MAX_NOTEBOOK_BYTES - 1000))
    write(school, ada, "large/too-large.ipynb", "quokka" + "x" * MAX_NOTEBOOK_BYTES)
    found = [hit.title for hit in (await search(school, ada, "quokka")).items]
    assert len(found) == MAX_BYTES // MAX_NOTEBOOK_BYTES
    assert "too-large.ipynb" not in found


async def test_threads_are_found_by_title_and_posts_but_nothing_that_is_hidden_or_deleted(school: School) -> None:
    ada = await school.learner()
    await post(school, "About animals", "What is this?", "It is a quokka.")
    await post(school, "Quokkas", "I saw one.")
    await post(school, "Hidden", "A quokka.", hidden=True)
    await post(school, "Deleted quokka", "A quokka.", deleted=True)
    assert await titles(school, ada, "quokka") == [("thread", "Quokkas"), ("thread", "About animals")]


async def test_everything_stands_in_one_order_and_within_the_limit(school: School) -> None:
    ada = await school.learner()
    await put_text(school, NOTE, "Once there was a quokka.")
    await post(school, "The quokka", "Where is it?")
    hits = await search(school, ada, "quokka", limit=1)
    assert [hit.title for hit in hits.items] == ["The quokka"]
    assert hits.has_more


async def test_a_note_that_changed_is_found_by_what_it_says_now(school: School) -> None:
    service = open_search(
        school.database, school.roadmaps.ways, school.site.open_workspace, school.site.offload
    ).service
    ada = await school.learner()
    assert (await service.search(ada, "quokka", limit=5)).items == []
    await put_text(school, NOTE, "A quokka.")
    assert len((await service.search(ada, "quokka", limit=5)).items) == 1


async def test_there_has_to_be_a_word(school: School) -> None:
    with pytest.raises(InvalidError):
        await search(school, await school.learner(), " \t ")
