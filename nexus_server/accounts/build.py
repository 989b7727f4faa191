"""Join the parts of accounts."""

from dataclasses import dataclass
from datetime import timedelta

from traitlets.config import Config

from nexus_server.accounts.access_tokens import AccessTokens
from nexus_server.accounts.activity import ActivityRecorder, ActivityTracker
from nexus_server.accounts.passwords import Passwords
from nexus_server.accounts.profile import Profiles
from nexus_server.accounts.service import AccountService
from nexus_server.accounts.session_cache import LocalSessionCache, RedisSessionCache
from nexus_server.accounts.session_watch import SessionWatch
from nexus_server.accounts.sessions import SessionService
from nexus_server.accounts.settings import AccountSettings
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import Clock
from nexus_server.gamify.service import GamifyService
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore


@dataclass(frozen=True)
class Accounts:
    """Everything about people and their credentials. A `Background`."""

    service: AccountService
    sessions: SessionService
    profiles: Profiles
    watch: SessionWatch
    activity: ActivityTracker
    passwords: Passwords

    async def start(self) -> None:
        """Start watching sessions and writing down activity."""
        await self.watch.start()
        await self.activity.start()

    async def stop(self) -> None:
        """Stop both, and the hashing threads."""
        await self.activity.stop()
        await self.watch.stop()
        self.passwords.close()


def open_accounts(
    config: Config | None,
    site: NexusSettings,
    database: Database,
    clock: Clock,
    *,
    redis: RedisStore | None,
    recorder: ActivityRecorder,
    gamify: GamifyService,
) -> Accounts:
    """Build the accounts of a site; `recorder` keeps the streaks, `gamify` knows the ranks."""
    settings = AccountSettings(config=config)
    settings.freeze()
    keys = SigningKeys(
        site.data_path / "keys" / "jwt.json",
        settings.jwt_algorithm,
        clock,
        lifetime=timedelta(days=settings.signing_key_lifetime_days),
    )
    watch = SessionWatch(database, clock)
    local = LocalSessionCache(settings.session_cache_s)
    cache = RedisSessionCache(redis, local) if redis else local
    sessions = SessionService(
        database, AccessTokens(keys, settings, clock), cache, watch, settings=settings, clock=clock
    )
    passwords = Passwords(settings)
    return Accounts(
        service=AccountService(database, passwords, sessions, clock),
        sessions=sessions,
        profiles=Profiles(database, sessions, gamify),
        watch=watch,
        activity=ActivityTracker(recorder, clock, interval_s=settings.activity_interval_s),
        passwords=passwords,
    )
