"""The one place where objects are built and joined: a site's services from its configuration."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from traitlets.config import Config, Configurable
from traitlets.config.loader import PyFileConfigLoader

from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.build import Around, open_accounts
from nexus_server.accounts.mail import MailSettings
from nexus_server.accounts.oidc.settings import SingleSignOnSettings
from nexus_server.accounts.rate_limits import RateLimits, RateLimitSettings
from nexus_server.accounts.settings import AccountSettings
from nexus_server.authoring.build import Authoring, open_authoring, sandbox_labs
from nexus_server.authoring.settings import AuthoringSettings
from nexus_server.clock import Clock, SystemClock
from nexus_server.events.bus import EventBus
from nexus_server.events.kernel_positions import tell_position
from nexus_server.events.relay import EventRelay
from nexus_server.forum.build import open_forum
from nexus_server.forum.settings import ForumSettings
from nexus_server.gamify.build import open_gamify
from nexus_server.gamify.recorder import Recorder
from nexus_server.gamify.settings import GamifySettings
from nexus_server.gamify.streak_repairs import StreakRepairs
from nexus_server.grading.settings import GradingSettings
from nexus_server.installation import JUPYTER_CONFIG
from nexus_server.intake.large_bodies import LargeBodies
from nexus_server.intake.settings import IntakeSettings
from nexus_server.jupyter.contents.learner_dirs import opener_of
from nexus_server.kernels.first_use import FirstUse
from nexus_server.kernels.runtime import SandboxRuntime, install
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.lessons.announcements import Announcements
from nexus_server.lessons.kernel_forecast import KernelForecast
from nexus_server.mastery.build import open_mastery
from nexus_server.mastery.settings import MasterySettings
from nexus_server.notifications.service import NotificationService
from nexus_server.observability.logs import LogSettings
from nexus_server.observability.loop_lag import LoopLag
from nexus_server.observability.metrics import PlatformMetrics
from nexus_server.offload.pool import OffloadPool
from nexus_server.offload.settings import OffloadSettings
from nexus_server.part_watch import PartWatch
from nexus_server.playground.service import Playground
from nexus_server.roadmaps.build import Roadmaps, open_roadmaps
from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace
from nexus_server.roadmaps.settings import ContentSettings
from nexus_server.search.build import open_search
from nexus_server.servers.build import open_servers
from nexus_server.servers.settings import ServerSettings
from nexus_server.servers.workspaces.settings import ObjectStoreSettings
from nexus_server.services import Background, ProcessRole, Services
from nexus_server.settings import FrozenConfigurable, NexusSettings
from nexus_server.settings_in_force import SettingsInForce
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore, open_redis
from nexus_server.store.redis_channel import RedisChannel
from nexus_server.submissions.build import SubmissionsContext, open_submissions
from nexus_server.submissions.settings import GradingQueueSettings
from nexus_server.teaching.build import open_teaching
from nexus_server.tenancy.incoming import IncomingBudget
from nexus_server.tenancy.kernel_registry import KernelRegistry
from nexus_server.tenancy.kernel_starts import KernelStarts
from nexus_server.tenancy.session_store import SessionStore
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.tutor.build import open_tutor
from nexus_server.tutor.settings import TutorSettings
from nexus_server.versions.service import NotebookVersions

S = TypeVar("S", bound=FrozenConfigurable)

#: every group of settings that `jupyter_config.py` may set
SETTINGS: list[type[Configurable]] = [
    NexusSettings,
    ContentSettings,
    AuthoringSettings,
    AccountSettings,
    MailSettings,
    SingleSignOnSettings,
    RateLimitSettings,
    GamifySettings,
    ForumSettings,
    MasterySettings,
    TenancySettings,
    TutorSettings,
    OffloadSettings,
    IntakeSettings,
    GradingSettings,
    GradingQueueSettings,
    SandboxSettings,
    ServerSettings,
    ObjectStoreSettings,
    LogSettings,
]


def load_config() -> Config:
    """Return what `jupyter_config.py` and the site's own files say, for commands that run without a server."""
    return PyFileConfigLoader(JUPYTER_CONFIG.name, path=str(JUPYTER_CONFIG.parent)).load_config()


