"""Giving root's rights up at the start of a command, so that what parses other people's bytes has none."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from traitlets.config import Config

from nexus_server.errors import ConflictError
from nexus_server.installation import JUPYTER_CONFIG
from nexus_server.settings import NexusSettings

#: variables that name what a program reads, by the beginning of their names
NAMING = ("NEXUS_", "JUPYTER_", "SSL_CERT_")
#: the first port that needs no rights
PORT_START = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


class PortNeedsRootError(ConflictError):
    """This port needs root's rights, which the server gives up."""

    code = "port_needs_root"


def give_up_root(inputs: Iterable[Path] = (), outputs: Iterable[Path] = ()) -> None:
    """Go on as the site's `server_user`, beside a helper that keeps root's rights; only root has any to give up.

    Everything that configuration and environment name, and `inputs`, can be read afterwards, whoever could before.
    What is written into the directories `outputs` belongs to root. Where the system cannot do this, root goes on and
    says so.

    Raises:
        NexusError, OSError: it failed half-way.
    """
    if os.geteuid() != 0:
        return
    config = read_config()
    site = NexusSettings(config=config)
    if not site.server_user:
        return
    from nexus_server.kernels.helper.separation import find_obstacle, separate
    from nexus_server.kernels.settings import SandboxSettings

    if obstacle := find_obstacle(site.data_path):
        sys.stderr.write(f"nexus: this process stays root, for it cannot leave its rights to a helper: {obstacle}\n")
        return
    named = [*_values(config), *(value for name, value in os.environ.items() if name.startswith(NAMING))]
    paths = [Path(value) for value in named if isinstance(value, str) and os.path.isabs(value)]  # noqa: PTH117
    sandbox = SandboxSettings(config=config)
    written = [*outputs, *_runtime_dir()]
    separate(site.server_user, site.data_path, sandbox, [site.content_path, *paths, *inputs], written)


def _runtime_dir() -> Iterator[Path]:
    """Give the directory in which Jupyter writes connection files, where the environment names one; it is made."""
    if name := os.environ.get("JUPYTER_RUNTIME_DIR"):
        Path(name).mkdir(mode=0o700, parents=True, exist_ok=True)
        yield Path(name)


def become_owner(inputs: Iterable[Path] = ()) -> None:
    """Go on as the owner of the data directory, when root runs a command on a server's that is somebody else.

    Raises:
        OSError: this system cannot do it.
    """
    if os.geteuid() != 0:
        return
    site = NexusSettings(config=read_config())
    if not site.data_path.is_dir() or site.data_path.stat().st_uid == 0:
        return
    from nexus_server.kernels.helper.separation import follow_owner

    follow_owner(site.data_path, [site.content_path, *inputs])


@contextmanager
def giving_back() -> Iterator[None]:
    """Stay root for a while; what root makes in the data directory meanwhile is given to that directory's owner."""
    try:
        yield
    finally:
        data = NexusSettings(config=read_config()).data_path
        if os.geteuid() == 0 and data.is_dir():
            from nexus_server.kernels.helper.handover import give_back

            give_back(data)


def refuse_low_port(port: int) -> None:
    """Find out before anything else is done whether the port can be had without rights.

    Raises:
        PortNeedsRootError: it cannot.
    """
    first = int(PORT_START.read_text(encoding="ascii")) if PORT_START.exists() else 1024
    if os.geteuid() == 0 and port < first and NexusSettings(config=read_config()).server_user:
        raise PortNeedsRootError(
            f"Port {port} needs root's rights, which the server gives up: put a proxy before it, or allow everybody "
            f"such ports with `sysctl net.ipv4.ip_unprivileged_port_start={port}`.",
            port=port,
        )


def read_config() -> Config:
    """Return what a server would be configured with: Jupyter's own files, then the product's."""
    from jupyter_core.application import JupyterApp

    reader = JupyterApp()
    reader.name = "jupyter-server"
    reader.config_file = str(JUPYTER_CONFIG)
    reader.load_config_file()
    return reader.config


def _values(config: Any) -> Iterator[Any]:
    if isinstance(config, Mapping):
        for value in config.values():
            yield from _values(value)
    else:
        yield config
