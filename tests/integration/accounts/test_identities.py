"""Whose an external identity is, on both databases."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from nexus_server.accounts.audit import AuditFilter
from nexus_server.accounts.errors import (
    ClosedRegistrationError,
    LastCredentialError,
    OtherPersonError,
    UnconfirmedAccountError,
    UnknownIdentityError,
    UnverifiedEmailError,
)
from nexus_server.accounts.oidc.identities import Identities, _require_unlike
from nexus_server.accounts.oidc.proven_identity import ProvenIdentity
from nexus_server.accounts.oidc.settings import Provider
from nexus_server.learner import Role
from nexus_server.store.models.accounts import ExternalIdentity, User
from tests.integration.accounts.conftest import People

CAMPUS = Provider("campus", "Campus", "https://campus.example", "nexus", "secret")


def identity(email: str | None = None, subject: str = "1") -> ProvenIdentity:
    return ProvenIdentity(CAMPUS.issuer, subject, email, " Ada\u200b ", "Mars/Olympus")


@pytest.fixture
def identities(people: People) -> Identities:
    return people.accounts.single_sign_on.identities


async def confirm(people: People, user_id: object) -> None:
    async with people.database.transaction() as session:
        (await session.get_one(User, user_id)).email_verified_at = people.clock.now()


async def count(people: People, model: type[User] | type[ExternalIdentity]) -> int:
    async with people.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_a_newcomer_gets_a_confirmed_account_without_a_password(people: People, identities: Identities) -> None:
    user = await identities.find_or_link(identity("Ada@Example.org"), CAMPUS)
    assert (user.email, user.display_name, user.role, user.timezone) == ("ada@example.org", "Ada", "student", "UTC")
    assert user.password_hash is None
    assert user.email_verified_at == people.clock.now()
    assert (await identities.find_or_link(identity(None), CAMPUS)).id == user.id, "known by the subject alone"


async def test_an_account_that_came_in_meanwhile_is_no_lookalike_of_itself(
    people: People, identities: Identities
) -> None:
    """On PostgreSQL the second look sees what was committed since the first."""
    user = await identities.find_or_link(identity("ada@example.org"), CAMPUS)
    async with people.database.reading() as session:
        await _require_unlike(session, user.email)
    assert (await identities.find_or_link(identity("ada@example.org"), CAMPUS)).id == user.id


async def test_the_same_subject_of_another_issuer_is_somebody_else(identities: Identities) -> None:
    ada = await identities.find_or_link(identity("ada@example.org"), CAMPUS)
    elsewhere = replace(identity("eve@example.org"), issuer="https://evil.example")
    assert (await identities.find_or_link(elsewhere, CAMPUS)).id != ada.id


async def test_a_person_who_arrives_twice_at_once_is_one_person(people: People, identities: Identities) -> None:
    both = await asyncio.gather(*(identities.find_or_link(identity("ada@example.org"), CAMPUS) for _ in range(5)))
    assert len({user.id for user in both}) == 1
    assert (await count(people, User), await count(people, ExternalIdentity)) == (1, 1)


async def test_who_has_no_account_stays_out_where_none_are_made(people: People, identities: Identities) -> None:
    closed = replace(CAMPUS, register=False)
    with pytest.raises(ClosedRegistrationError):
        await identities.find_or_link(identity("ada@example.org"), closed)
    ada = await people.register(email="ada@example.org")
    await confirm(people, ada.id)
    assert (await identities.find_or_link(identity("ada@example.org"), closed)).id == ada.id


async def test_nobody_is_linked_by_an_address_that_one_side_did_not_verify(
    people: People, identities: Identities
) -> None:
    ada = await people.register(email="ada@example.org")
    with pytest.raises(UnconfirmedAccountError):
        await identities.find_or_link(identity(ada.email), CAMPUS)
    await confirm(people, ada.id)
    for missing in (None, "", "no address"):
        with pytest.raises(UnverifiedEmailError):
            await identities.find_or_link(identity(missing), CAMPUS)
    assert await count(people, ExternalIdentity) == 0


async def test_nobody_is_linked_by_a_letter_that_folds_into_another(people: People, identities: Identities) -> None:
    ada = await people.register(email="ada@fussball.example")
    await confirm(people, ada.id)
    stranger = await identities.find_or_link(identity("ada@fußball.example"), CAMPUS)
    assert stranger.id != ada.id


async def test_linking_needs_the_accounts_own_address_and_a_free_identity(
    people: People, identities: Identities
) -> None:
    ada, eve = await people.register(email="ada@example.org"), await people.register(email="eve@example.org")
    with pytest.raises(OtherPersonError):
        await identities.link(eve, identity(ada.email), CAMPUS)
    await identities.link(ada, identity(ada.email), CAMPUS)
    await identities.link(ada, identity(ada.email), CAMPUS)
    with pytest.raises(OtherPersonError):
        await identities.link(eve, identity(eve.email), CAMPUS)
    assert [row.subject for row in await identities.list_own(ada)] == ["1"]
    assert (await people.accounts.profiles.get_profile(ada)).email_verified


async def test_unlinking_leaves_a_way_in(people: People, identities: Identities) -> None:
    boss = await people.register(Role.ADMIN)
    user = await identities.find_or_link(identity("ada@example.org"), CAMPUS)
    async with people.database.transaction() as session:
        issued = people.accounts.sessions.open(session, user)
    ada = issued.learner
    (only,) = await identities.list_own(ada)
    with pytest.raises(LastCredentialError):
        await identities.unlink(ada, only.id)
    with pytest.raises(UnknownIdentityError):
        await identities.unlink(boss, only.id)
    with pytest.raises(UnknownIdentityError):
        await identities.unlink(ada, uuid4())
    await identities.link(ada, identity(ada.email, "2"), CAMPUS)
    await identities.unlink(ada, only.id)
    assert [row.subject for row in await identities.list_own(ada)] == ["2"]
    entries = await people.accounts.audit.read(boss, AuditFilter(subject_id=str(ada.id)), limit=10)
    assert sorted(entry.action for entry in entries.items) == ["identity.link", "identity.link", "identity.unlink"]
