"""Where somebody is logged in: listed to them alone, and ended one by one."""

import pytest

from nexus_server.accounts.errors import UnknownSessionError
from nexus_server.accounts.sessions import IssuedTokens
from nexus_server.learner import Learner
from tests.integration.accounts.conftest import People


async def listed(people: People, issued: IssuedTokens) -> list[tuple[object, bool]]:
    found = await people.accounts.own_sessions.list_live(issued.learner)
    return [(one.id, one.current) for one in found]


async def two_logins(people: People, ada: Learner) -> tuple[IssuedTokens, IssuedTokens]:
    first = await people.log_in(ada)
    people.pass_time(minutes=1)
    return first, await people.log_in(ada)


async def test_the_one_that_asks_comes_first_then_the_last_used(people: People) -> None:
    ada = await people.register()
    first, second = await two_logins(people, ada)
    people.pass_time(minutes=1)
    third = await people.log_in(ada)
    await people.log_in(await people.register())
    assert await listed(people, first) == [
        (first.learner.session_id, True),
        (third.learner.session_id, False),
        (second.learner.session_id, False),
    ]


async def test_what_is_over_is_not_listed(people: People) -> None:
    first, second = await two_logins(people, await people.register())
    assert second.learner.session_id is not None
    await people.accounts.sessions.revoke(second.learner.session_id, "logout")
    assert await listed(people, first) == [(first.learner.session_id, True)]
    people.pass_time(days=400)
    assert await listed(people, first) == []


async def test_one_session_is_ended_and_no_other(people: People) -> None:
    first, second = await two_logins(people, await people.register())
    assert second.learner.session_id is not None
    await people.accounts.own_sessions.end(first.learner, second.learner.session_id)
    assert await people.is_in(first)
    assert not await people.is_in(second)
    with pytest.raises(UnknownSessionError):
        await people.accounts.own_sessions.end(first.learner, second.learner.session_id)


async def test_a_strangers_session_does_not_exist(people: People) -> None:
    mine = await people.log_in(await people.register())
    theirs = await people.log_in(await people.register())
    assert theirs.learner.session_id is not None
    with pytest.raises(UnknownSessionError):
        await people.accounts.own_sessions.end(mine.learner, theirs.learner.session_id)
    assert await people.is_in(theirs)
