"""The identity providers of a site. Their secrets are NEXUS_OIDC_<NAME>_SECRET, never a setting."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from traitlets import Dict, Float, List, default

from nexus_server.accounts.errors import BadProviderError
from nexus_server.settings import FrozenConfigurable, secret

#: signatures that a provider may use: all asymmetric, because a shared secret signs for both sides
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"})
KNOWN = frozenset({"name", "label", "issuer", "client_id", "algorithms", "scopes", "register"})
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SingleSignOnSettings(FrozenConfigurable):
    """Single sign-on by OpenID Connect; without providers there is none."""

    providers = List(
        Dict(),
        help="Identity providers, each {'name', 'issuer', 'client_id'} and if need be 'label' (on the button), "
        "'algorithms' (default ['RS256']), 'scopes' (default ['openid', 'email', 'profile']), 'register' "
        "(default True: newcomers get an account). The environment's NEXUS_OIDC_PROVIDERS (the same as JSON) wins; "
        "the secret of 'campus' is NEXUS_OIDC_CAMPUS_SECRET.",
    ).tag(config=True)
    timeout_s = Float(10.0, min=0.1, help="Seconds that one question to a provider may take.").tag(config=True)
    metadata_lifetime_s = Float(
        3600.0, min=1, help="Seconds for which a provider's metadata and keys are believed before they are read again."
    ).tag(config=True)
    leeway_s = Float(30.0, min=0, max=300, help="Seconds by which a provider's clock may differ from ours.").tag(
        config=True
    )
    handshake_lifetime_s = Float(
        600.0, min=10, help="Seconds that somebody may take to log in at the provider before they must start again."
    ).tag(config=True)

    @default("providers")
    def _default_providers(self) -> Sequence[Mapping[str, Any]]:
        providers: Sequence[Mapping[str, Any]] = json.loads(os.environ.get("NEXUS_OIDC_PROVIDERS") or "[]")
        return providers


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and who we are to it."""

    #: in addresses and in the secret's name
    name: str
    #: on the button
    label: str
    #: its identifier, compared letter by letter; the metadata is below it
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: pinned: what the metadata or a token's header says of algorithms decides nothing
    algorithms: tuple[str, ...] = ("RS256",)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    #: whether newcomers get an account
    register: bool = True


def read_providers(settings: SingleSignOnSettings) -> dict[str, Provider]:
    """Return the providers by name.

    Raises:
        BadProviderError: a provider's settings cannot be used.
        MissingSecretError: a provider has no secret.
    """
    providers = [_read(dict(values)) for values in settings.providers]
    by_name = {provider.name: provider for provider in providers}
    if len(by_name) < len(providers):
        raise BadProviderError("Two identity providers have the same name.")
    return by_name


def is_safe_address(address: str, *, near: str = "") -> bool:
    """Whether secrets may be sent to `address`: over TLS, or on this machine if `near` (the issuer) is there too."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and {parts.hostname, urlsplit(near or address).hostname} <= _LOOPBACK


def _read(values: dict[str, Any]) -> Provider:
    name = str(values.get("name", ""))
    problem = _find_problem(name, values)
    if problem is not None:
        raise BadProviderError(f"Identity provider {name!r}: {problem}", provider=name)
    return Provider(
        name=name,
        label=str(values.get("label") or name.title()),
        issuer=values["issuer"],
        client_id=values["client_id"],
        client_secret=secret(f"NEXUS_OIDC_{name.upper().replace('-', '_')}_SECRET"),
        algorithms=tuple(values.get("algorithms") or ("RS256",)),
        scopes=tuple(values.get("scopes") or ("openid", "email", "profile")),
        register=bool(values.get("register", True)),
    )


def _find_problem(name: str, values: dict[str, Any]) -> str | None:
    unknown = set(values) - KNOWN
    wrong = set(values.get("algorithms") or ()) - ALGORITHMS
    has_ids = all(isinstance(values.get(key), str) and values[key] for key in ("issuer", "client_id"))
    problems = (
        (not _NAME.fullmatch(name), "a name is lower-case letters, digits and dashes."),
        (unknown, f"there is no setting called {', '.join(sorted(unknown))}."),
        (not has_ids, "an issuer and a client_id are needed."),
        (has_ids and not is_safe_address(values["issuer"]), "the issuer must be https (http only on this machine)."),
        (wrong, f"these algorithms cannot be used: {', '.join(sorted(wrong))}."),
        ("scopes" in values and "openid" not in values["scopes"], "the scopes must hold openid."),
    )
    return next((text for is_wrong, text in problems if is_wrong), None)
