"""A mail a day about the forum, for those who asked for it."""

from datetime import timedelta
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

from sqlalchemy import update

from nexus_server.accounts.mail import FileOutbox
from nexus_server.forum.digest import DAY, UNSUBSCRIBE, ForumDigests
from nexus_server.learner import Role
from nexus_server.store.models.accounts import Notification
from tests.integration.forum.conftest import Forum


async def test_nobody_is_mailed_who_did_not_ask(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    await forum.answer(bob, await forum.ask(ada))
    assert await forum.parts.digests.is_wanted(ada) is False
    forum.clock.time += 2 * DAY
    await forum.parts.digests.send_due()
    assert forum.mails.sent == []


async def test_the_news_of_a_day_are_one_mail_and_no_news_are_none(forum: Forum) -> None:
    ada, bob, digests = await forum.person("Ada"), await forum.person("Bob"), forum.parts.digests
    thread = await forum.ask(ada)
    await forum.answer(bob, thread)  # before it was asked for
    for _ in range(2):
        await digests.set_wanted(ada, wanted=True)
    for _ in range(3):
        await forum.answer(bob, thread)
    await digests.send_due()
    assert forum.mails.sent == [], "the day is not over"
    forum.clock.time += DAY
    other = ForumDigests(forum.database, forum.clock, forum.mails, public_url="https://school.example")
    for each in (digests, other, digests):
        await each.send_due()
    ((to, text, url),) = forum.mails.sent
    assert to == ada.email
    assert "- Why does my loop never end? (3 posts)\n" in text
    assert url.startswith(f"https://school.example{UNSUBSCRIBE}")
    forum.clock.time += DAY
    await digests.send_due()
    assert len(forum.mails.sent) == 1


async def test_what_was_read_under_the_bell_is_not_mailed(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    await forum.parts.digests.set_wanted(ada, wanted=True)
    await forum.answer(bob, await forum.ask(ada))
    async with forum.database.transaction() as session:
        await session.execute(update(Notification).values(read_at=forum.clock.time))
    forum.clock.time += DAY + timedelta(hours=1)
    await forum.parts.digests.send_due()
    assert forum.mails.sent == []


async def test_a_thread_that_was_deleted_is_not_mailed(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    teacher = await forum.person("Tess", Role.INSTRUCTOR)
    await forum.parts.digests.set_wanted(ada, wanted=True)
    kept, gone = await forum.ask(bob, "A good question"), await forum.ask(bob, "Buy my watches")
    for thread in (kept, gone):
        await forum.parts.follows.set_follow(ada, thread, follows=True)
        await forum.answer(bob, thread)
    await forum.writer.delete(teacher, (await forum.reader.thread(teacher, gone))[1][0].id)
    forum.clock.time += DAY + timedelta(hours=1)
    await forum.parts.digests.send_due()
    ((_, text, _),) = forum.mails.sent
    assert "A good question" in text
    assert "watches" not in text


async def test_one_click_ends_it(forum: Forum) -> None:
    ada, bob, digests = await forum.person("Ada"), await forum.person("Bob"), forum.parts.digests
    for learner in (ada, bob):
        await digests.set_wanted(learner, wanted=True)
    thread = await forum.ask(ada)
    await forum.answer(bob, thread)
    forum.clock.time += DAY
    await digests.send_due()
    token = forum.mails.sent[0][2].partition("token=")[2]
    for wrong in ("", "none", token[:-1]):
        await digests.unsubscribe(wrong)
    assert await digests.is_wanted(ada)
    for _ in range(2):
        await digests.unsubscribe(token)
    assert (await digests.is_wanted(ada), await digests.is_wanted(bob)) == (False, True)


async def test_mail_programs_are_told_how_to_unsubscribe(tmp_path: Path) -> None:
    await FileOutbox(tmp_path, "x@example.org").post(
        "ada@example.org", "News", "text", unsubscribe_url="https://s.example/u"
    )
    (path,) = tmp_path.glob("*.eml")
    message = BytesParser(policy=SMTP).parsebytes(path.read_bytes())
    assert message["List-Unsubscribe"] == "<https://s.example/u>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
