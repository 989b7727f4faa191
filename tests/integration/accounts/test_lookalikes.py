"""Two accounts never have addresses that look alike, whichever way the second one comes in."""

import pytest
from sqlalchemy import select, update

from nexus_server.accounts.errors import EmailTakenError
from nexus_server.accounts.oidc.proven_identity import ProvenIdentity
from nexus_server.accounts.oidc.settings import Provider
from nexus_server.lookalikes import skeleton
from nexus_server.store.models.accounts import User
from tests.integration.accounts.conftest import HOME, PASSWORD, People

CAMPUS = Provider("campus", "Campus", "https://campus.example", "nexus", "secret")
ADA = "ada@bucher.example"
ALIKE = [
    "\u0430da@bucher.example",
    "ada@b\u0443cher.example",
    "ad\u0251@bucher.example",
]


@pytest.mark.parametrize("email", ALIKE)
async def test_a_second_account_that_looks_like_the_first_is_refused(people: People, email: str) -> None:
    await people.register(email=ADA if "y" not in skeleton(email) else "ada@bycher.example")
    with pytest.raises(EmailTakenError):
        await people.register(email=email)


async def test_the_same_address_in_another_form_is_the_same_account(people: People) -> None:
    learner = await people.register(email="u\u0308mit@b\u00fccher.example")
    for form in ("\u00fcmit@b\u00fccher.example", "U\u0308mit@xn--bcher-kva.example"):
        with pytest.raises(EmailTakenError):
            await people.register(email=form)
        assert (await people.accounts.service.get_user(form)).id == learner.id
        login = await people.accounts.service.log_in(form, PASSWORD, HOME)
        assert login.issued.learner.id == learner.id


async def test_a_newcomer_of_a_provider_who_looks_like_somebody_is_refused(people: People) -> None:
    await people.register(email=ADA)
    identities = people.accounts.single_sign_on.identities
    newcomer = ProvenIdentity(CAMPUS.issuer, "1", ALIKE[0], "Ada", "UTC")
    with pytest.raises(EmailTakenError, match="looks like"):
        await identities.find_or_link(newcomer, CAMPUS)
    async with people.database.reading() as session:
        assert len((await session.scalars(select(User))).all()) == 1


async def test_accounts_from_before_that_look_alike_both_stay(people: People) -> None:
    older = await people.register(email=ADA)
    async with people.database.transaction() as session:
        await session.execute(update(User).values(email_skeleton=None))
        session.add(User(email=ALIKE[0], display_name="Other", email_skeleton=None))
    assert (await people.accounts.service.get_user(ADA)).id == older.id
    assert (await people.accounts.service.get_user(ALIKE[0])).id != older.id
