"""Join the parts of accounts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from traitlets.config import Config

from nexus_server.accounts.access_tokens import AccessTokens
from nexus_server.accounts.account_imports import AccountImports
from nexus_server.accounts.activity import ActivityRecorder, ActivityTracker
from nexus_server.accounts.administration import Administration
from nexus_server.accounts.audit import AuditLog
from nexus_server.accounts.class_members import ClassMembers
from nexus_server.accounts.class_messages import ClassMessages
from nexus_server.accounts.cohorts import Cohorts
from nexus_server.accounts.listing import BoardKeeper, NoBoards
from nexus_server.accounts.login_guard import LoginGuard
from nexus_server.accounts.mail import Mailer, MailSettings, open_mailer
from nexus_server.accounts.oidc.identities import Identities
from nexus_server.accounts.oidc.service import SingleSignOn
from nexus_server.accounts.oidc.settings import SingleSignOnSettings, read_providers
from nexus_server.accounts.own_sessions import OwnSessions
from nexus_server.accounts.passwords import Passwords
from nexus_server.accounts.personal_data import Eraser, PersonalData
from nexus_server.accounts.profile import Profiles
from nexus_server.accounts.rate_limits import RateLimits
from nexus_server.accounts.recovery import Recovery
from nexus_server.accounts.service import AccountService
from nexus_server.accounts.session_cache import LocalSessionCache, RedisSessionCache, SessionCache
from nexus_server.accounts.session_watch import SessionWatch
from nexus_server.accounts.sessions import SessionService
from nexus_server.accounts.settings import AccountSettings
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import Clock
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore

if TYPE_CHECKING:
    from nexus_server.accounts.oidc.provider_client import ProviderClient


@dataclass(frozen=True)
class Accounts:
    """Everything about people and their credentials. A `Background`."""

    service: AccountService
    sessions: SessionService
    own_sessions: OwnSessions
    profiles: Profiles
    recovery: Recovery
    single_sign_on: SingleSignOn
    personal_data: PersonalData
    administration: Administration
    cohorts: Cohorts
    class_members: ClassMembers
    imports: AccountImports
    class_messages: ClassMessages
    audit: AuditLog
    watch: SessionWatch
    activity: ActivityTracker
    passwords: Passwords
    mailer: Mailer
    #: False: mails stay in a folder, where an administrator reads them
    sends_mail: bool

    async def start(self) -> None:
        """Start watching sessions, writing down activity, and sending mail."""
        await self.watch.start()
        await self.activity.start()
        await self.recovery.start()

    async def stop(self) -> None:
        """Stop them, and the hashing threads."""
        await self.recovery.stop()
        await self.activity.stop()
        await self.watch.stop()
        self.passwords.close()


@dataclass(frozen=True)
class Around:
    """What accounts are built on and beside."""

    database: Database
    clock: Clock
    redis: RedisStore | None
    rate_limits: RateLimits
    #: keeps the streaks
    recorder: ActivityRecorder
    #: hears of what changes who is listed on the leaderboards
    boards: BoardKeeper = field(default_factory=NoBoards)


def open_accounts(config: Config, site: NexusSettings, around: Around, *, erasers: Iterable[Eraser] = ()) -> Accounts:
    """Build the accounts of a site; `erasers` remove what other domains keep of a deleted one."""
    settings = AccountSettings(config=config)
    settings.freeze()
    database, clock = around.database, around.clock
    watch = SessionWatch(database, clock)
    sessions = SessionService(
        database,
        AccessTokens(_open_keys(settings, site, clock), settings, clock),
        _open_cache(settings, around.redis),
        watch,
        settings=settings,
        clock=clock,
    )
    passwords = Passwords(settings)
    activity = ActivityTracker(around.recorder, clock, interval_s=settings.activity_interval_s)
    audit = AuditLog(database, clock)
    mail = MailSettings(config=config)
    mailer = open_mailer(mail, site.data_path)
    profiles, guard = Profiles(database, sessions, around.boards), LoginGuard(around.rate_limits)
    cohorts = Cohorts(database, audit, clock, around.boards)
    return Accounts(
        service=AccountService(database, passwords, sessions, guard, activity, profiles=profiles, clock=clock),
        sessions=sessions,
        own_sessions=OwnSessions(database, sessions, clock),
        profiles=profiles,
        recovery=Recovery(database, passwords, sessions, mailer, audit, clock=clock, public_url=site.public_url),
        single_sign_on=_open_single_sign_on(config, site, around, sessions, audit),
        personal_data=PersonalData(database, sessions, audit, mailer, erasers),
        administration=Administration(database, sessions, audit, clock, around.boards),
        cohorts=cohorts,
        class_members=ClassMembers(database, audit, clock, around.boards),
        imports=AccountImports(database, cohorts, audit, clock, around.boards),
        class_messages=ClassMessages(database, cohorts, audit, mailer),
        audit=audit,
        watch=watch,
        activity=activity,
        passwords=passwords,
        mailer=mailer,
        sends_mail=bool(mail.smtp_host),
    )


def _open_single_sign_on(
    config: Config, site: NexusSettings, around: Around, sessions: SessionService, audit: AuditLog
) -> SingleSignOn:
    settings = SingleSignOnSettings(config=config)
    settings.freeze()
    clients = _open_providers(settings, site, around.clock) if settings.providers else {}
    identities = Identities(around.database, audit, around.clock)
    return SingleSignOn(clients, identities, around.database, sessions, settings=settings, clock=around.clock)


def _open_providers(settings: SingleSignOnSettings, site: NexusSettings, clock: Clock) -> "dict[str, ProviderClient]":
    # Most sites have none, and what speaks to them takes long to import.
    from nexus_server.accounts.oidc.provider_client import ProviderClient  # noqa: PLC0415

    callback = f"{site.public_url.rstrip('/')}/nexus/api/v1/auth/oidc/{{}}/callback"
    return {
        name: ProviderClient(provider, settings, clock, redirect_uri=callback.format(name))
        for name, provider in read_providers(settings).items()
    }


def _open_keys(settings: AccountSettings, site: NexusSettings, clock: Clock) -> SigningKeys:
    lifetime = timedelta(days=settings.signing_key_lifetime_days)
    return SigningKeys(site.data_path / "keys" / "jwt.json", settings.jwt_algorithm, clock, lifetime=lifetime)


def _open_cache(settings: AccountSettings, redis: RedisStore | None) -> SessionCache:
    local = LocalSessionCache(settings.session_cache_s)
    return RedisSessionCache(redis, local) if redis else local
