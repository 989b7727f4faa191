"""A learner's own view of what they did: by day, with the XP, and towards the goal that they chose for a week.

Days and weeks are the learner's; a week begins on Monday. A goal is what somebody set for themselves: it is shown when
they look, nobody is reminded of it, and what was not reached is not told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.clock import Clock
from nexus_server.gamify.criteria.evaluation import Fact
from nexus_server.gamify.errors import GoalOutOfRangeError
from nexus_server.gamify.history import read_history
from nexus_server.learner import Learner
from nexus_server.learning import EventKind
from nexus_server.phrases import phrase
from nexus_server.standing.streaks import local_day
from nexus_server.store.database import Database
from nexus_server.store.models.accounts import User
from nexus_server.store.models.gamify import WeeklyGoal


class GoalKind(StrEnum):
    """What a goal counts in a week."""

    #: days on which something was achieved
    DAYS = "days"
    STEPS = "steps"
    XP = "xp"


#: the largest goals: beyond these a number is a slip of the finger
MOST = {GoalKind.DAYS: 7, GoalKind.STEPS: 100, GoalKind.XP: 10_000}


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """A day on which a learner was there: what was achieved, and the XP that it paid."""

    day: date
    achievements: int
    xp: int


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """A goal for each week, and how much of it is done in the present one."""

    kind: GoalKind
    target: int
    done: int


@dataclass(frozen=True, slots=True)
class OwnHistory:
    """From a Monday to today: the active days, the XP before them, and the goal (None: none was chosen)."""

    since: date
    until: date
    xp_before: int
    days: Sequence[ActiveDay]
    goal: GoalProgress | None


class OwnActivity:
    """Reads a learner's history, and keeps the goal."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read from `database`."""
        self._database = database
        self._clock = clock

    async def read(self, learner: Learner, *, weeks: int) -> OwnHistory:
        """Return the present week and those before it, `weeks` in all."""
        async with self._database.reading() as session:
            history = await read_history(session, learner.id)
            today = await self._today(session, learner)
            goal = await session.get(WeeklyGoal, learner.id)
        monday = monday_of(today)
        since = monday - timedelta(weeks=weeks - 1)
        recent = [fact for fact in history.facts if fact.day >= since]
        chosen = goal_progress(goal, [fact for fact in recent if fact.day >= monday]) if goal is not None else None
        return OwnHistory(since, today, history.xp - sum(fact.xp for fact in recent), active_days(recent), chosen)

    async def set_goal(self, learner: Learner, kind: GoalKind, target: int) -> None:
        """Choose a goal for each week from now on, in place of the former one.

        Raises:
            GoalOutOfRangeError: it cannot be reached, or is none.
        """
        if not 1 <= target <= MOST[kind]:
            raise GoalOutOfRangeError(fields={"target": phrase("from 1 to {limit}", limit=MOST[kind])})
        async with self._database.transaction() as session:
            goal = WeeklyGoal(user_id=learner.id, kind=kind.value, target=target, set_at=self._clock.now())
            await session.merge(goal)

    async def drop_goal(self, learner: Learner) -> None:
        """Have no goal."""
        async with self._database.transaction() as session:
            goal = await session.get(WeeklyGoal, learner.id)
            if goal is not None:
                await session.delete(goal)

    async def _today(self, session: AsyncSession, learner: Learner) -> date:
        user = await session.get_one(User, learner.id)
        return local_day(self._clock.now(), user.timezone)


def monday_of(day: date) -> date:
    """Return the first day of the week."""
    return day - timedelta(days=day.weekday())


def active_days(facts: Iterable[Fact]) -> list[ActiveDay]:
    """Return the days on which something happened, in their order."""
    by_day: dict[date, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_day[fact.day].append(fact)
    return [
        ActiveDay(day, sum(map(_is_achievement, by_day[day])), sum(fact.xp for fact in by_day[day]))
        for day in sorted(by_day)
    ]


def goal_progress(goal: WeeklyGoal, facts: Sequence[Fact]) -> GoalProgress:
    """Return how much of a goal the facts of a week do."""
    kind = GoalKind(goal.kind)
    done = {
        GoalKind.DAYS: len({fact.day for fact in facts if _is_achievement(fact)}),
        GoalKind.STEPS: sum(fact.kind == EventKind.NODE_COMPLETED.value for fact in facts),
        GoalKind.XP: sum(fact.xp for fact in facts),
    }
    return GoalProgress(kind, goal.target, done[kind])


def _is_achievement(fact: Fact) -> bool:
    return fact.kind != EventKind.DAILY_ACTIVITY.value
