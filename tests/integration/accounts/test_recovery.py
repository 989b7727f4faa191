"""What goes through a mailbox, on both databases."""

from uuid import uuid4

import pytest

from nexus_server.accounts.administration import UserChange
from nexus_server.accounts.audit import AuditFilter
from nexus_server.accounts.errors import (
    AccountDisabledError,
    BadCredentialsError,
    BadOneTimeTokenError,
    UnknownUserError,
    WeakPasswordError,
)
from nexus_server.errors import ForbiddenError
from nexus_server.languages import UserLanguage
from nexus_server.learner import Role
from tests.integration.accounts.conftest import People

NEW = "another-fine-password-77"


async def test_a_mailed_token_proves_the_address_once(people: People) -> None:
    ada = await people.register()
    people.accounts.recovery.ask_verification(ada.id)
    (token,) = await people.mailed_tokens()
    await people.accounts.recovery.verify_email(token)
    assert (await people.accounts.profiles.get_profile(ada)).email_verified
    with pytest.raises(BadOneTimeTokenError):
        await people.accounts.recovery.verify_email(token)


async def test_a_reset_changes_the_password_and_ends_every_session(people: People) -> None:
    ada = await people.register()
    issued = await people.log_in(ada)
    people.accounts.recovery.ask_reset(ada.email.upper())
    (token,) = await people.mailed_tokens()
    await people.accounts.recovery.reset_password(token, NEW)
    assert not await people.is_in(issued)
    with pytest.raises(BadCredentialsError):
        await people.log_in(ada)
    assert await people.log_in(ada, NEW)


async def test_a_refused_password_does_not_use_the_token_up(people: People) -> None:
    ada = await people.register()
    people.accounts.recovery.ask_reset(ada.email)
    (token,) = await people.mailed_tokens()
    with pytest.raises(WeakPasswordError):
        await people.accounts.recovery.reset_password(token, "password123")
    await people.accounts.recovery.reset_password(token, NEW)


async def test_an_unknown_address_gets_no_mail(people: People) -> None:
    people.accounts.recovery.ask_reset("nobody@example.org")
    assert await people.mailed_tokens() == []


async def test_a_token_is_good_for_one_purpose_and_an_hour(people: People) -> None:
    ada = await people.register()
    people.accounts.recovery.ask_reset(ada.email)
    (token,) = await people.mailed_tokens()
    with pytest.raises(BadOneTimeTokenError):
        await people.accounts.recovery.verify_email(token)
    people.pass_time(hours=1)
    with pytest.raises(BadOneTimeTokenError):
        await people.accounts.recovery.reset_password(token, NEW)


async def test_a_second_mail_makes_the_first_one_worthless(people: People) -> None:
    ada = await people.register()
    people.accounts.recovery.ask_reset(ada.email)
    (first,) = await people.mailed_tokens()
    people.accounts.recovery.ask_reset(ada.email)
    _, second = await people.mailed_tokens()
    with pytest.raises(BadOneTimeTokenError):
        await people.accounts.recovery.reset_password(first, NEW)
    await people.accounts.recovery.reset_password(second, NEW)


async def test_changing_the_password_keeps_this_session_only(people: People) -> None:
    ada = await people.register(Role.INSTRUCTOR)
    here, there = await people.log_in(ada), await people.log_in(ada)
    with pytest.raises(BadCredentialsError):
        await people.accounts.recovery.change_password(here.learner, "wrong-password-1", NEW)
    await people.accounts.recovery.change_password(here.learner, "correct-horse-42-battery", NEW)
    assert await people.is_in(here)
    assert not await people.is_in(there)
    assert await people.log_in(ada, NEW)


async def test_an_admin_mails_a_link_and_leaves_a_trace(people: People) -> None:
    boss, ada = await people.register(Role.ADMIN), await people.register()
    issued = await people.log_in(ada)
    assert await people.accounts.recovery.offer_reset(boss, ada.id) == ada.email
    (token,) = await people.mailed_tokens()
    assert await people.is_in(issued), "nothing has changed yet"
    await people.accounts.recovery.reset_password(token, NEW)
    await people.log_in(ada, NEW)
    (entry,) = (await people.accounts.audit.read(boss, AuditFilter(action="password.reset_offered"), limit=5)).items
    assert (entry.actor_id, entry.subject_id) == (boss.id, str(ada.id))


async def test_only_admins_offer_a_reset_and_only_to_who_can_log_in(people: People) -> None:
    boss, teacher = await people.register(Role.ADMIN), await people.register(Role.INSTRUCTOR)
    ada = await people.register()
    with pytest.raises(ForbiddenError):
        await people.accounts.recovery.offer_reset(teacher, ada.id)
    with pytest.raises(UnknownUserError):
        await people.accounts.recovery.offer_reset(boss, uuid4())
    await people.accounts.administration.change_user(boss, ada.id, UserChange(disabled=True))
    with pytest.raises(AccountDisabledError):
        await people.accounts.recovery.offer_reset(boss, ada.id)
    assert await people.mailed_tokens() == []


async def test_a_mail_is_in_the_language_of_the_account_else_of_who_asked(people: People) -> None:
    ada = await people.register()
    people.accounts.recovery.ask_reset(ada.email, UserLanguage.SPANISH)
    await people.mailed_tokens()
    assert "Elige una contraseña nueva" in people.subjects()
    await people.accounts.profiles.change(ada, {"language": "de"})
    people.accounts.recovery.ask_reset(ada.email, UserLanguage.SPANISH)
    await people.mailed_tokens()
    assert "Wähle ein neues Passwort" in people.subjects()
    await people.accounts.profiles.change(ada, {"language": ""})
    people.accounts.recovery.ask_reset(ada.email)
    await people.mailed_tokens()
    assert "Choose a new password" in people.subjects()
