"""Classes: joined by learners, kept by instructors."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.accounts.class_access import ClassRight
from nexus_server.accounts.class_members import StaffRole
from nexus_server.handlers.account_fields import Email
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.standing.classes import NextOrder

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class JoinIn(BaseModel):
    """A class's code, as the instructor told it."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class JoinedOut(BaseModel):
    """The class that was joined."""

    id: UUID
    name: str


class JoinedCohortOut(FromAttributes):
    """A class, to those who belong to it."""

    id: UUID
    name: str
    shows_boards: bool
    shows_xp: bool


class JoinedCohortsOut(BaseModel):
    """The classes that somebody belongs to, by name."""

    items: list[JoinedCohortOut]
    next: None = None


class CohortIn(BaseModel):
    """A new class."""

    model_config = ConfigDict(extra="forbid")
    name: Name


class CohortChangeIn(BaseModel):
    """What to change of a class; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: Name = ""
    #: days on which nobody's streak breaks
    holidays: Annotated[list[date], Field(max_length=366)] = []
    #: whether the students are on leaderboards, and see them
    shows_boards: bool = True
    #: whether the students see XP and ranks, which are counted all the same
    shows_xp: bool = True
    #: whether *Next for you* chooses for the students, or follows the roadmap
    next_order: NextOrder = NextOrder.CHOSEN
    archived: bool = False
    #: make a new join code; the old one is worthless then
    new_join_code: bool = False


class CohortOut(FromAttributes):
    """A class, to its instructors."""

    id: UUID
    name: str
    join_code: str
    holidays: list[date]
    shows_boards: bool
    shows_xp: bool
    next_order: NextOrder
    created_at: datetime
    archived_at: datetime | None


class ListedCohortOut(CohortOut):
    """A class in a list."""

    students: int
    #: what I am in it: graders read and mark what its students hand in
    my_role: StaffRole


class CohortsOut(BaseModel):
    """Classes, newest first; archived ones come last."""

    items: list[ListedCohortOut]
    next: None = None


class MemberIn(BaseModel):
    """Whom to add."""

    model_config = ConfigDict(extra="forbid")
    email: Email
    #: as what; a student is a student
    role: StaffRole = "instructor"


class MemberRoleIn(BaseModel):
    """As what a colleague belongs to a class."""

    model_config = ConfigDict(extra="forbid")
    role: StaffRole


class MemberOut(FromAttributes):
    """A person in a class."""

    user_id: UUID
    display_name: str
    email: str
    role: str
    joined_at: datetime
    last_login: datetime | None
    labels: list[str]


class MembersOut(BaseModel):
    """The people in a class, instructors and graders first."""

    items: list[MemberOut]
    next: None = None


class JoinHandler(NexusHandler):
    """POST /cohorts/join."""

    @operation("Join a class by its code", body=JoinIn, reply=JoinedOut)
    async def post(self, body: JoinIn) -> JoinedOut:
        """Join; joining twice is fine."""
        await self.services.rate_limits.hit("join_cohort", self.learner.id)
        cohort = await self.services.accounts.cohorts.join(self.learner, body.code)
        return JoinedOut(id=cohort.id, name=cohort.name)


class JoinedCohortsHandler(NexusHandler):
    """GET /me/cohorts."""

    @operation("The classes that I belong to", reply=JoinedCohortsOut)
    async def get(self) -> JoinedCohortsOut:
        """Return the caller's open classes."""
        cohorts = await self.services.accounts.cohorts.list_joined(self.learner)
        return JoinedCohortsOut(items=[JoinedCohortOut.model_validate(cohort) for cohort in cohorts])


class CohortsHandler(NexusHandler):
    """GET and POST /teaching/cohorts."""

    @operation("List my classes", reply=CohortsOut)
    async def get(self) -> CohortsOut:
        """Return the classes that the caller teaches, or marks in."""
        rows = await self.services.accounts.cohorts.list_own(self.learner, ClassRight.MARK)
        items = [
            ListedCohortOut(
                **CohortOut.model_validate(own.cohort).model_dump(), students=own.students, my_role=own.my_role
            )
            for own in rows
        ]
        return CohortsOut(items=items)

    @operation("Make a class", body=CohortIn, reply=CohortOut, status=201)
    async def post(self, body: CohortIn) -> CohortOut:
        """Make a class that the caller teaches."""
        return CohortOut.model_validate(await self.services.accounts.cohorts.create(self.learner, body.name))


