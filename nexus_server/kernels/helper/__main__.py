"""The helper's program: ``python -m nexus_server.kernels.helper``, started as root with its site on stdin.

It is two processes. The first starts the second again when that ends, and ends with the server whose process it was
told. The second does the work. The first keeps the listening socket: who connects meanwhile waits.
"""

import argparse
import contextlib
import ctypes
import logging
import os
import select
import signal
import socket
import sys
import time

from nexus_server.kernels.helper.server import HelperServer
from nexus_server.kernels.helper.service import HelperService, view_options
from nexus_server.kernels.helper.site import Site
from nexus_server.kernels.host import docker_engine, own_workspaces
from nexus_server.kernels.storage.mount_views import user_map

log = logging.getLogger("nexus_server.kernels.helper")

PR_SET_PDEATHSIG = 1
#: pause before a helper that ended is started again, in seconds: once it failed so often in a row, the longest
PAUSES_S = (0.0, 0.5, 2.0, 10.0)
#: a helper that lived so long is not one that fails at once, in seconds
STEADY_S = 30.0


def main() -> None:
    """Read the site, then watch and work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--listener", type=int, required=True, help="descriptor of the socket that listens")
    parser.add_argument("--server", type=int, help="process with which it ends")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s helper: %(message)s")
    site = Site.from_json(sys.stdin.read())
    listener = socket.socket(fileno=arguments.listener)
    if arguments.server is None:
        work(site, listener)
    else:
        supervise(site, listener, arguments.server)


def work(site: Site, listener: socket.socket) -> None:
    """Answer requests until the end."""
    places, users = site.places, site.users
    view = view_options(site)
    user_map(view.users, view.groups)  # before there are threads
    engine = docker_engine(site.settings, users)
    service = HelperService(site, engine, own_workspaces(site.settings, users, places.store))
    HelperServer(listener, service, places.uid).serve()


def supervise(site: Site, listener: socket.socket, server: int) -> None:
    """Keep a helper running for as long as the server does, then unmount what no kernel needs."""
    try:
        end = os.pidfd_open(server)
    except ProcessLookupError:
        return
    failures = 0
    while not has_ended(end, wait_s=PAUSES_S[min(failures, len(PAUSES_S) - 1)]):
        started = time.monotonic()
        child = start(site, listener)
        process = os.pidfd_open(child)
        select.select([end, process], [], [])
        is_over = has_ended(end, wait_s=0)
        if is_over:
            os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os.close(process)
        failures = 0 if time.monotonic() - started > STEADY_S else failures + 1
        if not is_over:
            log.warning("The helper ended, and is started again")
    with site.places.locked():
        site.places.leave()
        site.places.socket(server).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody else's socket is there
            site.places.root.rmdir()


def has_ended(process: int, *, wait_s: float) -> bool:
    """Whether the process of a pidfd has ended, or does within so many seconds."""
    return bool(select.select([process], [], [], wait_s)[0])


def start(site: Site, listener: socket.socket) -> int:
    """Start the process that works, and return its id; it does not outlive this one."""
    child = os.fork()
    if child:
        return child
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work(site, listener)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
