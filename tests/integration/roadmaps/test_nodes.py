"""A learner's way through a roadmap, on real databases."""

import asyncio
import json
from contextlib import suppress
from uuid import UUID

import pytest

from nexus_server.errors import NexusError
from nexus_server.gamify.projections import Projections
from nexus_server.learner import Learner, Role
from nexus_server.roadmaps.errors import (
    NodeLockedError,
    NodeNotFoundError,
    NotWatchedError,
    QuizRequiredError,
    RoadmapNotFoundError,
    WrongNodeTypeError,
)
from nexus_server.roadmaps.learning.lab_limits import NO_LIMITS
from nexus_server.store.models.accounts import User
from nexus_server.store.models.roadmaps import Node
from tests.plugins.school import School

FILES = "/nexus/api/v1/content-files"


async def test_nodes_unlock_in_order_and_pay_once(school: School) -> None:
    ada = await school.learner()
    assert await school.statuses(ada) == {
        "hello": "available",
        "clip": "locked",
        "quizzed": "locked",
        "lab": "locked",
    }
    hello = await school.node_id("hello")
    assert (await school.roadmaps.nodes.open_node(ada, hello)).status == "in_progress"
    done = await school.roadmaps.nodes.complete_node(ada, hello)
    # intermediate: 2 x 10 points, and the first day's streak bonus of 5
    assert done.xp_awarded == 25
    assert [node.slug for node in done.unlocked] == ["clip", "lab"]
    again = await school.roadmaps.nodes.complete_node(ada, hello)
    assert (again.xp_awarded, again.unlocked) == (0, [])
    assert (await school.user(ada)).xp == 25
    assert await school.statuses(ada) == {
        "hello": "completed",
        "clip": "available",
        "quizzed": "locked",
        "lab": "available",
    }


async def test_completing_twice_at_once_pays_once(school: School) -> None:
    ada, hello = await school.learner(), await school.node_id("hello")
    done = await asyncio.gather(*(school.roadmaps.nodes.complete_node(ada, hello) for _ in range(4)))
    assert sorted(one.xp_awarded for one in done) == [0, 0, 0, 25]
    assert (await school.user(ada)).xp == 25


async def test_a_locked_node_shows_nothing_and_says_what_is_missing(school: School) -> None:
    ada, lab = await school.learner(), await school.node_id("lab")
    nodes = school.roadmaps.nodes
    with pytest.raises(NodeLockedError) as caught:
        await nodes.get_node(ada, lab, files_url=FILES)
    assert caught.value.details == {"missing": ["hello"]}
    for refused in (nodes.open_node(ada, lab), nodes.reset_lab(ada, lab), nodes.set_position(ada, lab, 1.0)):
        with pytest.raises(NodeLockedError):
            await refused


async def test_instructors_see_everything(school: School) -> None:
    teacher, lab = await school.learner(role=Role.INSTRUCTOR), await school.node_id("lab")
    assert (await school.roadmaps.nodes.get_node(teacher, lab, files_url=FILES)).status == "available"


async def test_a_note_has_safe_html_with_served_images(school: School) -> None:
    node = await school.roadmaps.nodes.get_node(await school.learner(), await school.node_id("hello"), files_url=FILES)
    assert f'<img src="{FILES}/tiny/images/dot.svg" alt="A dot">' in node.content_html
    assert f'href="#nexus-node-{await school.node_id("quizzed")}"' in node.content_html, "one note links to another"
    assert (node.summary, node.minutes, node.has_quiz) == ("A first note.", 3.0, False)


async def test_what_is_not_there_is_not_found(school: School) -> None:
    ada = await school.learner()
    with pytest.raises(RoadmapNotFoundError):
        await school.roadmaps.catalogue.get_roadmap(ada, "gone")
    with pytest.raises(NodeNotFoundError):
        await school.roadmaps.nodes.open_node(ada, ada.id)


async def test_labs_and_quizzed_notes_are_not_completed_by_saying_so(school: School) -> None:
    teacher = await school.learner(role=Role.INSTRUCTOR)
    with pytest.raises(WrongNodeTypeError):
        await school.roadmaps.nodes.complete_node(teacher, await school.node_id("lab"))
    with pytest.raises(QuizRequiredError):
        await school.roadmaps.nodes.complete_node(teacher, await school.node_id("quizzed"))


