"""A message to a class rings each student's bell, and goes by mail to addresses that were proved."""

from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select, update

from nexus_server.accounts.errors import UnknownCohortError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Role
from nexus_server.store.models.accounts import AuditEntry, Notification, User
from tests.integration.accounts.conftest import People


async def test_a_message_reaches_the_students_of_the_class_and_nobody_else(people: People) -> None:
    teacher = await people.register(Role.INSTRUCTOR, "Grace Hopper")
    cohort = await people.accounts.cohorts.create(teacher, "Morning class")
    ada, bob = await people.register(name="Ada"), await people.register(name="Bob")
    outsider = await people.register(name="Cleo")
    for student in (ada, bob):
        await people.accounts.cohorts.join(student, cohort.join_code)
    async with people.database.transaction() as session:
        await session.execute(update(User).where(User.id == ada.id).values(email_verified_at=people.clock.time))
        await session.execute(update(User).where(User.id == bob.id).values(email_verified_at=None))
    messages = people.accounts.class_messages
    sent = await messages.send(teacher, cohort.id, "Tomorrow", "Bring {your} questions.", by_mail=True)
    assert (sent.students, sent.mails) == (2, 1)
    async with people.database.reading() as session:
        rows = list(await session.scalars(select(Notification).where(Notification.type == "class.message")))
        noted = await session.scalar(select(AuditEntry.data).where(AuditEntry.action == "cohort.message"))
    assert {row.user_id for row in rows} == {ada.id, bob.id}
    told = {
        "cohort": "Morning class",
        "subject": "Tomorrow",
        "text": "Bring {your} questions.",
        "sender": "Grace Hopper",
    }
    assert [row.payload for row in rows] == [told, told]
    assert noted == {"subject": "Tomorrow", "students": 2}
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in people.outbox.glob("*.eml")]
    (mail,) = [each for each in mails if each["subject"] == "Tomorrow"]
    assert mail["to"] == ada.email
    assert "Bring {your} questions." in mail.get_content()
    assert (await messages.send(teacher, cohort.id, "Again", "Only the bell.", by_mail=False)).mails == 0
    stranger = await people.register(Role.INSTRUCTOR, "Stranger")
    with pytest.raises(UnknownCohortError):
        await messages.send(stranger, cohort.id, "Spam", "Spam", by_mail=True)
    with pytest.raises(ForbiddenError):
        await messages.send(outsider, cohort.id, "Spam", "Spam", by_mail=True)
