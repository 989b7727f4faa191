"""Puts a server among those that share learners: what stands before its application, and where the others reach it."""

import ipaddress
import os
import signal
from typing import Any

from nexus_server.intake.settings import IntakeSettings
from nexus_server.jupyter.front_door.gate import routes_of
from nexus_server.jupyter.front_door.take_in import caller_finder, intake_of
from nexus_server.jupyter.kernels.admin import end_asked
from nexus_server.jupyter.kernels.draining import Draining
from nexus_server.jupyter.kernels.freezing import Freezing
from nexus_server.jupyter.kernels.strays import end_strays
from nexus_server.jupyter.passing.front import HomeFront, HomeRouting
from nexus_server.jupyter.passing.home_routes import HomeRoutes, home_operations
from nexus_server.jupyter.passing.listener import PeerListener
from nexus_server.jupyter.passing.peers import PeerConnections
from nexus_server.servers.build import HomeSharing
from nexus_server.services import Services
from nexus_server.web.forwarded import ForwardedRequests, TrustedProxies

#: another server proved who it is before it said for whom it asks
EVERY_PEER = (ipaddress.IPv4Network("0.0.0.0/0"), ipaddress.IPv6Network("::/0"))


def share_learners(serverapp: Any, services: Services, intake: IntakeSettings) -> None:
    """Let requests go to their learners' homes, where the site has keys for that; all routes are there by now."""
    sharing, membership = services.servers.sharing, services.servers.membership
    if membership is None:
        return
    manager = serverapp.kernel_manager
    membership.on_beat.append(lambda _heard: end_asked(manager))
    if sharing is None:
        return
    sharing.homes.has_kernels = manager.has_kernels
    membership.on_return.append(lambda: end_strays(manager, sharing.homes))
    draining = Draining(manager, give_up_homes=sharing.give_up_homes, stop=_stop)
    membership.on_beat.append(draining.hear)
    freezing = Freezing(manager, membership.lease)
    membership.on_beat.append(freezing.hear)
    services.background.append(freezing)
    server, way = serverapp.http_server, _way(serverapp, services, sharing)
    application = HomeFront(server.request_callback, way, is_last=True)
    server.request_callback = HomeFront(server.request_callback, way, is_last=False)
    peers = TrustedProxies(EVERY_PEER, services.settings.public_url.partition(":")[0])
    listener = PeerListener(
        ForwardedRequests(intake_of(serverapp, services, intake, application), peers),
        sharing.keys.server_context(services.servers.id),
        services.servers.settings,
        serverapp,
        connections=way.peers,
    )
    membership.open_to_peers(listener.host, listener.port)
    services.background.append(listener)


def _stop() -> None:
    """Stop in good order, as an operator would have it."""
    os.kill(os.getpid(), signal.SIGTERM)


def _way(serverapp: Any, services: Services, sharing: HomeSharing) -> HomeRouting:
    base_url = serverapp.base_url
    return HomeRouting(
        HomeRoutes(home_operations(routes_of(serverapp.web_app, base_url)), base_url),
        sharing.homes,
        PeerConnections(
            sharing.keys.client_context(services.servers.id), timeout_s=services.servers.settings.pass_on_s
        ),
        caller_finder(services),
        services.tenancy.max_notebook_bytes,
        services.opened.wait,
    )
