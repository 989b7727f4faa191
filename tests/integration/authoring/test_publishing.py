"""Checking and publishing drafts: what is wrong stays with its author, and nobody's work is overwritten."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from nexus_server.authoring.errors import (
    DraftBusyError,
    DraftConflictError,
    NotAnAuthorError,
    NothingToPublishError,
    VersionNotFoundError,
)
from nexus_server.learner import Learner
from nexus_server.store.models.accounts import AuditEntry
from tests.integration.authoring.conftest import Desk

LAB = "labs/lab.ipynb"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database: what is tested here is files; `test_drafts.py` has the rows on each kind."""
    return sqlite_url


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "safe.directory=*", "-c", "user.name=Shell", "-c", "user.email=s@example.org"]
    done = subprocess.run([*command, "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_a_published_draft_is_committed_by_its_author_and_reaches_learners(desk: Desk) -> None:
    ina, ada = await desk.author(), await desk.school.learner("Ada")
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# Hello, all\n\nWelcome.\n")
    outcome = await desk.publish(ina, draft.id, "Greet everybody")
    assert (outcome.state, outcome.problems) == ("done", [])
    log = _git(desk.own_content, "log", "-1", "--format=%H|%an|%ae|%cn|%s")
    assert log == f"{outcome.commit}|Ina|{ina.email}|NexusAI|Greet everybody"
    assert _git(desk.own_content, "status", "--porcelain") == ""
    detail = await desk.school.roadmaps.nodes.get_node(ada, await desk.school.node_id("hello"), files_url="/f")
    assert "Hello, all" in str(detail)
    assert (desk.school.content_dir / "tiny/notes/hello.md").read_text().endswith("[questions](quizzed.md).\n")
    view = await desk.authoring.drafts.view(ina, draft.id)
    assert (view.changes, view.conflicts) == ([], [])
    with pytest.raises(NothingToPublishError):
        await desk.publish(ina, draft.id)


async def test_publishing_is_in_the_audit_log_and_makes_its_author_one(desk: Desk) -> None:
    ina, ben = await desk.author(), await desk.author("Ben")
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# Hello\n\nChanged.\n")
    outcome = await desk.publish(ina, draft.id)
    async with desk.school.database.reading() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "roadmap.publish"))
        assert entry is not None
        assert (entry.actor_id, entry.subject_id, entry.data) == (ina.id, "tiny", {"commit": outcome.commit})
    with pytest.raises(NotAnAuthorError):
        await desk.draft(ben)


async def test_a_wrong_reference_solution_never_goes_live(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / LAB).write_text((folder / LAB).read_text().replace("return 2 * x", "return 3"))
    outcome = await desk.publish(ina, draft.id)
    (problem,) = outcome.problems
    assert (outcome.state, outcome.commit) == ("problems", None)
    assert (problem.file, problem.severity) == (LAB, "error")
    assert "the reference solution earns 0 of 1 points" in problem.message
    assert not (desk.own_content / "tiny").exists()


