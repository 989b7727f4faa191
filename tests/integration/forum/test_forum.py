"""The forum's rules on both databases: who may do what, what readers see, what pays."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from nexus_server.errors import RateLimitedError
from nexus_server.forum.errors import (
    HiddenPostError,
    NotModeratorError,
    NotYourPostError,
    NotYourThreadError,
    OwnPostVoteError,
    PostNotFoundError,
    QuestionNotAnswerError,
    ThreadNotFoundError,
)
from nexus_server.forum.payment import ACCEPTED_POINTS
from nexus_server.forum.views import Sort, ThreadView
from nexus_server.learner import Learner, Role
from nexus_server.paging import Page
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.store.models.accounts import AuditEntry, Notification, User
from tests.integration.forum.conftest import Forum


async def test_a_question_becomes_a_thread_with_safe_html(forum: Forum) -> None:
    ada = await forum.person("Ada")
    thread_id = await forum.ask(ada, body="Look: <script>alert(1)</script> **bold** [x](javascript:alert(1))")
    thread, [question] = await forum.reader.thread(ada, thread_id)
    assert (thread.title, thread.author.display_name) == ("Why does my loop never end?", "Ada")
    assert "<strong>bold</strong>" in question.body_html
    assert "<script" not in question.body_html
    assert 'href="javascript' not in question.body_html


async def test_the_accepted_answer_comes_first_and_pays_its_author_once(forum: Forum) -> None:
    ada = await forum.person("Ada", xp=20)
    bob, eve = [await forum.person(name) for name in ("Bob", "Eve")]
    thread_id = await forum.ask(ada)
    first, second = await forum.answer(bob, thread_id), await forum.answer(eve, thread_id)
    for _ in range(2):
        await forum.writer.accept(ada, second)
    thread, posts = await forum.reader.thread(bob, thread_id)
    assert thread.accepted_post_id == second
    assert [post.id for post in posts[1:]] == [second, first]
    async with forum.database.transaction() as session:
        assert (await session.get_one(User, eve.id)).xp == ACCEPTED_POINTS + 5


async def test_an_acceptance_is_taken_back_by_who_asked_and_its_author_keeps_the_points(forum: Forum) -> None:
    ada = await forum.person("Ada", xp=20)
    bob, eve = [await forum.person(name) for name in ("Bob", "Eve")]
    thread_id = await forum.ask(ada)
    first, second = await forum.answer(bob, thread_id), await forum.answer(eve, thread_id)
    await forum.writer.accept(ada, first)
    with pytest.raises(NotYourThreadError):
        await forum.writer.withdraw_acceptance(bob, first)
    await forum.writer.withdraw_acceptance(ada, second)
    assert (await forum.reader.thread(bob, thread_id))[0].accepted_post_id == first
    await forum.writer.withdraw_acceptance(ada, first)
    assert (await forum.reader.thread(bob, thread_id))[0].accepted_post_id is None
    async with forum.database.transaction() as session:
        assert (await session.get_one(User, bob.id)).xp == ACCEPTED_POINTS + 5


async def test_accepting_your_own_answer_pays_nothing(forum: Forum) -> None:
    ada = await forum.person("Ada")
    thread_id = await forum.ask(ada)
    await forum.writer.accept(ada, await forum.answer(ada, thread_id))
    async with forum.database.transaction() as session:
        assert (await session.get_one(User, ada.id)).xp == 0


async def test_only_who_asked_may_accept_and_never_the_question(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    thread_id = await forum.ask(ada)
    answer = await forum.answer(bob, thread_id)
    with pytest.raises(NotYourThreadError):
        await forum.writer.accept(bob, answer)
    _, posts = await forum.reader.thread(ada, thread_id)
    with pytest.raises(QuestionNotAnswerError):
        await forum.writer.accept(ada, posts[0].id)


async def test_a_vote_counts_once_and_can_change(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    answer = await forum.answer(bob, await forum.ask(ada))
    assert [await forum.writer.vote(ada, answer, value) for value in (1, 1, -1, 0)] == [1, 1, -1, 0]
    with pytest.raises(OwnPostVoteError):
        await forum.writer.vote(bob, answer, 1)


async def test_only_the_author_or_a_moderator_may_change_a_post(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    teacher = await forum.person("Tess", Role.INSTRUCTOR)
    thread_id = await forum.ask(ada)
    answer = await forum.answer(bob, thread_id)
    with pytest.raises(NotYourPostError):
        await forum.writer.edit(ada, answer, "mine now")
    await forum.writer.edit(bob, answer, "Count **up**.")
    _, posts = await forum.reader.thread(ada, thread_id)
    assert "<strong>up</strong>" in posts[1].body_html
    assert posts[1].edited_at is not None
    await forum.writer.delete(teacher, answer)
    _, posts = await forum.reader.thread(ada, thread_id)
    assert (posts[1].state, posts[1].body_html, posts[1].body_md) == ("deleted", "", None)
    with pytest.raises(PostNotFoundError):
        await forum.writer.edit(bob, answer, "back again")


async def test_deleting_the_question_deletes_the_thread(forum: Forum) -> None:
    ada = await forum.person("Ada")
    thread_id = await forum.ask(ada)
    _, [question] = await forum.reader.thread(ada, thread_id)
    await forum.writer.delete(ada, question.id)
    with pytest.raises(ThreadNotFoundError):
        await forum.reader.thread(ada, thread_id)


async def xp_of(forum: Forum, who: Learner) -> int:
    async with forum.database.reading() as session:
        return (await session.get_one(User, who.id)).xp


async def test_who_has_learned_nothing_yet_is_no_source_of_xp(forum: Forum) -> None:
    bob, teacher = await forum.person("Bob"), await forum.person("Tess", Role.INSTRUCTOR)
    for number in range(3):  # of one person, who answers to themselves
        account = await forum.person(f"Second account {number}", xp=19)
        await forum.writer.accept(account, await forum.answer(bob, await forum.ask(account)))
    assert await xp_of(forum, bob) == 0
    newcomer = await forum.person("New")
    await forum.writer.accept(teacher, await forum.answer(bob, await forum.ask(newcomer)))
    assert await xp_of(forum, bob) == ACCEPTED_POINTS + 5, "staff may say that it helped"


async def test_two_friends_are_no_source_of_xp(forum: Forum) -> None:
    ada, bob = await forum.person("Ada", xp=20), await forum.person("Bob")
    for _ in range(6):
        answer = await forum.answer(bob, await forum.ask(ada))
        await forum.writer.accept(ada, answer)
    assert await xp_of(forum, bob) == 2 * ACCEPTED_POINTS + 5
    forum.clock.time += timedelta(days=3)
    await forum.writer.accept(ada, await forum.answer(bob, await forum.ask(ada)))
    assert await xp_of(forum, bob) == 2 * ACCEPTED_POINTS + 5, "the pair is used up for ever"
    eve = await forum.person("Eve", xp=20)
    await forum.writer.accept(eve, await forum.answer(bob, await forum.ask(eve)))
    assert await xp_of(forum, bob) == 3 * ACCEPTED_POINTS + 10


async def test_accepted_answers_pay_so_many_times_a_day(forum: Forum) -> None:
    bob = await forum.person("Bob")
    for number in range(7):
        asker = await forum.person(f"Asker {number}", xp=20)
        await forum.writer.accept(asker, await forum.answer(bob, await forum.ask(asker)))
    assert await xp_of(forum, bob) == 5 * ACCEPTED_POINTS + 5
    forum.clock.time += timedelta(days=1)
    asker = await forum.person("Tomorrow", xp=20)
    await forum.writer.accept(asker, await forum.answer(bob, await forum.ask(asker)))
    assert await xp_of(forum, bob) > 6 * ACCEPTED_POINTS


async def test_acceptances_at_the_same_moment_pay_no_more(forum: Forum) -> None:
    ada, bob = await forum.person("Ada", xp=20), await forum.person("Bob")
    answers = [await forum.answer(bob, await forum.ask(ada)) for _ in range(6)]
    await asyncio.gather(*(forum.writer.accept(ada, answer) for answer in answers))
    assert await xp_of(forum, bob) == 2 * ACCEPTED_POINTS + 5


async def test_an_answer_that_pays_nothing_is_accepted_all_the_same(forum: Forum) -> None:
    ada, bob = await forum.person("Ada"), await forum.person("Bob")
    for _ in range(3):
        thread_id = await forum.ask(ada)
        answer = await forum.answer(bob, thread_id)
        await forum.writer.accept(ada, answer)
    thread, _ = await forum.reader.thread(bob, thread_id)
    assert thread.accepted_post_id == answer


async def state_of(forum: Forum, thread_id: UUID) -> str:
    _, posts = await forum.reader.thread(await forum.person("Reader"), thread_id)
    return posts[1].state


async def test_new_accounts_hide_nothing_however_many_they_are(forum: Forum) -> None:
    ada, teacher = await forum.person("Ada"), await forum.person("Tess", Role.INSTRUCTOR)
    thread_id = await forum.ask(ada)
    answer = await forum.answer(await forum.person("Bob", days=30, xp=500), thread_id)
    idle, hasty = await forum.person("Idle", days=90), await forum.person("Hasty", xp=900)
    for reporter in [idle, hasty, *[await forum.person(str(number)) for number in range(8)]]:
        await forum.moderator.report(reporter, answer, "I do not like it")
    assert await state_of(forum, thread_id) == "visible"
    (reported,) = (await forum.moderator.reported(teacher)).items
    assert (reported.post_id, len(reported.reports), reported.hidden) == (answer, 10, False), "staff see them all"


async def test_several_reports_by_established_learners_hide_a_post_from_students_only(forum: Forum) -> None:
    ada, teacher = await forum.person("Ada"), await forum.person("Tess", Role.INSTRUCTOR)
    thread_id = await forum.ask(ada)
    answer = await forum.answer(await forum.person("Rude"), thread_id, "Buy my watches")
    reporters = [await forum.person(str(number), days=8, xp=30) for number in range(3)]
    for reporter in [reporters[0], *reporters[:-1]]:
        await forum.moderator.report(reporter, answer, "advertising")
    assert await state_of(forum, thread_id) == "visible"
    await forum.moderator.report(reporters[-1], answer, "advertising")
    _, posts = await forum.reader.thread(ada, thread_id)
    assert (posts[1].state, posts[1].body_html) == ("hidden", "")
    _, posts = await forum.reader.thread(teacher, thread_id)
    assert "watches" in posts[1].body_html


async def test_what_is_hidden_is_neither_accepted_nor_voted_for(forum: Forum) -> None:
    ada, bob = await forum.person("Ada", xp=500), await forum.person("Bob")
    teacher = await forum.person("Tess", Role.INSTRUCTOR)
    thread_id = await forum.ask(ada)
    answer = await forum.answer(bob, thread_id)
    await forum.moderator.settle(teacher, answer, hidden=True)
    with pytest.raises(HiddenPostError):
        await forum.writer.accept(ada, answer)
    with pytest.raises(HiddenPostError):
        await forum.writer.vote(ada, answer, 1)
    async with forum.database.reading() as session:
        assert (await session.get_one(User, bob.id)).xp == 0
    await forum.moderator.settle(teacher, answer, hidden=False)
    await forum.writer.accept(ada, answer)
    async with forum.database.reading() as session:
        assert (await session.get_one(User, bob.id)).xp > 0


async def test_no_reports_hide_what_a_teacher_wrote(forum: Forum) -> None:
    thread_id = await forum.ask(await forum.person("Ada"))
    answer = await forum.answer(await forum.person("Tess", Role.INSTRUCTOR), thread_id)
    for number in range(6):
        await forum.moderator.report(await forum.person(str(number), days=50, xp=300), answer, "too hard")
    assert await state_of(forum, thread_id) == "visible"


async def bell_of(forum: Forum, who: Learner) -> list[bool]:
    async with forum.database.reading() as session:
        query = select(Notification).where(Notification.user_id == who.id, Notification.type == "forum.reported")
        rows = (await session.scalars(query.order_by(Notification.created_at))).all()
    return [row.payload["hidden"] for row in rows]


async def test_staff_hear_of_a_reported_post_and_once_more_when_it_is_hidden(forum: Forum) -> None:
    teacher, boss = await forum.person("Tess", Role.INSTRUCTOR), await forum.person("Root", Role.ADMIN)
    ada = await forum.person("Ada")
    answer = await forum.answer(ada, await forum.ask(ada))
    for number in range(4):
        forum.clock.time += timedelta(minutes=1)
        await forum.moderator.report(await forum.person(str(number), days=9, xp=99), answer, "rude")
    assert await bell_of(forum, teacher) == await bell_of(forum, boss) == [False, True]
    assert await bell_of(forum, ada) == []


async def test_what_was_hidden_can_be_shown_again_and_stays_shown(forum: Forum) -> None:
    teacher, ada = await forum.person("Tess", Role.INSTRUCTOR), await forum.person("Ada")
    thread_id = await forum.ask(ada)
    answer = await forum.answer(ada, thread_id)
    reporters = [await forum.person(str(number), days=9, xp=99) for number in range(3)]
    for reporter in reporters:
        await forum.moderator.report(reporter, answer, "rude")
    await forum.moderator.settle(teacher, answer, hidden=False)
    assert await state_of(forum, thread_id) == "visible"
    assert (await forum.moderator.reported(teacher)).items == []
    for reporter in reporters:
        await forum.moderator.report(reporter, answer, "rude, I say")
    assert await state_of(forum, thread_id) == "visible", "who was heard already is not heard again"
    await forum.moderator.settle(teacher, answer, hidden=True)
    assert await state_of(forum, thread_id) == "hidden"
    await forum.moderator.settle(teacher, answer, hidden=False)
    assert await state_of(forum, thread_id) == "visible"
    async with forum.database.reading() as session:
        actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.at))).all()
    assert sorted(actions) == ["forum.hide", "forum.show", "forum.show"]


async def test_reported_posts_come_page_by_page_newest_first(forum: Forum) -> None:
    teacher, ada = await forum.person("Tess", Role.INSTRUCTOR), await forum.person("Ada")
    answers = [await forum.answer(ada, await forum.ask(ada)) for _ in range(4)]
    for answer in answers:
        forum.clock.time += timedelta(minutes=1)
        await forum.moderator.report(await forum.person("Bob"), answer, "wrong")
    await forum.writer.delete(ada, answers[0])
    first = await forum.moderator.reported(teacher, limit=2)
    second = await forum.moderator.reported(teacher, limit=2, after=first.next)
    assert [view.post_id for view in (*first.items, *second.items)] == answers[:0:-1], (
        "deleted posts are not among them"
    )
    assert second.next is None


async def test_students_neither_see_reports_nor_settle_them(forum: Forum) -> None:
    ada = await forum.person("Ada", days=90, xp=900)
    answer = await forum.answer(ada, await forum.ask(ada))
    with pytest.raises(NotModeratorError):
        await forum.moderator.reported(ada)
    with pytest.raises(NotModeratorError):
        await forum.moderator.settle(ada, answer, hidden=True)
    with pytest.raises(PostNotFoundError):
        await forum.moderator.settle(await forum.person("Tess", Role.INSTRUCTOR), uuid4(), hidden=True)


def listed(page: Page[ThreadView]) -> list[UUID]:
    return [thread.id for thread in page.items]


async def test_threads_are_searched_sorted_and_paged(forum: Forum) -> None:
    ada = await forum.person("Ada")
    ids = [await forum.ask(ada, title=f"Question {n}", body="100% loops" if n == 1 else "lists") for n in range(3)]
    await forum.answer(ada, ids[0])
    active = await forum.reader.threads(ada)
    assert listed(active) == [ids[0], ids[2], ids[1]]
    assert listed(await forum.reader.threads(ada, sort=Sort.NEW)) == ids[::-1]
    assert listed(await forum.reader.threads(ada, sort=Sort.UNANSWERED)) == [ids[2], ids[1]]
    assert listed(await forum.reader.threads(ada, words="100% LOOPS")) == [ids[1]]
    assert listed(await forum.reader.threads(ada, words="100_")) == []
    pages = [await forum.reader.threads(ada, limit=1)]
    while pages[-1].next:
        pages.append(await forum.reader.threads(ada, limit=1, after=pages[-1].next))
    assert [listed(page) for page in pages] == [[ids[0]], [ids[2]], [ids[1]]]


async def test_a_thread_needs_a_real_node_and_a_moment_between_posts(forum: Forum) -> None:
    ada = await forum.person("Ada")
    with pytest.raises(NodeNotFoundError):
        await forum.writer.open_thread(ada, title="About", body_md="x", node_id=uuid4())
    forum.limiter.left = 0
    with pytest.raises(RateLimitedError):
        await forum.ask(ada)
