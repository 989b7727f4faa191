"""Puts together what a server needs to be one of several."""

import socket
from dataclasses import dataclass
from uuid import UUID, uuid4

from traitlets.config import Config

from nexus_server.clock import Clock
from nexus_server.servers.identity import place_of, server_id
from nexus_server.servers.membership import Membership
from nexus_server.servers.register import ServerPresence, ServerRegister
from nexus_server.servers.settings import ServerSettings
from nexus_server.settings import NexusSettings
from nexus_server.store.database import Database
from nexus_server.tenancy.settings import TenancySettings
from nexus_server.version import __version__


@dataclass(frozen=True, slots=True)
class Servers:
    """This server, and the register of all."""

    #: this one's number
    id: UUID
    register: ServerRegister
    #: None where the site has one server, on SQLite
    membership: Membership | None


def open_servers(
    config: Config, site: NexusSettings, database: Database, clock: Clock, tenancy: TenancySettings
) -> Servers:
    """Return them; this server enters the register when its membership is started."""
    settings = ServerSettings(config=config)
    settings.freeze()
    data_dir = site.data_path
    register, own_id = ServerRegister(database, clock, settings.lease_s), server_id(data_dir)
    if database.is_sqlite:
        return Servers(own_id, register, None)
    me = ServerPresence(
        id=own_id,
        incarnation=uuid4(),
        address=settings.address or socket.gethostname(),
        version=__version__,
        place=place_of(data_dir),
        kernels_max=tenancy.kernels_per_site,
    )
    return Servers(own_id, register, Membership(register, me, settings))
