"""Neither a reply nor its cost tells whether an address is known. Work is counted: wall time is not exact."""

from collections.abc import Iterator
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, update

from nexus_server.accounts.errors import BadCredentialsError
from nexus_server.store.models.accounts import User
from tests.integration.accounts.conftest import HOME, PASSWORD, People


class Work:
    """Counts statements at the database and Argon2 runs."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.hashes = 0

    def count_statement(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.statements.append(statement)

    def take(self) -> tuple[list[str], int]:
        done = (self.statements, self.hashes)
        self.statements, self.hashes = [], 0
        return done


class CountingHasher(PasswordHasher):
    """Argon2 with the site's parameters, counted."""

    work: Work

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  argon2's name
        self.work.hashes += 1
        return super().verify(hash, password)


@pytest.fixture
def work(people: People) -> Iterator[Work]:
    work = Work()
    engines = [engine.sync_engine for engine in (people.database.engine, people.database._reading_engine)]
    hasher = people.accounts.passwords._hasher
    counting = CountingHasher(hasher.time_cost, hasher.memory_cost, hasher.parallelism)
    counting.work = work
    people.accounts.passwords._hasher = counting
    for engine in engines:
        event.listen(engine, "before_cursor_execute", work.count_statement)
    yield work
    for engine in engines:
        event.remove(engine, "before_cursor_execute", work.count_statement)


async def test_an_unknown_address_costs_what_a_wrong_password_costs(people: People, work: Work) -> None:
    ada, sso = await people.register(), await people.register()
    async with people.database.transaction() as session:
        await session.execute(update(User).where(User.id == sso.id).values(password_hash=None))
    said, done = [], []
    work.take()
    for email in (ada.email, "nobody@example.org", sso.email):
        with pytest.raises(BadCredentialsError) as refused:
            await people.accounts.service.log_in(email, "wrong-password-1", HOME)
        said.append((refused.value.message, refused.value.code, dict(refused.value.details)))
        done.append(work.take())
    assert said[0] == said[1] == said[2]
    assert done[0] == done[1] == done[2]
    assert done[0][1] == 1, "Argon2 runs once, for everybody"


async def test_a_disabled_account_is_not_told_from_an_unknown_one_without_the_password(
    people: People, work: Work
) -> None:
    ada = await people.register()
    async with people.database.transaction() as session:
        await session.execute(update(User).where(User.id == ada.id).values(disabled_at=people.clock.now()))
    done = []
    work.take()
    for email in (ada.email, "nobody@example.org"):
        with pytest.raises(BadCredentialsError):
            await people.accounts.service.log_in(email, "wrong-password-1", HOME)
        done.append(work.take())
    assert done[0] == done[1]


async def test_asking_for_a_reset_does_nothing_before_the_reply(people: People, work: Work) -> None:
    ada = await people.register()
    work.take()
    for email in (ada.email, "nobody@example.org"):
        people.accounts.recovery.ask_reset(email)
        assert work.take() == ([], 0)
    assert len(await people.mailed_tokens()) == 1


async def test_a_known_password_costs_one_run_of_argon2(people: People, work: Work) -> None:
    ada = await people.register()
    work.take()
    await people.accounts.service.log_in(ada.email, PASSWORD, HOME)
    assert work.take()[1] == 1
