"""Messages to a whole class: a line under each student's bell, and a mail for those whose address is proved."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import STUDENT
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.mail import Mailer
from nexus_server.languages import UserLanguage, find_language, translate
from nexus_server.learner import Learner
from nexus_server.phrases import gettext_noop, phrase
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import CohortMember, Notification, User

TEXT = gettext_noop("""Hello {name},

{text}

{sender}, for the class "{cohort}"
""")


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Whom a message reached."""

    students: int
    mails: int


class ClassMessages:
    """Sends them, for those who teach the class."""

    def __init__(self, database: Database, cohorts: Cohorts, audit: AuditLog, mailer: Mailer) -> None:
        """Mails go out by `mailer`."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._mailer = mailer

    async def send(
        self, instructor: Learner, cohort_id: UUID, subject: str, text: str, *, by_mail: bool
    ) -> SentMessage:
        """Tell every student of a class something. Addresses that nobody proved get no mail.

        Raises:
            ForbiddenError: students may not.
            UnknownCohortError: there is none, or it is another instructor's.
        """
        cohort = await self._cohorts.get(instructor, cohort_id)
        query = select(User).join(CohortMember, CohortMember.user_id == User.id)
        query = query.where(CohortMember.cohort_id == cohort_id, CohortMember.role == STUDENT)
        told = {"cohort": cohort.name, "subject": subject, "text": text, "sender": instructor.display_name}
        async with self._database.transaction() as session:
            students = list(await session.scalars(query.where(User.disabled_at.is_(None))))
            for student in students:
                session.add(Notification(user_id=student.id, type="class.message", payload=told))
            facts = {"subject": subject, "students": len(students)}
            self._audit.write(session, instructor.id, "cohort.message", "cohort", cohort_id, **facts)
        proved = [student for student in students if by_mail and student.email_verified_at is not None]
        for student in proved:
            words = {"name": student.display_name, "text": text, "cohort": cohort.name}
            mail = phrase(TEXT, sender=instructor.display_name, **words)
            language = find_language(student.language) or UserLanguage.ENGLISH
            await self._mailer.post(student.email, subject, translate(mail, language))
        return SentMessage(len(students), len(proved))