async def test_a_video_is_completed_by_watching_it(school: School) -> None:
    ada, clip = await school.learner(), await school.node_id("clip")
    await school.roadmaps.nodes.complete_node(ada, await school.node_id("hello"))
    with pytest.raises(NotWatchedError):
        await school.roadmaps.nodes.complete_node(ada, clip)
    nodes = school.roadmaps.nodes
    first = await nodes.set_position(ada, clip, 0.0)
    assert (first.watched_share, first.status) == (0.0, "in_progress")
    school.pass_time(seconds=50)
    assert (await nodes.set_position(ada, clip, 50.0)).watched_share == 0.5
    # a jump to the end is not watching
    jumped = await nodes.set_position(ada, clip, 99.0)
    assert (jumped.watched_share, jumped.status) == (0.5, "in_progress")
    # nor is a list of seconds that have not passed
    claimed = await nodes.set_position(ada, clip, 100.0, [(0.0, 100.0)])
    assert (claimed.watched_share, claimed.status) == (0.52, "in_progress")
    with pytest.raises(NotWatchedError):
        await nodes.complete_node(ada, clip)
    school.pass_time(seconds=20)
    done = await nodes.set_position(ada, clip, 85.0, [(50.0, 85.0)])
    assert (done.status, done.watched_share) == ("completed", 0.85)
    assert done.xp_awarded == 10
    shown = await nodes.get_node(ada, clip, files_url=FILES)
    assert shown.position == 85.0
    assert shown.watched == [(0.0, 85.0)]
    assert shown.video is not None
    assert shown.video.url == f"{FILES}/tiny/media/clip.webm"
    assert shown.video.transcript_html == "<p>What is said.</p>\n"


async def free_clip(school: School) -> UUID:
    """A video that may be completed by saying so: its roadmap asks for no share."""
    clip = await school.node_id("clip")
    async with school.database.transaction() as session:
        node = await session.get_one(Node, clip)
        video = {name: value for name, value in node.spec["video"].items() if name != "required_share"}
        node.spec = {**node.spec, "video": video}
    return clip


async def xp_of(school: School, learner: Learner) -> int:
    async with school.database.reading() as session:
        return (await session.get_one(User, learner.id)).xp


async def test_a_video_that_was_not_watched_is_completed_without_points(school: School) -> None:
    ada, clip, nodes = await school.learner(), await free_clip(school), school.roadmaps.nodes
    await nodes.complete_node(ada, await school.node_id("hello"))
    before = await xp_of(school, ada)
    said = await nodes.complete_node(ada, clip)
    assert (said.status, said.score, said.xp_awarded) == ("completed", 0.0, 0)
    assert [step.slug for step in said.unlocked] == ["quizzed"]
    assert (await nodes.complete_node(ada, clip)).xp_awarded == 0
    assert await xp_of(school, ada) == before
    projections = Projections(school.database)
    assert await projections.verify(ada.id) == []
    school.pass_time(seconds=80)
    watched = await nodes.set_position(ada, clip, 95.0, [(0.0, 95.0)])
    assert (watched.status, watched.xp_awarded) == ("completed", 10), "who watches it after all is paid then"
    school.pass_time(seconds=80)
    assert (await nodes.set_position(ada, clip, 99.0, [(0.0, 99.0)])).xp_awarded == 0
    assert await projections.verify(ada.id) == []
    shown = await nodes.get_node(ada, clip, files_url=FILES)
    assert shown.score == 1.0


async def test_a_video_that_was_watched_pays_whoever_says_so_first(school: School) -> None:
    ada, clip, nodes = await school.learner(), await free_clip(school), school.roadmaps.nodes
    await nodes.complete_node(ada, await school.node_id("hello"))
    school.pass_time(seconds=80)
    await nodes.set_position(ada, clip, 0.0)
    school.pass_time(seconds=80)
    done = await nodes.set_position(ada, clip, 92.0, [(0.0, 92.0)])
    assert done.xp_awarded == 10
    assert (await nodes.complete_node(ada, clip)).xp_awarded == 0


async def test_opening_a_lab_puts_its_release_and_data_into_the_workspace(school: School) -> None:
    ada, lab = await school.learner(), await school.node_id("lab")
    await school.roadmaps.nodes.complete_node(ada, await school.node_id("hello"))
    opened = await school.roadmaps.nodes.open_node(ada, lab)
    assert (opened.path, opened.kernel_name) == ("tiny/lab/lab.ipynb", "nexus-python")
    text = (school.workspace(ada) / "tiny/lab/lab.ipynb").read_text()
    assert "return 2 * x" not in text
    assert "double(-3)" not in text
    assert "assert double(2) == 4" in text
    assert (school.workspace(ada) / "tiny/lab/data/numbers.csv").read_text() == "n\n1\n2\n"


async def test_opening_again_keeps_the_learners_work(school: School) -> None:
    teacher, lab = await school.learner(role=Role.INSTRUCTOR), await school.node_id("lab")
    await school.roadmaps.nodes.open_node(teacher, lab)
    notebook = school.workspace(teacher) / "tiny/lab/lab.ipynb"
    notebook.write_text("my work")
    await school.roadmaps.nodes.open_node(teacher, lab)
    assert notebook.read_text() == "my work"