@dataclass(frozen=True)
class _Base:
    """What every domain is built on."""

    settings: NexusSettings
    database: Database
    clock: Clock
    bus: EventBus
    #: None where the site has no Redis
    redis: RedisStore | None
    rate_limits: RateLimits


def open_services(config: Config | None = None, *, role: ProcessRole = ProcessRole.COMMAND) -> Services:
    """Build every service, started by nobody yet; the process's role says what runs in the background."""
    config = load_config() if config is None else config
    base = _open_base(config)
    database, clock, offload = base.database, base.clock, OffloadPool(frozen(OffloadSettings, config))
    tenancy, forum = frozen(TenancySettings, config), frozen(ForumSettings, config)
    kernels = _open_kernels(config, base, role)
    gamify = open_gamify(frozen(GamifySettings, config), database, clock, bus=base.bus, redis=base.redis)
    around = Around(database, clock, base.redis, base.rate_limits, gamify.recorder, gamify.announcer)
    accounts = open_accounts(config, base.settings, around, erasers=[gamify.announcer])
    open_workspace = opener_of(kernels.workspaces, tenancy)
    roadmaps = _open_roadmaps(config, base, gamify.recorder, open_workspace)
    context = SubmissionsContext(base.settings, database, clock, base.bus, roadmaps, open_workspace, offload)
    submissions = open_submissions(context, frozen(GradingQueueSettings, config), frozen(GradingSettings, config))
    notifications = NotificationService(database, clock)
    first_use = FirstUse(kernels.settings, kernels.images, notifications.notify_staff)
    playground = Playground(base.rate_limits, first_use=first_use)
    mastery = open_mastery(database, clock, frozen(MasterySettings, config).parameters(), roadmaps.ways, playground)
    accounts.personal_data.add_summary("me.concepts", mastery.advice.concepts)
    accounts.personal_data.add_summary("me.badges", lambda learner: gamify.service.badges(learner.id))
    search = open_search(database, roadmaps.ways, open_workspace, offload)
    servers = open_servers(
        config, base.settings, database, clock, tenancy, base.bus, kernels, accounts.audit, base.redis
    )
    tutor = open_tutor(frozen(TutorSettings, config), database, clock, offload, notes=search.notes, trials=playground)
    services = Services(
        settings=base.settings,
        settings_in_force=SettingsInForce(config, SETTINGS),
        database=database,
        clock=clock,
        bus=base.bus,
        redis=base.redis,
        announcer=gamify.announcer,
        recorder=gamify.recorder,
        gamify=gamify.service,
        streak_repairs=StreakRepairs(database, gamify.announcer, gamify.rules, accounts.audit, clock),
        boards=gamify.boards,
        own_activity=gamify.own_activity,
        mastery=mastery.advice,
        practice=mastery.practice,
        notifications=notifications,
        accounts=accounts,
        rate_limits=base.rate_limits,
        forum=open_forum(
            forum,
            database,
            clock,
            gamify.recorder,
            base.rate_limits,
            mailer=accounts.mailer,
            public_url=base.settings.public_url,
            offload=offload,
            spoilers=tutor.spoilers,
        ),
        tenancy=tenancy,
        versions=NotebookVersions(database, clock, open_workspace, offload, tenancy),
        roadmaps=roadmaps,
        search=search.service,
        tutor=tutor,
        kernel_registry=KernelRegistry(database, clock, servers.id),
        kernel_sessions=SessionStore(database, clock, servers.id),
        servers=servers,
        playground=playground,
        first_use=first_use,
        submissions=submissions,
        teaching=open_teaching(context, submissions, accounts.cohorts, accounts.audit, mastery.knowledge),
        lessons=Announcements(database, accounts.cohorts, accounts.audit, clock),
        authoring=_open_authoring(config, context, accounts.audit, kernels),
        offload=offload,
        kernel_starts=KernelStarts(tenancy),
        incoming=IncomingBudget(tenancy),
        large_bodies=LargeBodies(frozen(IntakeSettings, config)),
        kernels=kernels,
        relay=_open_relay(base),
    )
    return replace(services, background=_background(services, role))


