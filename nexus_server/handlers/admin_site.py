"""The site as a whole, for administrators: the grading queue, the settings in force, and health."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.health.report import health_of
from nexus_server.settings_in_force import SettingsGroupView
from nexus_server.standing.streaks import Outage
from nexus_server.submissions.overview import QueueView
from nexus_server.version import __version__


class SettingsInForceOut(BaseModel):
    """Groups of settings."""

    items: list[SettingsGroupView]
    next: None = None


class FindingOut(FromAttributes):
    """One thing that was looked at; `advice` says what to do unless it is ok."""

    name: str
    status: Literal["ok", "warning", "failure"]
    message: str
    advice: str


class HealthOut(BaseModel):
    """The server's version, and what was looked at, failures first."""

    version: str
    items: list[FindingOut]
    next: None = None


class QueueHandler(NexusHandler):
    """GET /admin/queue."""

    @operation("See the grading queue", reply=QueueView)
    async def get(self) -> QueueView:
        """Return what is not graded."""
        return await self.services.submissions.overview.read(self.learner)


class SettingsHandler(NexusHandler):
    """GET /admin/settings."""

    @operation("See the settings in force", reply=SettingsInForceOut)
    async def get(self) -> SettingsInForceOut:
        """Return every group."""
        return SettingsInForceOut(items=self.services.settings_in_force.read(self.learner))


class HealthHandler(NexusHandler):
    """GET /admin/health."""

    @operation("See the server's health, and what to do", reply=HealthOut)
    async def get(self) -> HealthOut:
        """Look at everything."""
        findings = await health_of(self.services, self.learner)
        return HealthOut(version=__version__, items=[FindingOut.model_validate(finding) for finding in findings])


class StreakRepairIn(BaseModel):
    """An outage to make up for. A rehearsal tells what would come of it, and is what happens unless it is denied."""

    model_config = ConfigDict(extra="forbid")

    begin: AwareDatetime
    end: AwareDatetime
    is_rehearsal: bool = True


class RepairedStreakOut(FromAttributes):
    """A streak, before and after the repair."""

    user_id: UUID
    display_name: str
    before: int
    after: int


class StreakRepairOut(FromAttributes):
    """Streaks that are restored, and how many are kept until their learners come back."""

    restored: list[RepairedStreakOut]
    held: int


class StreakRepairsHandler(NexusHandler):
    """POST /admin/streak-repairs."""

    @operation("Make up for an outage: nobody's streak ends because of it", body=StreakRepairIn, reply=StreakRepairOut)
    async def post(self, body: StreakRepairIn) -> StreakRepairOut:
        """Repair streaks, or rehearse it."""
        outage = Outage(body.begin, body.end)
        done = await self.services.streak_repairs.repair(self.learner, outage, is_rehearsal=body.is_rehearsal)
        return StreakRepairOut.model_validate(done)


ROUTES = [
    Route("/admin/streak-repairs", StreakRepairsHandler),
    Route("/admin/queue", QueueHandler),
    Route("/admin/settings", SettingsHandler),
    Route("/admin/health", HealthHandler),
]