class CohortHandler(NexusHandler):
    """GET and PATCH /teaching/cohorts/{id}."""

    @operation("Read a class", reply=CohortOut)
    async def get(self, cohort_id: UUID) -> CohortOut:
        """Return one of the caller's classes."""
        return CohortOut.model_validate(
            await self.services.accounts.cohorts.get(self.learner, cohort_id, ClassRight.MARK)
        )

    @operation("Change a class", body=CohortChangeIn, reply=CohortOut)
    async def patch(self, cohort_id: UUID, body: CohortChangeIn) -> CohortOut:
        """Change what is given."""
        values = body.model_dump(mode="json", exclude_unset=True)
        return CohortOut.model_validate(await self.services.accounts.cohorts.change(self.learner, cohort_id, values))


class CohortCopyIn(BaseModel):
    """What differs in a copy of a class."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    #: by how many days its dates are later; 364 keeps weekdays
    shift_days: int = Field(0, ge=-3_660, le=3_660)


class CohortCopiesHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/copies."""

    @operation("Copy a class for the next term, without its students", body=CohortCopyIn, reply=CohortOut, status=201)
    async def post(self, cohort_id: UUID, body: CohortCopyIn) -> CohortOut:
        """Copy it."""
        copies = self.services.teaching.class_copies
        return CohortOut.model_validate(await copies.copy(self.learner, cohort_id, body.name, body.shift_days))


class ClassMessageIn(BaseModel):
    """What to tell a class."""

    model_config = ConfigDict(extra="forbid")
    #: one line: it is the subject of the mail
    subject: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=r"^[^\r\n]*$")
    ]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
    #: whether it goes by mail as well
    by_mail: bool = False


class SentMessageOut(FromAttributes):
    """Whom a message reached."""

    students: int
    mails: int


class ClassMessagesHandler(NexusHandler):
    """POST /teaching/cohorts/{cohort_id}/messages."""

    @operation(
        "Tell a class something, under the bell and by mail", body=ClassMessageIn, reply=SentMessageOut, status=201
    )
    async def post(self, cohort_id: UUID, body: ClassMessageIn) -> SentMessageOut:
        """Tell it."""
        await self.services.rate_limits.hit("class_messages", self.learner.id)
        messages = self.services.accounts.class_messages
        sent = await messages.send(self.learner, cohort_id, body.subject, body.text, by_mail=body.by_mail)
        return SentMessageOut.model_validate(sent)


class MembersHandler(NexusHandler):
    """GET and POST /teaching/cohorts/{id}/members."""

    @operation("List the people in a class", reply=MembersOut)
    async def get(self, cohort_id: UUID) -> MembersOut:
        """Return the members of one of the caller's classes."""
        members = await self.services.accounts.class_members.list_all(self.learner, cohort_id)
        return MembersOut(items=[MemberOut.model_validate(member) for member in members])

    @operation("Add a colleague to a class", body=MemberIn, status=204)
    async def post(self, cohort_id: UUID, body: MemberIn) -> None:
        """Add an instructor or a grader; admins may add students too."""
        await self.services.accounts.class_members.add(self.learner, cohort_id, body.email, body.role)


class MemberHandler(NexusHandler):
    """PATCH and DELETE /teaching/cohorts/{id}/members/{user_id}."""

    @operation("Let a colleague run a class, or mark only", body=MemberRoleIn, status=204)
    async def patch(self, cohort_id: UUID, user_id: UUID, body: MemberRoleIn) -> None:
        """Change what they are in it."""
        await self.services.accounts.class_members.set_role(self.learner, cohort_id, user_id, body.role)

    @operation("Take somebody out of a class", status=204)
    async def delete(self, cohort_id: UUID, user_id: UUID) -> None:
        """Remove a member; harmless when they are not in it."""
        await self.services.accounts.class_members.remove(self.learner, cohort_id, user_id)


ROUTES = [
    Route("/me/cohorts", JoinedCohortsHandler),
    Route("/cohorts/join", JoinHandler),
    Route("/teaching/cohorts", CohortsHandler),
    Route("/teaching/cohorts/{cohort_id}", CohortHandler),
    Route("/teaching/cohorts/{cohort_id}/copies", CohortCopiesHandler),
    Route("/teaching/cohorts/{cohort_id}/messages", ClassMessagesHandler),
    Route("/teaching/cohorts/{cohort_id}/members", MembersHandler),
    Route("/teaching/cohorts/{cohort_id}/members/{user_id}", MemberHandler),
]