async def test_reset_keeps_the_old_notebook_aside(school: School) -> None:
    teacher, lab = await school.learner(role=Role.INSTRUCTOR), await school.node_id("lab")
    await school.roadmaps.nodes.open_node(teacher, lab)
    folder = school.workspace(teacher) / "tiny/lab"
    kept = []
    for work in ("first", "second"):
        (folder / "lab.ipynb").write_text(work)
        kept.append((await school.roadmaps.nodes.reset_lab(teacher, lab)).kept_path)
    texts = [(school.workspace(teacher) / str(path)).read_text() for path in kept]
    assert texts == ["first", "second"]
    assert json.loads((folder / "lab.ipynb").read_text())["nbformat"] == 4


async def test_a_released_notebook_names_its_node(school: School) -> None:
    teacher, lab = await school.learner(role=Role.INSTRUCTOR), await school.node_id("lab")
    opened = await school.roadmaps.nodes.open_node(teacher, lab)
    notebook = json.loads((school.workspace(teacher) / str(opened.path)).read_text())
    assert notebook["metadata"]["nexus"] == {"node_id": str(lab)}
    assert notebook["metadata"]["kernelspec"]["name"] == "nexus-python"


async def test_a_new_release_is_offered_and_the_work_stays(school: School) -> None:
    teacher, lab = await school.learner(role=Role.INSTRUCTOR), await school.node_id("lab")
    nodes = school.roadmaps.nodes
    await nodes.open_node(teacher, lab)
    before = await nodes.get_node(teacher, lab, files_url=FILES)
    (school.content_dir / "tiny/data/numbers.csv").write_text("n\n7\n")
    await school.roadmaps.sync.run()
    after = await nodes.get_node(teacher, lab, files_url=FILES)
    assert before.lab is not None
    assert after.lab is not None
    assert (before.lab.new_version, after.lab.new_version) == (False, True)
    await nodes.reset_lab(teacher, lab)
    assert (school.workspace(teacher) / "tiny/lab/data/numbers.csv").read_text() == "n\n7\n"
    reset = await nodes.get_node(teacher, lab, files_url=FILES)
    assert reset.lab is not None
    assert not reset.lab.new_version


@pytest.mark.parametrize(
    "place", ["tiny", "tiny/lab", "tiny/lab/lab.ipynb", "tiny/lab/data", "tiny/lab/data/numbers.csv"]
)
async def test_a_link_in_the_workspace_leads_nowhere(school: School, place: str) -> None:
    teacher, lab = await school.learner(role=Role.INSTRUCTOR), await school.node_id("lab")
    outside = school.workspaces / "outside"
    outside.mkdir(parents=True)
    (outside / "victim").write_text("untouched")
    link = school.workspace(teacher) / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside / "victim" if "." in place else outside)
    with suppress(NexusError):  # refusing is fine; writing outside is not
        await school.roadmaps.nodes.open_node(teacher, lab)
    assert [path.name for path in outside.iterdir()] == ["victim"]
    assert (outside / "victim").read_text() == "untouched"


async def test_a_node_that_was_begun_stays_open_when_its_prerequisites_grow(school: School) -> None:
    ada, lab = await school.learner(), await school.node_id("lab")
    await school.roadmaps.nodes.complete_node(ada, await school.node_id("hello"))
    await school.roadmaps.nodes.open_node(ada, lab)
    path = school.content_dir / "tiny/roadmap.yaml"
    path.write_text(path.read_text().replace("{all: [hello]}", "{all: [quizzed]}"))
    await school.roadmaps.sync.run()
    assert (await school.statuses(ada))["lab"] == "in_progress"


async def test_progress_lists_every_node(school: School) -> None:
    ada = await school.learner()
    await school.roadmaps.nodes.complete_node(ada, await school.node_id("hello"))
    rows = (await school.roadmaps.catalogue.list_progress(ada)).items
    assert [(row.slug, row.status.value, row.score) for row in rows][:2] == [
        ("hello", "completed", 1.0),
        ("clip", "available", None),
    ]
    (roadmap,) = (await school.roadmaps.catalogue.list_roadmaps(ada)).items
    assert (roadmap.node_count, roadmap.completed_count, roadmap.completion) == (4, 1, 0.25)
    alone = await school.roadmaps.catalogue.get_roadmap(ada, "tiny")
    assert alone.model_dump(exclude={"nodes"}) == roadmap.model_dump(), "a list and a page say the same"
    (others,) = (await school.roadmaps.catalogue.list_roadmaps(await school.learner())).items
    assert (others.node_count, others.completed_count) == (4, 0)
    path = school.content_dir / "tiny/roadmap.yaml"
    path.write_text(
        path.read_text()
        .replace("  - {slug: hello, type: note, title: Hello, points: 10, file: notes/hello.md}\n", "")
        .replace("    requires: {all: [hello]}\n", "")
    )
    await school.roadmaps.sync.run()
    (roadmap,) = (await school.roadmaps.catalogue.list_roadmaps(ada)).items
    assert (roadmap.node_count, roadmap.completed_count) == (3, 0), "what is archived counts for nobody"


