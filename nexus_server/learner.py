"""Who is asking: the identity that every service takes as an argument."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from nexus_server.languages import UserLanguage


class Role(StrEnum):
    """What a person may do; the permission table is in `accounts/permissions.py`."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Learner:
    """An authenticated person, as known when the request began."""

    id: UUID
    email: str
    display_name: str
    role: Role
    #: IANA name, e.g. ``Europe/Berlin``
    timezone: str = "UTC"
    #: the login session that the credential belongs to; None for in-process callers such as the command line
    session_id: UUID | None = None
    #: the language that this person chose; None: the browser's
    language: UserLanguage | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this person teaches or administers."""
        return self.role in (Role.INSTRUCTOR, Role.ADMIN)
