"""A server that knows an identity provider, and browsers that log in there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.plugins.identity_provider import CLIENT_ID, CLIENT_SECRET
from tests.plugins.processes import free_port, wait_for
from tests.plugins.server import ROOT, LiveServer, StartServer


@dataclass
class IdentityProvider:
    """A running provider process."""

    url: str
    process: subprocess.Popen[bytes]

    def control(self, **wanted: Any) -> None:
        httpx.post(f"{self.url}/control", json=wanted).raise_for_status()

    def person(self, name: str | None = None, /, mischief: dict[str, Any] | None = None, **claims: Any) -> "Person":
        """Make somebody, with a verified address unless told otherwise; the same `name` is the same subject."""
        name = name or f"p{uuid4().hex[:10]}"
        claims = {"email": f"{name}@example.org", "email_verified": True, "name": "Ada Lovelace"} | claims
        body = {"subject": f"sub-{name}", "claims": claims, "mischief": mischief or {}}
        httpx.put(f"{self.url}/people/{name}", json=body).raise_for_status()
        return Person(name, claims)


@dataclass
class Person:
    """Somebody at the provider."""

    name: str
    claims: dict[str, Any]

    @property
    def email(self) -> str:
        return str(self.claims["email"])


@dataclass
class Site:
    """A NexusAI server, and its provider `campus`; `gone` is a provider that nobody runs."""

    server: LiveServer
    provider: IdentityProvider
    #: as browsers reach it: cookies belong to this host
    url: str
    _open: list[httpx.Client] = field(default_factory=list)

    def browser(self, person: Person | None = None) -> httpx.Client:
        """Return a browser that follows redirects, logged in at the provider as `person`."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=60)
        self._open.append(client)
        if person is not None:
            client.get(f"{self.provider.url}/as/{person.name}").raise_for_status()
        return client

    def sign_on(self, person: Person, **query: str) -> httpx.Response:
        """Let somebody sign on in a browser of their own; returns the last reply."""
        return self.browser(person).get("/nexus/api/v1/auth/oidc/campus/login", params=query)

    def close(self) -> None:
        for client in self._open:
            client.close()


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    """Start an identity provider in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.plugins.identity_provider", str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(port, process)
        yield IdentityProvider(f"http://localhost:{port}", process)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[IdentityProvider]:
    """The provider of `sign_on_site`."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def own_provider() -> Iterator[IdentityProvider]:
    """A provider that the test may change; it sends browsers back to http://localhost:1/callback."""
    with running_provider() as provider:
        provider.control(redirect_uri="http://localhost:1/callback")
        yield provider


@pytest.fixture(scope="session")
def sign_on_site(start_lasting_server: StartServer, identity_provider: IdentityProvider) -> Iterator[Site]:
    """A server that people sign on to."""
    known = {"client_id": CLIENT_ID, "issuer": identity_provider.url}
    providers = [
        {"name": "campus", "label": "Campus <login>", **known},
        {"name": "gone", "label": "Gone", **known, "issuer": f"http://localhost:{free_port()}"},
    ]
    server = start_lasting_server(
        NEXUS_OIDC_PROVIDERS=json.dumps(providers),
        NEXUS_OIDC_CAMPUS_SECRET=CLIENT_SECRET,
        NEXUS_OIDC_GONE_SECRET=CLIENT_SECRET,
    )
    url = server.url.replace("127.0.0.1", "localhost")
    identity_provider.control(redirect_uri=f"{url}/nexus/api/v1/auth/oidc/campus/callback")
    site = Site(server, identity_provider, url)
    yield site
    site.close()
