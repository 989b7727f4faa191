"""Who hears of a post, who is not read, and which posts wait until a lab is done."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from nexus_server.forum.errors import (
    NotBlockableError,
    NothingToAppealError,
    NotModeratorError,
    NotYourPostError,
    SpoilerTitleError,
    ThreadLockedError,
    ThreadNotFoundError,
)
from nexus_server.learner import Learner, Role
from nexus_server.search.forum import ForumSource
from nexus_server.store.models.accounts import AuditEntry, Notification
from nexus_server.store.models.forum import PostVersion
from nexus_server.store.models.roadmaps import Node, Roadmap, UserProgress
from tests.integration.forum.conftest import Forum


async def heard(forum: Forum, who: Learner) -> list[str]:
    query = select(Notification).where(Notification.user_id == who.id).order_by(Notification.created_at)
    async with forum.database.reading() as session:
        return [row.type for row in await session.scalars(query)]


async def test_each_hears_once_for_the_strongest_reason(forum: Forum) -> None:
    ada, bob, cyd, teacher = [
        await forum.person(name, role)
        for name, role in (
            ("Ada", Role.STUDENT),
            ("Bob", Role.STUDENT),
            ("Cyd", Role.STUDENT),
            ("Dr. Who", Role.INSTRUCTOR),
        )
    ]
    thread = await forum.ask(ada)
    await forum.answer(bob, thread)
    await forum.parts.follows.set_follow(cyd, thread, follows=True)
    await forum.answer(bob, thread, "@Ada, and @dr. who: see above. @Bob, too.")
    await forum.answer(ada, thread, "Thank you")
    assert await heard(forum, ada) == ["forum.answer", "forum.mention"]
    assert await heard(forum, bob) == ["forum.reply"]
    assert await heard(forum, cyd) == ["forum.reply", "forum.reply"]
    assert await heard(forum, teacher) == ["forum.mention"]


async def test_who_stops_following_hears_nothing_until_named(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    thread = await forum.ask(ada)
    assert (await forum.reader.thread(ada, thread))[0].is_followed is True
    for _ in range(2):
        await forum.parts.follows.set_follow(ada, thread, follows=False)
    assert (await forum.reader.thread(ada, thread))[0].is_followed is False
    await forum.answer(bob, thread)
    assert await heard(forum, ada) == []
    await forum.answer(bob, thread, "@Ada?")  # she wrote there
    assert await heard(forum, ada) == ["forum.mention"]
    with pytest.raises(ThreadNotFoundError):
        await forum.parts.follows.set_follow(ada, uuid4(), follows=True)


async def test_two_who_name_each_other_hear_once_of_each_post(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    thread = await forum.ask(ada, body="@Bob @Ada @Bob")
    for _ in range(3):
        await forum.answer(bob, thread, "@Ada @Bob @Ada")
        await forum.answer(ada, thread, "@Bob @Ada @Bob")
    assert await heard(forum, ada) == await heard(forum, bob) == ["forum.mention"] * 3


async def test_who_is_blocked_is_neither_read_nor_heard(forum: Forum) -> None:
    ada, bob, teacher = await forum.person("Ada"), await forum.person("Bob"), await forum.person("T", Role.ADMIN)
    thread, other = await forum.ask(ada), await forum.ask(bob)
    await forum.parts.blocking.block(ada, bob.id)
    await forum.parts.blocking.block(ada, bob.id)
    await forum.answer(bob, thread, "@Ada, you …")
    await forum.answer(teacher, thread, "Be kind.")
    assert await heard(forum, ada) == ["forum.answer"]
    _, posts = await forum.reader.thread(ada, thread)
    assert [(post.state, bool(post.body_html)) for post in posts] == [
        ("visible", True),
        ("blocked", False),
        ("visible", True),
    ]
    assert [item.id for item in (await forum.reader.threads(ada)).items] == [thread]
    assert {item.id for item in (await forum.reader.threads(bob)).items} == {thread, other}
    assert [one.display_name for one in await forum.parts.blocking.list_blocked(ada)] == ["Bob"]
    await forum.parts.blocking.unblock(ada, bob.id)
    assert (await forum.reader.thread(ada, thread))[1][1].state == "visible"


@pytest.mark.parametrize("who", ["herself", "a teacher", "nobody"])
async def test_who_cannot_be_blocked(forum: Forum, who: str) -> None:
    ada, teacher = await forum.person("Ada"), await forum.person("T", Role.INSTRUCTOR)
    with pytest.raises(NotBlockableError):
        await forum.parts.blocking.block(ada, {"herself": ada.id, "a teacher": teacher.id}.get(who, uuid4()))


async def test_what_a_post_said_is_kept_for_its_author_and_moderators(forum: Forum) -> None:
    ada, bob, teacher = await forum.person("Ada"), await forum.person("Bob"), await forum.person("T", Role.INSTRUCTOR)
    thread = await forum.ask(ada, body="First.")
    question = (await forum.reader.thread(ada, thread))[1][0].id
    await forum.writer.edit(ada, question, "Second.")
    await forum.writer.edit(teacher, question, "Third.")
    versions = await forum.parts.versions.list_versions(ada, question)
    assert sorted((one.body_html.strip(), one.edited_by.display_name) for one in versions) == [
        ("<p>First.</p>", "Ada"),
        ("<p>Second.</p>", "T"),
    ]
    assert await forum.parts.versions.list_versions(teacher, question) == versions
    with pytest.raises(NotYourPostError):
        await forum.parts.versions.list_versions(bob, question)


async def test_a_deleted_post_leaves_no_version(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    answer = await forum.answer(bob, await forum.ask(ada), "Secret.")
    await forum.writer.edit(bob, answer, "Nothing.")
    await forum.writer.delete(bob, answer)
    async with forum.database.reading() as session:
        assert list(await session.scalars(select(PostVersion))) == []


async def test_moderators_close_and_pin_threads(forum: Forum) -> None:
    ada, bob, teacher = await forum.person("Ada"), await forum.person("Bob"), await forum.person("T", Role.INSTRUCTOR)
    old, new = await forum.ask(ada), await forum.ask(ada)
    with pytest.raises(NotModeratorError):
        await forum.moderator.arrange(bob, old, pinned=True)
    await forum.moderator.arrange(teacher, old, locked=True, pinned=True)
    listed = (await forum.reader.threads(bob)).items
    assert [(item.id, item.locked, item.pinned) for item in listed] == [(old, True, True), (new, False, False)]
    with pytest.raises(ThreadLockedError):
        await forum.answer(bob, old)
    await forum.moderator.arrange(teacher, old, locked=False)
    await forum.answer(bob, old)
    thread, _ = await forum.reader.thread(bob, old)
    assert (thread.locked, thread.pinned) == (False, True)
    async with forum.database.reading() as session:
        entries = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "forum.arrange")))
    assert [entry.data for entry in entries if "pinned" in entry.data] == [{"locked": True, "pinned": True}]


async def test_an_author_appeals_once_and_moderators_decide(forum: Forum) -> None:
    ada, bob, teacher = await forum.person("Ada"), await forum.person("Bob"), await forum.person("T", Role.INSTRUCTOR)
    answer = await forum.answer(bob, await forum.ask(ada))
    with pytest.raises(NothingToAppealError):
        await forum.moderator.appeal(bob, answer, "It is shown.")
    await forum.moderator.settle(teacher, answer, hidden=True)
    with pytest.raises(NothingToAppealError):
        await forum.moderator.appeal(ada, answer, "It is not mine.")
    await forum.moderator.appeal(bob, answer, "It answers the question.")
    with pytest.raises(NothingToAppealError):
        await forum.moderator.appeal(bob, answer, "Again.")
    (waiting,) = (await forum.moderator.reported(teacher)).items
    assert [(one.reason, one.is_appeal, one.reporter.display_name) for one in waiting.reports] == [
        ("It answers the question.", True, "Bob")
    ]
    assert await heard(forum, teacher) == ["forum.reported"]
    await forum.moderator.settle(teacher, answer, hidden=False)
    assert (await forum.moderator.reported(teacher)).items == []
    assert (await forum.reader.thread(ada, waiting.thread_id))[1][1].state == "visible"


async def a_lab(forum: Forum) -> UUID:
    roadmap = Roadmap(slug=f"r-{uuid4().hex[:6]}", title="R", difficulty="beginner")
    async with forum.database.transaction() as session:
        session.add(roadmap)
        await session.flush()
        lab = Node(roadmap_id=roadmap.id, slug="lab", title="Lab", type="lab", order_index=1)
        session.add(lab)
    return lab.id


async def test_the_solution_of_a_lab_waits_until_one_has_done_it(forum: Forum) -> None:
    ada, bob, teacher = await forum.person("Ada"), await forum.person("Bob"), await forum.person("T", Role.INSTRUCTOR)
    forum.gate.solutions["total += n"] = lab = await a_lab(forum)
    thread = await forum.ask(ada)
    answer = await forum.answer(bob, thread, "Write `total += n`.")

    async def seen_by(reader: Learner) -> tuple[str, bool, bool]:
        post = (await forum.reader.thread(reader, thread))[1][1]
        return post.state, "total" in f"{post.body_html}{post.body_md}", post.is_spoiler

    assert await seen_by(ada) == ("spoiler", False, True)
    assert await ForumSource(forum.database).find(ada, ["total"]) == []
    assert (await forum.reader.threads(ada, words="total")).items == []
    assert await seen_by(bob) == await seen_by(teacher) == ("visible", True, True)
    async with forum.database.transaction() as session:
        now = forum.clock.time
        session.add(UserProgress(user_id=ada.id, node_id=lab, status="completed", completed_at=now, updated_at=now))
    assert await seen_by(ada) == ("visible", True, True)
    await forum.writer.edit(bob, answer, "Write a sum.")
    assert (await seen_by(ada))[2] is False


async def test_no_title_shows_the_solution_of_a_lab(forum: Forum) -> None:
    ada = await forum.person("Ada")
    forum.gate.solutions["total += n"] = await a_lab(forum)
    with pytest.raises(SpoilerTitleError):
        await forum.ask(ada, "Is it total += n?", "It works so.")
    await forum.ask(ada, "Is it a sum?", "I wrote `total += n`.")
    (thread,) = (await forum.reader.threads(ada)).items
    assert thread.title == "Is it a sum?"
