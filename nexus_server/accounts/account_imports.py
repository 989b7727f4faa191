"""Accounts made from a list, and put into a class: first seen, then made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.accounts.account_list import ListedAccount, read_accounts
from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_access import INSTRUCTOR, STUDENT
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.errors import AccountListChangedError, BadAccountListError
from nexus_server.accounts.listing import BoardKeeper
from nexus_server.accounts.permissions import Permission, require
from nexus_server.clock import Clock
from nexus_server.csv_table import TableProblem, fields_of, problem_at, read_table, seen_digest
from nexus_server.learner import Learner, Role
from nexus_server.lookalikes import skeleton
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import CohortMember, User


class AccountChange(BaseModel):
    """What becomes of a line: a new account, a place in the class, both or neither."""

    line: int
    email: str
    display_name: str
    role: Role
    is_new: bool
    joins: bool


class AccountImport(BaseModel):
    """What a list would make, or made."""

    encoding: str
    items: list[AccountChange]
    problems: list[TableProblem]
    #: of the changes: who makes them says with it what they have seen
    seen: str


@dataclass(frozen=True, slots=True)
class _Known:
    """Who is here already, by address and by what look-alike addresses share."""

    by_email: Mapping[str, User]
    by_skeleton: Mapping[str | None, User]
    #: ids of those in the class
    members: frozenset[UUID]


class AccountImports:
    """Shows what a list would make, and makes it."""

    def __init__(
        self, database: Database, cohorts: Cohorts, audit: AuditLog, clock: Clock, boards: BoardKeeper
    ) -> None:
        """`boards` hear of who joins a class."""
        self._database = database
        self._cohorts = cohorts
        self._audit = audit
        self._clock = clock
        self._boards = boards

    async def preview(self, admin: Learner, data: bytes, cohort_id: UUID | None) -> AccountImport:
        """Return what a list would make. Nothing is written.

        Raises:
            ForbiddenError: only admins may.
            UnknownCohortError
            UnreadableTableError: it is no list of accounts; the message says why.
        """
        require(admin, Permission.MANAGE_USERS)
        if cohort_id is not None:
            await self._cohorts.get(admin, cohort_id)
        table = read_table(data)
        accounts, problems = read_accounts(table)
        async with self._database.reading() as session:
            known = await _who_is_here(session, accounts, cohort_id)
        items = [_change(account, known, joins=cohort_id is not None) for account in accounts]
        problems = sorted([*problems, *_misfits(accounts, known)], key=lambda each: each.line)
        return AccountImport(
            encoding=table.encoding,
            items=items,
            problems=problems,
            seen=_digest(items, cohort_id),
        )

    async def write(self, admin: Learner, data: bytes, cohort_id: UUID | None, seen: str) -> AccountImport:
        """Make what a preview showed: all of it or nothing. New accounts have no password yet.

        Raises:
            ForbiddenError: only admins may.
            UnknownCohortError
            UnreadableTableError, BadAccountListError: it is no such list, or some of its lines cannot be taken over.
            AccountListChangedError: this is not what the preview showed.
        """
        found = await self.preview(admin, data, cohort_id)
        if found.problems:
            raise BadAccountListError(fields=fields_of(found.problems))
        if found.seen != seen:
            raise AccountListChangedError
        accounts, _ = read_accounts(read_table(data))
        try:
            async with self._database.transaction() as session:
                joined = await self._make(session, admin, accounts, cohort_id)
        except IntegrityError as exc:  # somebody registered with such an address meanwhile
            raise AccountListChangedError from exc
        for user_id in joined:
            await self._boards.put_scores(user_id)
        return found

    async def _make(
        self, session: AsyncSession, admin: Learner, accounts: Sequence[ListedAccount], cohort_id: UUID | None
    ) -> list[UUID]:
        """Write accounts and places in the class; return whose place is new."""
        known, now = await _who_is_here(session, accounts, cohort_id), self._clock.now()
        joined = []
        for account in accounts:
            user = known.by_email.get(account.email)
            if user is None:
                user = User(
                    id=uuid4(),
                    email=account.email,
                    display_name=account.display_name,
                    role=account.role.value,
                    timezone=account.timezone,
                    created_at=now,
                )
                session.add(user)
                self._audit.write(session, admin.id, "user.import", "user", user.id, role=account.role.value)
            if cohort_id is not None and user.id not in known.members:
                await session.flush()
                role = STUDENT if user.role == Role.STUDENT else INSTRUCTOR
                session.add(CohortMember(cohort_id=cohort_id, user_id=user.id, role=role, joined_at=now))
                self._audit.write(session, admin.id, "cohort.add", "cohort", cohort_id, user_id=str(user.id), role=role)
                joined.append(user.id)
        return joined


async def _who_is_here(session: AsyncSession, accounts: Sequence[ListedAccount], cohort_id: UUID | None) -> _Known:
    emails = [account.email for account in accounts]
    alike = [skeleton(email) for email in emails]
    users = list(await session.scalars(select(User).where(or_(User.email.in_(emails), User.email_skeleton.in_(alike)))))
    members = await session.scalars(select(CohortMember.user_id).where(CohortMember.cohort_id == cohort_id))
    return _Known(
        {user.email: user for user in users},
        {user.email_skeleton: user for user in users if user.email_skeleton is not None},
        frozenset(members if cohort_id is not None else ()),
    )


def _change(account: ListedAccount, known: _Known, *, joins: bool) -> AccountChange:
    user = known.by_email.get(account.email)
    return AccountChange(
        line=account.line,
        email=account.email,
        display_name=user.display_name if user else account.display_name,
        role=Role(user.role) if user else account.role,
        is_new=user is None,
        joins=joins and (user is None or user.id not in known.members),
    )


def _misfits(accounts: Sequence[ListedAccount], known: _Known) -> list[TableProblem]:
    """Return what is wrong with lines next to who is here."""
    problems = []
    seen: dict[str, ListedAccount] = {}
    for account in accounts:
        user, shape = known.by_email.get(account.email), skeleton(account.email)
        other = seen.setdefault(shape, account)
        if user is not None and user.disabled_at is not None:
            problems.append(problem_at(account.line, "email", f"The account of {account.email} is disabled."))
        elif user is not None and account.role is Role.INSTRUCTOR and user.role == Role.STUDENT:
            words = f"{account.email} is a student here. Change the role in the list of people first."
            problems.append(problem_at(account.line, "role", words))
        elif user is None and not account.display_name:
            problems.append(problem_at(account.line, "name", "A new account needs a name."))
        elif user is None and (shape in known.by_skeleton or other is not account):
            words = f"{account.email} looks like the address of somebody else."
            problems.append(problem_at(account.line, "email", words))
    return problems


def _digest(items: Sequence[AccountChange], cohort_id: UUID | None) -> str:
    return seen_digest([str(cohort_id), *([item.email, item.role, item.is_new, item.joins] for item in items)])
