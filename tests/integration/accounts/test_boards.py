"""Leaderboards in Redis hear at once of whatever changes who is listed, and by which name."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest

from nexus_server.accounts.administration import UserChange
from nexus_server.learner import Learner, Role
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.redis import RedisStore
from tests.integration.accounts.conftest import CONFIG, People, open_people

pytestmark = pytest.mark.redis

Change = Callable[[People, Learner, Learner], Awaitable[object]]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    store = RedisStore(redis_url)
    await store.call(lambda redis: redis.flushdb())
    yield store
    await store.close()


async def _opt_out(people: People, ada: Learner, _teacher: Learner) -> None:
    await people.accounts.profiles.change(ada, {"leaderboard_opt_out": True})


async def _be_disabled(people: People, ada: Learner, _teacher: Learner) -> None:
    await people.accounts.administration.change_user(None, ada.id, UserChange(disabled=True))


async def _be_in_a_class_without_boards(people: People, ada: Learner, teacher: Learner) -> None:
    cohort = await people.accounts.cohorts.create(teacher, "1a")
    await people.accounts.cohorts.join(ada, cohort.join_code)
    await people.accounts.cohorts.change(teacher, cohort.id, {"shows_boards": False})


async def _join_a_class_without_xp(people: People, ada: Learner, teacher: Learner) -> None:
    cohort = await people.accounts.cohorts.create(teacher, "1a")
    await people.accounts.cohorts.change(teacher, cohort.id, {"shows_xp": False})
    await people.accounts.cohorts.join(ada, cohort.join_code)


@pytest.mark.parametrize("change", [_opt_out, _be_disabled, _be_in_a_class_without_boards, _join_a_class_without_xp])
async def test_who_is_not_to_be_listed_leaves_the_board_at_once(
    change: Change, database: Database, store: RedisStore, tmp_path: Path
) -> None:
    people = open_people(database, tmp_path, CONFIG, store)
    ada, teacher = await _person(database, "ada", Role.STUDENT), await _person(database, "tom", Role.INSTRUCTOR)
    await people.boards.put_scores(ada.id)
    assert await _xp_in_redis(store, ada.id) == 30
    await change(people, ada, teacher)
    assert await _xp_in_redis(store, ada.id) is None
    await people.accounts.stop()


async def test_a_class_that_is_closed_or_left_switches_nothing_off(
    database: Database, store: RedisStore, tmp_path: Path
) -> None:
    people = open_people(database, tmp_path, CONFIG, store)
    ada, teacher = await _person(database, "ada", Role.STUDENT), await _person(database, "tom", Role.INSTRUCTOR)
    cohorts = people.accounts.cohorts
    cohort = await cohorts.create(teacher, "1a")
    await cohorts.change(teacher, cohort.id, {"shows_boards": False})
    await cohorts.join(ada, cohort.join_code)
    profile = await people.accounts.profiles.get_profile(ada)
    assert (profile.shows_boards, profile.shows_xp) == (False, True)
    await cohorts.change(teacher, cohort.id, {"archived": True})
    assert await _xp_in_redis(store, ada.id) == 30
    await cohorts.change(teacher, cohort.id, {"archived": False})
    assert await _xp_in_redis(store, ada.id) is None
    await people.accounts.class_members.remove(teacher, cohort.id, ada.id)
    assert await _xp_in_redis(store, ada.id) == 30
    await people.accounts.stop()


async def test_a_pseudonym_has_an_id_of_its_own_as_long_as_it_is_used(people: People, database: Database) -> None:
    ada = await _person(database, "ada", Role.STUDENT)
    profiles = people.accounts.profiles
    seen = []
    for name in ("Otter", "Otter", "Heron", ""):
        assert (await profiles.change(ada, {"leaderboard_name": name})).leaderboard_name == name
        async with database.reading() as session:
            seen.append((await session.get_one(User, ada.id)).leaderboard_alias)
    otter, same, heron, nobody = seen
    assert otter == same
    assert len({otter, heron, nobody, ada.id}) == 4
    assert nobody is None


async def _person(database: Database, name: str, role: Role) -> Learner:
    user = User(email=f"{name}@example.org", display_name=name, role=role.value, xp=30)
    async with database.transaction() as session:
        session.add(user)
    return Learner(user.id, user.email, name, role)


async def _xp_in_redis(store: RedisStore, user_id: UUID) -> float | None:
    return await store.call(lambda redis: redis.zscore("nexus:all_time_xp", str(user_id)))