async def test_a_renamed_lab_keeps_its_place_in_the_workspace_and_its_grades(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    opened = await school.roadmaps.nodes.open_node(ada, lab)
    notebook = school.workspace(ada) / str(opened.path)
    notebook.write_text(notebook.read_text() + " ")
    await school.submissions.service.submit(ada, lab, None)
    path = school.content_dir / "tiny/roadmap.yaml"
    path.write_text(path.read_text().replace("pass_score: 0.5", "pass_score: 0.5, limits: {memory_mb: 256}"))
    path.write_text(path.read_text().replace("slug: lab\n", "slug: doubling\n    renamed_from: [lab]\n"))
    await school.roadmaps.sync.run()
    assert await school.node_id("doubling") == lab
    assert (await school.roadmaps.nodes.open_node(ada, lab)).path == opened.path
    # Its kernel still gets what the lab asks for.
    assert (await school.roadmaps.lab_limits.for_directory("tiny/lab")).memory_mb == 256
    assert await school.roadmaps.lab_limits.for_directory("tiny/doubling") == NO_LIMITS
    assert notebook.read_text().endswith(" ")
    # The same bytes from the same place are the same attempt.
    await school.submissions.service.submit(ada, lab, None)
    assert len((await school.submissions.service.list_submissions(ada, lab)).items) == 1


async def test_a_new_lab_under_an_old_slug_does_not_get_the_renamed_ones_files(school: School) -> None:
    ada, lab = await school.ready_for_lab()
    opened = await school.roadmaps.nodes.open_node(ada, lab)
    notebook = school.workspace(ada) / str(opened.path)
    notebook.write_text(notebook.read_text() + " ")
    path = school.content_dir / "tiny/roadmap.yaml"
    text = path.read_text()
    path.write_text(text.replace("slug: lab\n", "slug: doubling\n    renamed_from: [lab]\n"))
    await school.roadmaps.sync.run()
    path.write_text(text.replace("slug: lab\n", "slug: doubling\n") + text[text.index("  - slug: lab\n") :])
    await school.roadmaps.sync.run()
    new = await school.node_id("lab")
    assert new != lab
    await school.roadmaps.sync.run()
    teacher = await school.learner(role=Role.INSTRUCTOR)
    for who in (ada, teacher):
        assert (await school.roadmaps.nodes.open_node(who, lab)).path == opened.path
    fresh = await school.roadmaps.nodes.open_node(teacher, new)
    assert fresh.path == "tiny/lab-2/lab-2.ipynb"
    assert str(new) in (school.workspace(teacher) / str(fresh.path)).read_text()
    assert notebook.read_text().endswith(" ")


async def test_pictures_of_transcripts_and_labs_are_served_from_where_they_lie(school: School) -> None:
    tiny = school.content_dir / "tiny"
    (tiny / "media/clip.md").write_text("![Seen](still.png)")
    (tiny / "media/still.png").write_bytes(b"png")
    notebook = tiny / "labs/lab.ipynb"
    notebook.write_text(notebook.read_text().replace("# Double a number", "![Axes](images/dot.svg)"))
    path = tiny / "roadmap.yaml"
    path.write_text(path.read_text().replace("[data/numbers.csv]", "[images/dot.svg]"))
    await school.roadmaps.sync.run()
    teacher = await school.learner(role=Role.INSTRUCTOR)
    clip = await school.roadmaps.nodes.get_node(teacher, await school.node_id("clip"), files_url=FILES)
    lab = await school.roadmaps.nodes.get_node(teacher, await school.node_id("lab"), files_url=FILES)
    assert clip.video is not None
    assert f'src="{FILES}/tiny/media/still.png"' in str(clip.video.transcript_html)
    assert f'src="{FILES}/tiny/images/dot.svg"' in lab.content_html


async def test_data_files_may_lie_in_a_folder_of_their_own(school: School) -> None:
    path = school.content_dir / "tiny/roadmap.yaml"
    path.write_text(path.read_text().replace("data: [data/numbers.csv]", "data: [numbers.csv], data_root: data"))
    await school.roadmaps.sync.run()
    ada, lab = await school.ready_for_lab()
    await school.roadmaps.nodes.open_node(ada, lab)
    assert (school.workspace(ada) / "tiny/lab/numbers.csv").read_text() == "n\n1\n2\n"
