"""Site-wide settings, and the base that every domain's settings share.

Each domain keeps its own traits in `<domain>/settings.py` as a `FrozenConfigurable`; `composition.py` lists them all in
`NexusApp.classes`, so `c.<Class>.<trait>` in `jupyter_config.py` reaches every one. Secrets never are traits: they come
from the environment through `secret()`.
"""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from traitlets import Bool, Float, Integer, List, TraitError, Unicode, default
from traitlets.config import Configurable

from nexus_server.errors import MissingSecretError
from nexus_server.files.links import resolved
from nexus_server.installation import CONTENT, DEFAULT_DATA


class FrozenConfigurable(Configurable):
    """A group of traits that cannot change once `freeze` was called."""

    _frozen = False

    def freeze(self) -> None:
        """Refuse any later change: a running server has one configuration."""
        self._frozen = True

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a trait, unless the settings are frozen."""
        if self._frozen and self.has_trait(name):
            raise TraitError(f"{type(self).__name__}.{name} cannot change after start")
        super().__setattr__(name, value)


def secret(name: str, *, fallback: str | None = None) -> str:
    """Return the secret `name` from the environment, or from the file that `<name>_FILE` names.

    Raises:
        MissingSecretError: neither is set and there is no fallback.
    """
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    if fallback is not None:
        return fallback
    raise MissingSecretError(f"{name} is missing from the environment, and has no default.", name=name)


def _network(named: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        network = ipaddress.ip_network(named)
    except ValueError as error:
        raise TraitError(f"NEXUS_TRUSTED_PROXIES: {named!r} is neither an address nor a network ({error}).") from None
    if network.prefixlen == 0:
        raise TraitError(f"NEXUS_TRUSTED_PROXIES: {named} is everybody, who could then pretend to be anybody.")
    return network


class NexusSettings(FrozenConfigurable):
    """Where things are."""

    data_dir = Unicode(help="Directory of everything the server writes: database, workspaces, sockets, keys.").tag(
        config=True
    )
    content_dir = Unicode(
        help="Directory with one folder per roadmap. Those in the data directory's `content` lie over them."
    ).tag(config=True)
    database_url = Unicode(
        help="SQLAlchemy URL; the environment's NEXUS_DATABASE_URL wins. Default: SQLite in data_dir.",
    ).tag(config=True)
    redis_url = Unicode(help="Redis URL; the environment's NEXUS_REDIS_URL wins. Empty: everything works on SQL.").tag(
        config=True
    )
    database_connections = Integer(
        10, min=1, help="Connections to PostgreSQL at most, per process. SQLite has one writer and a few readers."
    ).tag(config=True)
    statement_timeout_s = Float(15, min=0.1, help="Seconds that one PostgreSQL statement may take.").tag(config=True)
    fast_paths = Bool(
        default_value=True,
        help="Whether to take shorter ways that lean on how SQLAlchemy, aiosqlite and Tornado work inside. "
        "Without them the product does the same, more slowly: turn them off when a library's new release breaks one.",
    ).tag(config=True)
    stop_timeout_s = Float(
        20, min=0.1, help="Seconds that each part of a stopping server may take to finish or give back what it does."
    ).tag(config=True)
    end_kernels = Bool(
        help="Whether a server that stops ends its learners' kernels; otherwise the next one takes them over. "
        "`nexus serve --end-kernels` and the environment's NEXUS_END_KERNELS=1 say so, too."
    ).tag(config=True)
    max_restored_mb = Integer(
        262_144, min=1, help="MB that the files of a backup may have together, holes included, to be restored."
    ).tag(config=True)
    public_url = Unicode(
        help="Address under which browsers reach the server, such as https://nexus.example.org. The environment's "
        "NEXUS_PUBLIC_URL wins."
    ).tag(config=True)
    trusted_proxies = List(
        Unicode(),
        help="Addresses and networks (CIDR) of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto count. "
        "One on this machine needs no naming once public_url is set. The environment's NEXUS_TRUSTED_PROXIES wins; it "
        "separates them by commas.",
    ).tag(config=True)

    server_user = Unicode(
        help="System user that a server or worker becomes when root starts it; made when missing. A helper "
        "keeps root's rights for what kernels need. Empty: it stays root. The environment's NEXUS_SERVER_USER wins."
    ).tag(config=True)

    @default("server_user")
    def _default_server_user(self) -> str:
        return os.environ.get("NEXUS_SERVER_USER", "")

    @default("end_kernels")
    def _default_end_kernels(self) -> bool:
        return os.environ.get("NEXUS_END_KERNELS", "") == "1"

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return os.environ.get("NEXUS_DATA_DIR") or str(DEFAULT_DATA)

    @default("content_dir")
    def _default_content_dir(self) -> str:
        return os.environ.get("NEXUS_CONTENT_DIR") or str(CONTENT)

    @default("database_url")
    def _default_database_url(self) -> str:
        return os.environ.get("NEXUS_DATABASE_URL") or f"sqlite+aiosqlite:///{self.data_path / 'nexus.db'}"

    @default("redis_url")
    def _default_redis_url(self) -> str:
        return os.environ.get("NEXUS_REDIS_URL", "")

    @default("public_url")
    def _default_public_url(self) -> str:
        return os.environ.get("NEXUS_PUBLIC_URL") or "http://localhost:8888"

    @default("trusted_proxies")
    def _default_trusted_proxies(self) -> list[str]:
        named = os.environ.get("NEXUS_TRUSTED_PROXIES", "")
        return [each.strip() for each in named.split(",") if each.strip()]

    @property
    def public_host(self) -> str:
        """The host name of `public_url`, without its port.

        Raises:
            TraitError: `public_url` is no address of a web site.
        """
        parts = urlsplit(self.public_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TraitError(f"NEXUS_PUBLIC_URL is {self.public_url!r}: it has to be like https://nexus.example.org")
        return parts.hostname

    @property
    def is_public_url_local(self) -> bool:
        """Whether `public_url` names this machine for itself only: no proxy and no other machine is meant."""
        try:
            return ipaddress.ip_address(self.public_host).is_loopback
        except ValueError:
            return self.public_host == "localhost"

    @property
    def proxy_networks(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """`trusted_proxies` as networks.

        Raises:
            TraitError: one is neither an address nor a network, or it holds every address there is.
        """
        return [_network(named) for named in self.trusted_proxies]

    def check_addresses(self) -> None:
        """Refuse addresses that are none, before anything is started.

        Raises:
            TraitError: `public_url` or `trusted_proxies` is malformed; the message names it.
        """
        _ = self.public_host, self.proxy_networks

    @property
    def statement_timeout_ms(self) -> int:
        """`statement_timeout_s` in milliseconds."""
        return round(self.statement_timeout_s * 1000)

    @property
    def data_path(self) -> Path:
        """`data_dir` as an absolute path."""
        return resolved(Path(self.data_dir))

    @property
    def content_path(self) -> Path:
        """`content_dir` as an absolute path."""
        return resolved(Path(self.content_dir))

    @property
    def content_paths(self) -> tuple[Path, ...]:
        """Every directory of roadmaps; the site's own in the data directory lie over those of `content_dir`."""
        return self.content_path, self.data_path / "content"

    @property
    def own_content_path(self) -> Path:
        """Where the site's own roadmaps are written: never among those that an upgrade replaces."""
        return self.content_paths[self.content_path == resolved(CONTENT)]
