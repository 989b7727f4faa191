"""Every service of a running platform, by name: what handlers, managers and commands may call.

`composition.open_services` builds one. A handler reaches it as ``self.services``.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

import structlog

from nexus_server.accounts.build import Accounts
from nexus_server.accounts.rate_limits import RateLimits
from nexus_server.authoring.build import Authoring
from nexus_server.clock import Clock
from nexus_server.events.bus import EventBus
from nexus_server.events.relay import EventRelay
from nexus_server.forum.build import Forum
from nexus_server.gamify.announcer import Announcer
from nexus_server.gamify.boards import BoardService
from nexus_server.gamify.own_activity import OwnActivity
from nexus_server.gamify.recorder import Recorder
from nexus_server.gamify.service import GamifyService
from nexus_server.gamify.streak_repairs import StreakRepairs
from nexus_server.intake.large_bodies import LargeBodies
from nexus_server.kernels.first_use import FirstUse
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.lessons.announcements import Announcements
from nexus_server.mastery.advice import MasteryService
from nexus_server.mastery.practice import PracticeService
from nexus_server.notifications.service import NotificationService
from nexus_server.offload.pool import OffloadPool
from nexus_server.playground.service import Playground
from nexus_server.roadmaps.build import Roadmaps
from nexus_server.search.service import SearchService
from nexus_server.servers.build import Servers
from nexus_server.settings import NexusSettings
from nexus_server.settings_in_force import SettingsInForce
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore
from nexus_server.submissions.build import Submissions
from nexus_server.teaching.build import Teaching
from nexus_server.tenancy.incoming import IncomingBudget
from nexus_server.tenancy.kernel_registry import KernelRegistry
from nexus_server.tenancy.kernel_starts import KernelStarts
from nexus_server.tenancy.session_store import SessionStore
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.tutor.build import Tutor
from nexus_server.versions.service import NotebookVersions

log = structlog.get_logger()


class ProcessRole(Enum):
    """What a process is for, which decides what runs in its background."""

    #: serves learners, and runs their kernels
    SERVER = auto()
    #: grades what is queued, and nothing else
    WORKER = auto()
    #: does one job; its kernels end with it
    COMMAND = auto()


class Background(Protocol):
    """Something that works while the server runs: a grading worker, a pool, a reaper."""

    async def start(self) -> None:
        """Begin, on the running event loop."""
        ...

    async def stop(self) -> None:
        """End in good order: finish or give back what is in hand."""
        ...


@dataclass
class Services:
    """The joined objects, and what runs in the background."""

    settings: NexusSettings
    settings_in_force: SettingsInForce
    database: Database
    clock: Clock
    bus: EventBus
    announcer: Announcer
    recorder: Recorder
    gamify: GamifyService
    streak_repairs: StreakRepairs
    boards: BoardService
    own_activity: OwnActivity
    mastery: MasteryService
    practice: PracticeService
    notifications: NotificationService
    accounts: Accounts
    rate_limits: RateLimits
    forum: Forum
    #: None where the site has no Redis
    redis: RedisStore | None
    tenancy: TenancySettings
    versions: NotebookVersions
    kernels: SandboxRuntime
    roadmaps: Roadmaps
    search: SearchService
    tutor: Tutor
    kernel_registry: KernelRegistry
    kernel_sessions: SessionStore
    servers: Servers
    submissions: Submissions
    teaching: Teaching
    lessons: Announcements
    authoring: Authoring
    playground: Playground
    #: optional kernels, prepared when somebody first asks for one
    first_use: FirstUse
    #: works on what is costly beside the event loop
    offload: OffloadPool
    #: how many kernels each learner may start, and how fast
    kernel_starts: KernelStarts
    #: what learners may send to kernels
    incoming: IncomingBudget
    #: large bodies that are on their way in
    large_bodies: LargeBodies
    #: None where the site has no other process
    relay: EventRelay | None
    #: set once the server has taken over the kernels of the one before it: requests wait for that
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    #: started in this order, stopped in the reverse
    background: list[Background] = field(default_factory=list)

    async def start(self) -> None:
        """Start everything that works in the background."""
        for task in self.background:
            await task.start()

    async def close(self) -> None:
        """Stop the background, each part within the site's limit, and let go of the database."""
        await stop_all(self.background, limit_s=self.settings.stop_timeout_s)
        if self.redis is not None:
            await self.redis.close()
        await self.database.close()


async def stop_all(parts: Sequence[Background], *, limit_s: float) -> None:
    """Stop the parts, the last first; one that fails or takes longer than `limit_s` does not keep the others."""
    for part in reversed(parts):
        try:
            async with asyncio.timeout(limit_s):
                await part.stop()
        except Exception:  # whatever it is, the others have to stop
            # What it held comes back by its own means: leases run out, containers are reaped at the next start.
            log.exception("did_not_stop_in_order", part=type(part).__name__)