async def test_mistakes_are_told_at_their_cells(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    text = (folder / LAB).read_text()
    (folder / LAB).write_text(text.replace('"grade_id": "test-hidden"', '"grade_id": "test-visible"'))
    (folder / "notes/hello.md").write_text("[nowhere](none.md)\n")
    outcome = await desk.check(ina, draft.id, "lab")
    assert [(problem.file, problem.cell) for problem in outcome.problems] == [(LAB, 3)]
    assert "'test-visible' belongs to cell 3 already" in outcome.problems[0].message
    everything = await desk.check(ina, draft.id)
    assert {problem.file for problem in everything.problems} == {LAB, "notes/hello.md"}


async def test_only_labs_that_changed_are_run_to_publish_and_all_to_check(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# Hello\n\nChanged.\n")
    await desk.publish(ina, draft.id)
    assert desk.labs.checked == []
    await desk.check(ina, draft.id)
    assert desk.labs.checked == ["lab"]
    (folder / "data/numbers.csv").write_text("n\n3\n")
    await desk.publish(ina, draft.id)
    assert desk.labs.checked == ["lab", "lab"]


async def _two_authors(desk: Desk) -> tuple[Learner, Learner]:
    ina, ben = await desk.author(), await desk.author("Ben")
    await desk.authoring.authors.add(ina, "tiny", ben.email)
    return ina, ben


async def test_two_authors_a_conflict_overwrites_nothing_and_can_be_settled(desk: Desk) -> None:
    ina, ben = await _two_authors(desk)
    (hers, her_folder), (his, his_folder) = await desk.draft(ina), await desk.draft(ben)
    (her_folder / LAB).write_text((her_folder / LAB).read_text().replace("# Double a number", "# Her title"))
    (her_folder / "notes/hello.md").write_text("# Her note\n")
    (his_folder / LAB).write_text((his_folder / LAB).read_text().replace("# Double a number", "# His title"))
    (his_folder / "notes/quizzed.md").write_text("# His quiz\n")
    await desk.publish(ina, hers.id)
    with pytest.raises(DraftConflictError) as refused:
        await desk.authoring.jobs.publish(ben, his.id, "Mine")
    assert refused.value.details == {"files": [LAB, "notes/hello.md"]}
    lab = next(each for each in await desk.authoring.drafts.differences(ben, his.id) if each.path == LAB)
    assert lab.cells is not None
    assert (lab.cells[0].before, lab.cells[0].after) == ("# Her title", "# His title")
    assert "Her title" in (desk.own_content / "tiny" / LAB).read_text()
    view = await desk.authoring.drafts.settle(ben, his.id, [])
    assert [change.path for change in view.changes] == [LAB, "notes/quizzed.md"]
    assert (his_folder / "notes/hello.md").read_text() == "# Her note\n"
    assert (await desk.publish(ben, his.id)).state == "done"
    assert "His title" in (desk.own_content / "tiny" / LAB).read_text()
    assert (desk.own_content / "tiny/notes/hello.md").read_text() == "# Her note\n"


async def test_a_conflict_can_be_settled_with_the_others_files(desk: Desk) -> None:
    ina, ben = await _two_authors(desk)
    (hers, her_folder), (his, his_folder) = await desk.draft(ina), await desk.draft(ben)
    (her_folder / "notes/hello.md").write_text("# Hers\n")
    (his_folder / "notes/hello.md").write_text("# His\n")
    await desk.publish(ina, hers.id)
    view = await desk.authoring.drafts.settle(ben, his.id, ["notes/hello.md"])
    assert (view.changes, view.conflicts) == ([], [])
    assert (his_folder / "notes/hello.md").read_text() == "# Hers\n"


async def test_somebody_who_publishes_while_a_draft_is_checked_is_not_overwritten(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / LAB).write_text((folder / LAB).read_text().replace("# Double", "# Doubled"))
    desk.labs.gate.clear()
    await desk.authoring.jobs.publish(ina, draft.id, "Slow")
    with pytest.raises(DraftBusyError):
        await desk.authoring.jobs.check(ina, draft.id, None)
    assert (await desk.authoring.drafts.view(ina, draft.id)).outcome.state == "running"  # type: ignore[union-attr]
    theirs = desk.school.content_dir / "tiny/notes/hello.md"
    theirs.write_text("# Changed by an editor\n")
    desk.labs.gate.set()
    assert (await desk.outcome(ina, draft.id)).state == "conflict"
    assert not (desk.own_content / "tiny").exists()


async def test_history_differences_and_an_older_version_back(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    for text in ("# One\n", "# Two\n"):
        (folder / "notes/hello.md").write_text(text)
        await desk.publish(ina, draft.id, text)
    second, first = (await desk.authoring.sources.history(ina, "tiny")).items
    assert [(each.author, each.message) for each in (first, second)] == [("Ina", "# One"), ("Ina", "# Two")]
    (changed,) = await desk.authoring.sources.changed_by(ina, "tiny", second.commit)
    assert (changed.path, changed.before, changed.after) == ("notes/hello.md", "# One\n", "# Two\n")
    tree = await desk.authoring.sources.version(ina, "tiny", first.commit)
    view = await desk.authoring.drafts.restore(ina, draft.id, tree)
    assert [change.path for change in view.changes] == ["notes/hello.md"]
    assert (folder / "notes/hello.md").read_text() == "# One\n"
    assert len(list(folder.parent.iterdir())) == 2
    for unknown in ("0" * 40, "--output=x", "HEAD"):
        with pytest.raises(VersionNotFoundError):
            await desk.authoring.sources.version(ina, "tiny", unknown)


async def test_what_an_editor_left_uncommitted_is_its_own_commit(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# One\n")
    await desk.publish(ina, draft.id, "One")
    (desk.own_content / "tiny/notes/quizzed.md").write_text("# By hand\n")
    await desk.authoring.drafts.settle(ina, draft.id, [])
    (folder / "notes/hello.md").write_text("# Two\n")
    await desk.publish(ina, draft.id, "Two")
    assert _git(desk.own_content, "log", "--format=%an: %s").splitlines() == [
        "Ina: Two",
        "unknown: tiny: as it was found on disk",
        "Ina: One",
    ]


async def test_a_commit_that_git_refuses_leaves_everything_as_it_was(desk: Desk) -> None:
    ina = await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# One\n")
    await desk.publish(ina, draft.id)
    hook = desk.own_content / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    (folder / "notes/hello.md").write_text("# Two\n")
    outcome = await desk.publish(ina, draft.id)
    assert (outcome.state, outcome.message) == ("failed", "Git could not commit: not today")
    assert (desk.own_content / "tiny/notes/hello.md").read_text() == "# One\n"
    assert (await desk.authoring.drafts.view(ina, draft.id)).conflicts == []


async def test_a_remote_gets_the_commits_and_gives_those_of_others(desk: Desk, tmp_path: Path) -> None:
    remote, clone = tmp_path / "remote.git", tmp_path / "clone"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    desk, ina = desk.with_remote(remote), await desk.author()
    draft, folder = await desk.draft(ina)
    (folder / "notes/hello.md").write_text("# One\n")
    first = await desk.publish(ina, draft.id, "One")
    assert (first.state, first.message) == ("done", "")
    subprocess.run(["git", "clone", "-q", str(remote), str(clone)], check=True)
    (clone / "tiny/notes/quizzed.md").write_text("# By another site\n")
    _git(clone, "commit", "-qam", "Elsewhere")
    _git(clone, "push", "-q")
    (folder / "notes/hello.md").write_text("# Two\n")
    assert (await desk.publish(ina, draft.id)).state == "conflict"
    await desk.authoring.drafts.settle(ina, draft.id, [])
    assert (await desk.publish(ina, draft.id, "Two")).state == "done"
    assert _git(remote, "log", "--format=%s").splitlines() == ["Two", "Elsewhere", "One"]
