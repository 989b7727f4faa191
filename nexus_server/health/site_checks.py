"""What is looked at among the servers of a site: states, clocks, versions, and whether they reach each other."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from uuid import UUID

from nexus_server.errors import NexusError
from nexus_server.health.finding import Finding
from nexus_server.kernels.storage.mounts import file_system_of
from nexus_server.servers.identity import place_of
from nexus_server.servers.site_keys import SiteKeys, find_site_keys, peer_name
from nexus_server.servers.views import ServerState, ServerView
from nexus_server.servers.workspaces.build import open_bucket
from nexus_server.servers.workspaces.settings import ObjectStoreSettings
from nexus_server.services import Services

PAGE = "See docs/operator/several-servers.md."
#: options of mounts whose locks other machines do not see
LOCAL_LOCKS = frozenset({"nolock", "local_lock=all", "local_lock=flock"})
ALONE = Finding("servers", "ok", "A site on SQLite has one server.")


async def look_at_site(services: Services) -> AsyncIterator[Finding]:
    """Look at every server that was seen and not forgotten, from this one."""
    register, settings = services.servers.register, services.servers.settings
    if register.is_alone:
        yield ALONE
        return
    servers, keys = await register.list_all(), find_site_keys()
    for finding in find_troubles(servers, clock_tolerance_s=settings.clock_tolerance_s, has_keys=keys is not None):
        yield finding
    place = await register.find_place(services.servers.id)
    if place is not None and place != place_of(services.settings.data_path):
        yield Finding(
            "identity",
            "failure",
            "This data directory has the number of a server that is elsewhere: it was copied or moved.",
            "If it is a copy, remove `server-id` in it.",
        )
    stored = services.servers.object_store
    if stored.bucket:
        yield await look_at_store(stored, has_keys=keys is not None)
    elif keys is not None:
        yield look_at_locks(*file_system_of(services.settings.data_path / "learners"))
    if keys is not None:
        peers = [each for each in servers if each.peer_port and each.state is not ServerState.GONE]
        for finding in await asyncio.gather(
            *(_reach(keys, services.servers.id, peer, settings.pass_on_s) for peer in peers)
        ):
            yield finding


async def look_at_store(settings: ObjectStoreSettings, *, has_keys: bool) -> Finding:
    """Say whether the object store answers, and refuses what it is to refuse."""
    name = "object store"
    if not has_keys:
        message = "Nothing is stored in it: this server has no NEXUS_SITE_KEYS, so it shares no learners."
        return Finding(name, "warning", message, PAGE)
    try:
        await open_bucket(settings).prove()
    except NexusError as error:
        return Finding(name, "failure", error.message, PAGE)
    return Finding(name, "ok", f"The bucket {settings.bucket} takes files, and refuses a second writer.")


def look_at_locks(kind: str, options: Collection[str]) -> Finding:
    """Say whether a lock in the directory of what is kept of learners holds on the other servers too."""
    alone = sorted(LOCAL_LOCKS.intersection(options))
    if not alone:
        return Finding("locks", "ok", f"`learners` is on {kind}, whose locks are not switched off.")
    return Finding(
        "locks",
        "failure",
        f"`learners` is mounted with {alone[0]}: two servers could write the files of one learner.",
        "Mount it with locks of the file server (NFS 4, no `nolock`, `local_lock=none`). " + PAGE,
    )


def find_troubles(servers: Sequence[ServerView], *, clock_tolerance_s: float, has_keys: bool) -> Iterator[Finding]:
    """Yield what the register tells, a finding for each server and each trouble between them."""
    for server in servers:
        name = f"server {server.address}"
        if server.state is ServerState.GONE:
            advice = f"Start it, or run: nexus servers forget {server.id}"
            yield Finding(name, "warning", f"It was last heard of at {server.heartbeat_at:%Y-%m-%d %H:%M} UTC.", advice)
        elif abs(server.clock_offset_s) > clock_tolerance_s:
            message = f"Its clock is {server.clock_offset_s:+.0f} s off the database's."
            yield Finding(name, "failure", message, "Let NTP set the clock of that machine.")
        else:
            yield Finding(name, "ok", f"{server.state}, {server.homes} learners, room for {server.room}")
    living = [server for server in servers if server.state is not ServerState.GONE]
    same = [name for name, count in Counter(server.address for server in living).items() if count > 1]
    if same:
        advice = "Give each server its own c.ServerSettings.address: the proxy and `nexus servers drain` go by it."
        yield Finding("names", "failure", f"Several servers are called {', '.join(same)}.", advice)
    versions = sorted({server.version for server in living})
    if len(versions) > 1:
        message = f"Servers run {' and '.join(versions)}, which is right during an upgrade only."
        yield Finding("versions", "warning", message, "Upgrade the others, one after the other. " + PAGE)
    if len(living) > 1 and not has_keys:
        message = "They do not share learners: this one has no NEXUS_SITE_KEYS."
        yield Finding("site keys", "warning", message, PAGE)
    if has_keys and (strangers := [server.address for server in living if not server.peer_port]):
        message = f"{', '.join(strangers)} shares no learners."
        yield Finding("site keys", "warning", message, "Give every server the same NEXUS_SITE_KEYS. " + PAGE)


async def _reach(keys: SiteKeys, own_id: UUID, peer: ServerView, timeout_s: float) -> Finding:
    """Do what passing a request on begins with: connect, and prove to each other who one is."""
    name, where = f"way to {peer.address}", f"{peer.peer_host}:{peer.peer_port}"
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(
                peer.peer_host,
                peer.peer_port,
                ssl=keys.client_context(own_id),
                server_hostname=peer_name(peer.id),
            )
            writer.write(b"GET /nexus/api/v1/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = await reader.readline()
            writer.close()
    except (OSError, TimeoutError) as error:
        advice = "Open the port between the machines, and give every server the same NEXUS_SITE_KEYS. " + PAGE
        return Finding(name, "failure", f"{where} does not answer: {str(error) or type(error).__name__}.", advice)
    if b" 200 " not in answer:  # whoever has another key is cut off after the handshake
        return Finding(name, "failure", f"{where} did not accept this server.", "Give both the same NEXUS_SITE_KEYS.")
    return Finding(name, "ok", f"{where} answers, and either side knows the other")
