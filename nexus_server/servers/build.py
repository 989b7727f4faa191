"""Puts together what a server needs to be one of several."""

import re
import socket
from dataclasses import dataclass
from uuid import UUID, uuid4

from traitlets.config import Config

from nexus_server.accounts.audit import AuditLog
from nexus_server.clock import Clock
from nexus_server.events.bus import EventPublisher
from nexus_server.kernels.limits import available_mb
from nexus_server.kernels.runtime import SandboxRuntime
from nexus_server.servers.errors import BadServerNameError, SharedQuotaError
from nexus_server.servers.homes import Homes
from nexus_server.servers.identity import place_of, server_id
from nexus_server.servers.lease import Lease
from nexus_server.servers.liveness import Liveness
from nexus_server.servers.membership import Membership
from nexus_server.servers.metrics import ServerMetrics
from nexus_server.servers.presence import Heard, ServerLoad, ServerPresence
from nexus_server.servers.redis_witness import RedisWitness
from nexus_server.servers.register import ServerRegister
from nexus_server.servers.settings import ServerSettings
from nexus_server.servers.site_keys import SiteKeys, find_site_keys
from nexus_server.servers.succession import Succession
from nexus_server.servers.workspaces.build import open_store
from nexus_server.servers.workspaces.custody import HomeCustody
from nexus_server.servers.workspaces.settings import ObjectStoreSettings
from nexus_server.servers.workspaces.uploads import WorkspaceUploads
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database
from nexus_server.store.redis import RedisStore
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.version import __version__

#: seconds of each sign of life in which a drained server hands files on
LET_GO_S = 2.0
#: what the home cookie may carry
NAME = re.compile(r"[A-Za-z0-9.-]{1,255}")


@dataclass(frozen=True, slots=True)
class HomeSharing:
    """What a server needs to share learners with others: the site has keys for that."""

    #: what this server is called
    name: str
    keys: SiteKeys
    homes: Homes
    custody: HomeCustody
    #: None where files are in a shared directory
    uploads: WorkspaceUploads | None = None

    async def give_up_homes(self) -> None:
        """Let every learner of this server find another home: no kernel is left here.

        Raises:
            UnavailableError: not all that they wrote could be handed on.
        """
        await self.custody.let_all_go(LET_GO_S)
        await self.homes.give_up_all()


@dataclass(frozen=True, slots=True)
class Servers:
    """This server, and the register of all."""

    #: this one's number
    id: UUID
    settings: ServerSettings
    object_store: ObjectStoreSettings
    register: ServerRegister
    #: None where the site has one server, on SQLite
    membership: Membership | None
    #: None where servers leave each other's learners alone
    sharing: HomeSharing | None = None

    def parts(self) -> "list[Membership | ServerMetrics]":
        """Return what works in the background of a server; nothing where the site has one, on SQLite."""
        return [] if self.membership is None else [self.membership, ServerMetrics(self.register)]

    def uploads(self) -> list[WorkspaceUploads]:
        """Return what stores learners' files, if anything: it ends before workspaces are unmounted."""
        return [] if self.sharing is None or self.sharing.uploads is None else [self.sharing.uploads]

    def is_home_of(self, user_id: UUID) -> bool:
        """Whether the learner's files are known to be this server's to write."""
        return self.sharing is None or self.sharing.homes.holds(user_id)


def open_servers(  # noqa: PLR0917  joined once, where everything is
    config: Config,
    site: NexusSettings,
    database: Database,
    clock: Clock,
    tenancy: TenancySettings,
    bus: EventPublisher,
    kernels: SandboxRuntime,
    audit: AuditLog,
    redis: RedisStore | None,
) -> Servers:
    """Return them; this server enters the register when its membership is started.

    Raises:
        BadSiteKeyError, BadServerNameError, SharedQuotaError: servers cannot share learners with these settings.
    """
    settings, object_store = ServerSettings(config=config), ObjectStoreSettings(config=config)
    settings.freeze()
    object_store.freeze()
    own_id = server_id(site.data_path)
    register = ServerRegister(database, clock, settings.lease_s, stay_s=settings.home_stay_s, drain_s=settings.drain_s)
    register.audit = audit
    if database.is_sqlite:
        return Servers(own_id, settings, object_store, register, None)
    me = ServerPresence(
        id=own_id,
        incarnation=uuid4(),
        address=settings.address or socket.gethostname(),
        version=__version__,
        place=place_of(site.data_path),
        kernels_max=tenancy.kernels_per_site,
    )
    lease = Lease(settings.lease_s)
    keys = find_site_keys() if kernels.is_server else None
    witness = None if redis is None or keys is None else RedisWitness(redis, settings.lease_s)
    register.witness, liveness = witness, Liveness(lease, witness)
    membership = Membership(register, me, settings, lease=lease, witness=witness, measure=lambda: load_of(kernels))
    if keys is None:
        return Servers(own_id, settings, object_store, register, membership)
    if not NAME.fullmatch(me.address):
        raise BadServerNameError
    carried_by = open_store(object_store, site.data_path, own_id, database, clock, kernels.settings)
    if kernels.workspaces.is_enforced and carried_by.uploads is None:
        raise SharedQuotaError
    homes = Homes(database, own_id, lease, liveness, stay_s=settings.home_stay_s)
    custody = HomeCustody(homes, carried_by.store)
    kernels.workspaces.custody, homes.let_go = custody, custody.let_go
    _keep_homes(membership, homes, Succession(database, bus, liveness))
    return Servers(
        own_id,
        settings,
        object_store,
        register,
        membership,
        HomeSharing(me.address, keys, homes, custody, carried_by.uploads),
    )


def _keep_homes(membership: Membership, homes: Homes, succession: Succession) -> None:
    """Let homes be written down, and those of servers that are gone be given up, with each sign of life."""

    async def keep(heard: Heard) -> None:
        homes.is_draining = heard.drain_until is not None
        await homes.write_needs()
        await succession.look()

    async def come_back() -> None:
        homes.release_all()

    membership.on_beat.append(keep)
    membership.on_return.append(come_back)


def load_of(kernels: SandboxRuntime) -> ServerLoad:
    """Return how a server with these kernels is."""
    settings, places = kernels.settings, kernels.places
    by_memory = available_mb() // max(settings.memory_mb // 2, 32)
    by_places = places.places - places.taken if places is not None else by_memory
    starts = kernels.starts.waiting if kernels.starts is not None else 0
    waiting = starts + (places.waiting if places is not None else 0)
    return ServerLoad(min(by_memory, by_places), sum(kernels.warm_counts().values()), waiting)
