"""Giving root's rights up at the start of a command, so that what parses other people's bytes has none."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from traitlets.config import Config

from nexus_server.settings import PROJECT_ROOT, NexusSettings

#: variables that name what a program reads, by the beginning of their names
NAMING = ("NEXUS_", "JUPYTER_", "SSL_CERT_")


def give_up_root(inputs: Iterable[Path] = ()) -> None:
    """Go on as the site's `server_user`, beside a helper that keeps root's rights; only root has any to give up.

    Everything that configuration and environment name, and `inputs`, can be read afterwards, whoever could before.

    Raises:
        NexusError, OSError: this system cannot do it.
    """
    if os.geteuid() != 0:
        return
    config = read_config()
    site = NexusSettings(config=config)
    if not site.server_user:
        return
    from nexus_server.kernels.helper.separation import separate
    from nexus_server.kernels.settings import SandboxSettings

    named = [*_values(config), *(value for name, value in os.environ.items() if name.startswith(NAMING))]
    paths = [Path(value) for value in named if isinstance(value, str) and os.path.isabs(value)]  # noqa: PTH117
    separate(site.server_user, site.data_path, SandboxSettings(config=config), [site.content_path, *paths, *inputs])


def read_config() -> Config:
    """Return what a server would be configured with: Jupyter's own files, then the product's."""
    from jupyter_core.application import JupyterApp

    reader = JupyterApp()
    reader.name = "jupyter-server"
    reader.config_file = str(PROJECT_ROOT / "jupyter_config.py")
    reader.load_config_file()
    return reader.config


def _values(config: Any) -> Iterator[Any]:
    if isinstance(config, Mapping):
        for value in config.values():
            yield from _values(value)
    else:
        yield config