def _open_base(config: Config) -> _Base:
    settings = frozen(NexusSettings, config)
    settings.check_addresses()
    settings.data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    redis = open_redis(settings.redis_url)
    rate_limits = RateLimits(frozen(RateLimitSettings, config), redis)
    return _Base(settings, open_database(settings), SystemClock(), EventBus(), redis, rate_limits)


def _background(services: Services, role: ProcessRole) -> list[Background]:
    """Return what runs while a process of this role does, in the order of its start."""
    relay: list[Background] = [services.relay] if services.relay is not None else []
    watch = PartWatch(services.notifications)
    if role is ProcessRole.WORKER:
        return [*relay, services.kernels, services.submissions.worker, watch]
    is_server = role is ProcessRole.SERVER
    return [
        *relay,
        *(services.servers.parts() if is_server else []),
        *([services.kernels] if is_server else []),
        *(services.servers.uploads() if is_server else []),
        *([services.first_use] if is_server else []),
        services.offload,
        services.accounts,
        services.tutor,
        services.roadmaps,
        services.submissions,
        services.authoring.jobs,
        *([services.submissions.exam_keeper] if is_server else []),
        *([services.forum.digests] if is_server else []),
        LoopLag(),
        PlatformMetrics(services.database, services.kernels.warm_counts),
        *([_forecast(services)] if is_server else []),
        watch,
    ]


def _forecast(services: Services) -> KernelForecast:
    return KernelForecast(services.database, services.clock, services.accounts.activity, services.bus, services.kernels)


def frozen(group: type[S], config: Config) -> S:
    """Return a group of settings as the site has it."""
    settings = group(config=config)
    settings.freeze()
    return settings


def _open_relay(base: _Base) -> EventRelay | None:
    """Return the way to the site's other processes; a site on SQLite has none."""
    if base.database.is_sqlite:
        return None
    # It brings psycopg along, which a site on SQLite does without.
    from nexus_server.store.postgres_channel import PostgresChannel  # noqa: PLC0415

    fallback = PostgresChannel(base.database)
    return EventRelay(base.bus, [RedisChannel(base.redis), fallback] if base.redis is not None else [fallback])


def open_database(settings: NexusSettings) -> Database:
    """Return the site's database; nothing is connected yet."""
    return Database(
        settings.database_url,
        pool_size=settings.database_connections,
        statement_timeout_ms=settings.statement_timeout_ms,
        fast_paths=settings.fast_paths,
    )


def _open_roadmaps(config: Config, base: _Base, recorder: Recorder, open_workspace: OpenWorkspace) -> Roadmaps:
    return open_roadmaps(
        ContentLayers(base.settings.content_paths),
        base.database,
        base.clock,
        bus=base.bus,
        recorder=recorder,
        open_workspace=open_workspace,
        settings=frozen(ContentSettings, config),
    )


def _open_authoring(config: Config, context: SubmissionsContext, audit: AuditLog, kernels: SandboxRuntime) -> Authoring:
    labs, ceiling = sandbox_labs(context, frozen(GradingSettings, config)), kernels.settings.ceiling()
    return open_authoring(context, frozen(AuthoringSettings, config), audit, labs=labs, ceiling=ceiling)


def _open_kernels(config: Config, base: _Base, role: ProcessRole) -> SandboxRuntime:
    is_server = role is ProcessRole.SERVER
    kernels = SandboxRuntime(
        frozen(SandboxSettings, config),
        base.settings.data_path,
        is_server=is_server,
        leaves_kernels=is_server and not base.settings.end_kernels,
    )
    kernels.announce_positions(partial(tell_position, base.bus))
    install(kernels)
    return kernels
