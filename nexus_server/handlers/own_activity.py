"""A learner's own history and weekly goal over HTTP."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from nexus_server.gamify.own_activity import GoalKind
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation


class ActivityQuery(BaseModel):
    """How many weeks, the present one included."""

    model_config = ConfigDict(extra="forbid")
    weeks: int = Field(26, ge=1, le=53)


class ActiveDayOut(FromAttributes):
    """A day on which I was there."""

    day: date
    achievements: int
    xp: int


class GoalOut(FromAttributes):
    """My goal for each week, and how much of it is done in this one."""

    kind: GoalKind
    target: int
    done: int


class ActivityOut(FromAttributes):
    """My active days from a Monday to today, in my time zone; `xp_before` is what I had before them."""

    since: date
    until: date
    xp_before: int
    days: list[ActiveDayOut]
    goal: GoalOut | None


class GoalIn(BaseModel):
    """A goal for each week: days with an achievement, steps, or XP."""

    model_config = ConfigDict(extra="forbid")
    kind: GoalKind
    target: int


class ActivityHandler(NexusHandler):
    """GET /me/activity."""

    @operation("My days, XP and weekly goal", query=ActivityQuery, reply=ActivityOut)
    async def get(self, query: ActivityQuery) -> ActivityOut:
        """Return the learner's own history."""
        return ActivityOut.model_validate(await self.services.own_activity.read(self.learner, weeks=query.weeks))


class GoalHandler(NexusHandler):
    """PUT and DELETE /me/goal."""

    @operation("Choose my weekly goal", body=GoalIn, status=204)
    async def put(self, body: GoalIn) -> None:
        """Keep the goal."""
        await self.services.own_activity.set_goal(self.learner, body.kind, body.target)

    @operation("Have no weekly goal", status=204)
    async def delete(self) -> None:
        """Forget the goal; harmless when there is none."""
        await self.services.own_activity.drop_goal(self.learner)


ROUTES = [Route("/me/activity", ActivityHandler), Route("/me/goal", GoalHandler)]
