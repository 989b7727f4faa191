"""Parts of a site that have a leaderboard of their own: classes, and leagues. And who is listed at all."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, select

from nexus_server.standing.classes import students_without
from nexus_server.store.models.accounts import Cohort, CohortMember, User
from nexus_server.store.models.gamify import LeaguePlace

STUDENT = "student"


class BoardGroup(Protocol):
    """Some of the learners."""

    def members(self) -> Select[UUID]:
        """Return the statement of their ids."""
        ...


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """The students of a class."""

    cohort_id: UUID

    def members(self) -> Select[UUID]:
        """Return the statement of their ids."""
        return select(CohortMember.user_id).where(
            CohortMember.cohort_id == self.cohort_id, CohortMember.role == STUDENT
        )


@dataclass(frozen=True, slots=True)
class League:
    """About thirty learners of one rank, for one week. `band` is the rank's place, `number` counts from 1."""

    week: str
    band: int
    number: int

    def members(self) -> Select[UUID]:
        """Return the statement of their ids."""
        return select(LeaguePlace.user_id).where(
            LeaguePlace.week == self.week, LeaguePlace.band == self.band, LeaguePlace.number == self.number
        )


_WITHOUT = students_without(Cohort.shows_boards, Cohort.shows_xp)
#: who is on leaderboards
LISTED = (User.disabled_at.is_(None), User.leaderboard_opt_out.is_(False), User.id.not_in(_WITHOUT))
