"""Logins on both databases: rotation, grace, reuse, expiry, revocation."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, event, func, select, update
from traitlets.config import Config

from nexus_server.accounts.administration import UserChange
from nexus_server.accounts.errors import AccountDisabledError, BadCredentialsError, BadRefreshTokenError
from nexus_server.accounts.opaque_tokens import hash_token
from nexus_server.errors import RateLimitedError
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import AuthSession, RefreshToken, User
from tests.integration.accounts.conftest import CONFIG, HOME, PASSWORD, START, People, open_people


async def test_a_login_identifies_its_learner(people: People) -> None:
    ada = await people.register()
    issued = await people.log_in(ada)
    credential = await people.accounts.sessions.find_credential(issued.access_token)
    assert credential is not None
    assert credential.learner.id == ada.id
    assert credential.learner.session_id == issued.learner.session_id


async def test_only_hashes_are_stored(people: People) -> None:
    issued = await people.log_in(await people.register())
    async with people.database.transaction() as session:
        token = (await session.scalars(select(RefreshToken))).one()
        user = (await session.scalars(select(User))).one()
    assert token.token_hash == hash_token(issued.refresh_token)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")


async def test_a_wrong_password_and_an_unknown_address_fail_alike(people: People) -> None:
    ada = await people.register()
    with pytest.raises(BadCredentialsError) as wrong:
        await people.log_in(ada, "wrong-password-1")
    with pytest.raises(BadCredentialsError) as unknown:
        await people.accounts.service.log_in("nobody@example.org", PASSWORD, HOME)
    assert wrong.value.message == unknown.value.message


async def test_an_access_token_runs_out(people: People) -> None:
    issued = await people.log_in(await people.register())
    people.pass_time(minutes=9, seconds=59)
    assert await people.is_in(issued)
    people.pass_time(seconds=1)
    assert not await people.is_in(issued)


async def test_a_refreshed_session_goes_on(people: People) -> None:
    issued = await people.log_in(await people.register())
    people.pass_time(days=13)
    again = await people.accounts.sessions.refresh(issued.refresh_token)
    assert again.learner.session_id == issued.learner.session_id
    people.pass_time(days=13)
    assert await people.accounts.sessions.refresh(again.refresh_token)


async def test_a_session_ends_when_it_idles_and_at_the_latest_after_ninety_days(people: People) -> None:
    idle = await people.log_in(await people.register())
    people.pass_time(days=14)
    with pytest.raises(BadRefreshTokenError):
        await people.accounts.sessions.refresh(idle.refresh_token)
    busy = await people.log_in(await people.register())
    for _ in range(8):
        people.pass_time(days=11)
        busy = await people.accounts.sessions.refresh(busy.refresh_token)
    people.pass_time(days=2)
    with pytest.raises(BadRefreshTokenError):
        await people.accounts.sessions.refresh(busy.refresh_token)


@pytest.mark.parametrize(("seconds", "is_graced"), [(10, True), (11, False)])
async def test_the_grace_is_ten_seconds(people: People, seconds: int, *, is_graced: bool) -> None:
    issued = await people.log_in(await people.register())
    child = await people.accounts.sessions.refresh(issued.refresh_token)
    people.pass_time(seconds=seconds)
    if is_graced:
        assert await people.accounts.sessions.refresh(issued.refresh_token)
    else:
        with pytest.raises(BadRefreshTokenError):
            await people.accounts.sessions.refresh(issued.refresh_token)
    assert await people.is_in(child) is is_graced


async def test_only_the_immediate_parent_has_a_grace(people: People) -> None:
    issued = await people.log_in(await people.register())
    child = await people.accounts.sessions.refresh(issued.refresh_token)
    grandchild = await people.accounts.sessions.refresh(child.refresh_token)
    with pytest.raises(BadRefreshTokenError):
        await people.accounts.sessions.refresh(issued.refresh_token)
    assert not await people.is_in(grandchild)
    async with people.database.transaction() as session:
        login = (await session.scalars(select(AuthSession))).one()
    assert login.revoked_reason == "refresh_token_reused"


async def test_two_tabs_refresh_at_the_same_moment(people: People) -> None:
    issued = await people.log_in(await people.register())
    both = await asyncio.gather(*(people.accounts.sessions.refresh(issued.refresh_token) for _ in range(5)))
    assert len({pair.refresh_token for pair in both}) == 5
    assert all([await people.is_in(pair) for pair in both])


async def test_a_revoked_session_is_over_and_others_are_not(people: People) -> None:
    ada = await people.register()
    here, there = await people.log_in(ada), await people.log_in(ada)
    assert here.learner.session_id is not None
    await people.accounts.sessions.revoke(here.learner.session_id, "logout")
    assert not await people.is_in(here)
    assert await people.is_in(there)
    with pytest.raises(BadRefreshTokenError):
        await people.accounts.sessions.refresh(here.refresh_token)


async def test_a_watched_session_tells_of_its_end(people: People) -> None:
    issued = await people.log_in(await people.register())
    assert issued.learner.session_id is not None
    ended = asyncio.Event()
    with people.accounts.watch.watching(issued.learner.session_id, ended.set):
        await people.accounts.watch.check()
        assert not ended.is_set()
        async with people.database.transaction() as session:  # as another process would
            (await session.get_one(AuthSession, issued.learner.session_id)).revoked_at = people.clock.now()
        await people.accounts.watch.check()
        assert ended.is_set()


async def test_a_disabled_account_is_out_at_once(people: People) -> None:
    ada, boss = await people.register(), await people.register(Role.ADMIN)
    issued = await people.log_in(ada)
    await people.accounts.administration.change_user(boss, ada.id, UserChange(disabled=True))
    assert not await people.is_in(issued)
    with pytest.raises(AccountDisabledError):
        await people.log_in(ada)
    with pytest.raises(BadCredentialsError):
        await people.log_in(ada, "wrong-password-1")


async def test_guesses_that_arrive_at_once_are_counted_as_those_that_come_one_by_one(people: People) -> None:
    ada = await people.register()
    guesses = [f"wrong-password-{number}" for number in range(40)] + [PASSWORD]
    outcomes = await asyncio.gather(*(people.log_in(ada, guess) for guess in guesses), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {BadCredentialsError, RateLimitedError}


async def test_a_password_is_rehashed_when_the_parameters_change(database: Database, tmp_path: Path) -> None:
    old, new = open_people(database, tmp_path, CONFIG), open_people(database, tmp_path, _stronger())
    ada = await old.register()
    await new.log_in(ada)
    async with database.transaction() as session:
        user = await session.get_one(User, ada.id)
    assert user.password_hash is not None
    assert "m=128" in user.password_hash
    await new.log_in(ada)


def _stronger() -> Config:
    return Config({"AccountSettings": {"argon2_memory_kib": 128, "argon2_time_cost": 1}})


async def test_a_login_is_one_transaction_that_counts_as_activity(people: People) -> None:
    ada = await people.register()
    begun: list[object] = []
    event.listen(people.database.engine.sync_engine, "begin", begun.append)
    await people.log_in(ada)
    assert len(begun) == 2, "the login with its streak, and the badges that the first day may earn"
    people.pass_time(hours=1)
    await people.log_in(ada)
    assert len(begun) == 2, "later on the same day the streak does not change: one statement, or one turn"
    profile = await people.accounts.profiles.get_profile(ada)
    assert (profile.streak_count, profile.last_login) == (1, people.clock.now())


async def test_logins_of_one_learner_at_once_do_not_hold_each_other_up(people: People) -> None:
    ada = await people.register()
    issued = await asyncio.gather(*(people.log_in(ada) for _ in range(8)))
    assert all([await people.is_in(each) for each in issued])


class SlowVerify:
    """Stands around the hashing of passwords: something else happens before it returns."""

    def __init__(self, people: People, act: Callable[[], Awaitable[None]]) -> None:
        self.verify, self.act = people.accounts.passwords.verify, act

    async def __call__(self, password_hash: str | None, password: str) -> bool:
        fits = await self.verify(password_hash, password)
        await self.act()
        return fits


@pytest.mark.parametrize("was_here_today", [True, False])
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"disabled_at": START}, AccountDisabledError),
        ({"password_hash": "$argon2id$another"}, BadCredentialsError),
        (None, BadCredentialsError),
    ],
    ids=["disabled", "another password", "deleted"],
)
async def test_what_changes_while_the_password_is_hashed_counts(
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    was_here_today: bool,  # noqa: FBT001  pytest's parameter
    change: dict[str, object] | None,
    error: type[Exception],
) -> None:
    ada = await people.register()
    if was_here_today:
        await people.log_in(ada)

    async def act() -> None:
        async with people.database.transaction() as session:
            if change is None:
                await session.execute(delete(User).where(User.id == ada.id))
            else:
                await session.execute(update(User).where(User.id == ada.id).values(**change))

    before = await _count_sessions(people, ada)
    monkeypatch.setattr(people.accounts.passwords, "verify", SlowVerify(people, act))
    with pytest.raises(error):
        await people.log_in(ada)
    assert await _count_sessions(people, ada) == (before if change else 0)


async def test_a_login_of_the_next_day_moves_the_streak(people: People) -> None:
    ada = await people.register()
    for days in (1, 2, 3):
        for _ in range(2):
            login = await people.accounts.service.log_in(ada.email, PASSWORD, HOME)
            profile = await people.accounts.profiles.get_profile(ada)
            assert login.profile == profile
            assert (profile.streak_count, profile.last_login) == (days, people.clock.now())
            people.pass_time(hours=1)
        people.pass_time(hours=21)


async def _count_sessions(people: People, learner: Learner) -> int:
    async with people.database.reading() as session:
        return await session.scalar(select(func.count()).where(AuthSession.user_id == learner.id)) or 0
