"""A provider changes its keys and its name; asked for real, with a clock that the test moves."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from nexus_server.accounts.errors import ProviderUnavailableError, SignOnFailedError
from nexus_server.accounts.oidc.handshake import Handshake, new_handshake
from nexus_server.accounts.oidc.provider_client import MIN_KEYS_AGE_S, ProviderClient
from nexus_server.accounts.oidc.settings import Provider, SingleSignOnSettings
from nexus_server.clock import ManualClock
from tests.plugins.identity_provider import CLIENT_ID, CLIENT_SECRET
from tests.plugins.processes import free_port
from tests.plugins.sign_on import IdentityProvider

CALLBACK = "http://localhost:1/callback"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def client(own_provider: IdentityProvider, clock: ManualClock) -> ProviderClient:
    return open_client(own_provider.url, clock)


def open_client(issuer: str, clock: ManualClock) -> ProviderClient:
    provider = Provider("campus", "Campus", issuer, CLIENT_ID, CLIENT_SECRET)
    return ProviderClient(provider, SingleSignOnSettings(), clock, redirect_uri=CALLBACK)


async def code_for(client: ProviderClient, provider: IdentityProvider) -> tuple[str, Handshake]:
    """Log in at the provider as a browser does, and return what it sends back."""
    handshake = new_handshake("campus", "/lab", expires_at=0)
    person = provider.person()
    url = await client.authorization_url(handshake)
    async with httpx.AsyncClient(cookies={"idp_person": person.name}) as browser:
        back = (await browser.get(url)).headers["Location"]
    return parse_qs(urlsplit(back).query)["code"][0], handshake


async def test_new_keys_are_read_when_a_token_needs_them_but_not_all_the_time(
    client: ProviderClient, own_provider: IdentityProvider, clock: ManualClock
) -> None:
    assert (await client.redeem(*await code_for(client, own_provider)))["sub"]
    own_provider.control(redirect_uri=CALLBACK, rotate=True)
    with pytest.raises(SignOnFailedError):
        await client.redeem(*await code_for(client, own_provider))
    clock.time += timedelta(seconds=MIN_KEYS_AGE_S)
    assert (await client.redeem(*await code_for(client, own_provider)))["sub"]


async def test_a_token_is_over_by_our_clock_but_for_the_leeway(
    client: ProviderClient, own_provider: IdentityProvider, clock: ManualClock
) -> None:
    clock.time += timedelta(hours=1, seconds=20)
    assert (await client.redeem(*await code_for(client, own_provider)))["sub"]
    clock.time += timedelta(seconds=60)
    with pytest.raises(SignOnFailedError):
        await client.redeem(*await code_for(client, own_provider))


async def test_a_provider_that_calls_itself_something_else_is_not_believed(
    own_provider: IdentityProvider, clock: ManualClock
) -> None:
    same_place = own_provider.url.replace("localhost", "127.0.0.1")
    for issuer in (same_place, f"{own_provider.url}/"):
        with pytest.raises(ProviderUnavailableError):
            await open_client(issuer, clock).authorization_url(new_handshake("campus", "/lab", expires_at=0))


async def test_a_provider_that_was_away_is_asked_again(own_provider: IdentityProvider, clock: ManualClock) -> None:
    handshake = new_handshake("campus", "/lab", expires_at=0)
    client = open_client(own_provider.url, clock)
    own_provider.control(illness=500)
    with pytest.raises(ProviderUnavailableError) as away:
        await client.authorization_url(handshake)
    assert away.value.retry_after_s > 0
    own_provider.control(redirect_uri=CALLBACK)
    assert (await client.authorization_url(handshake)).startswith(f"{own_provider.url}/authorize?")
    nobody = open_client(f"http://localhost:{free_port()}", clock)
    with pytest.raises(ProviderUnavailableError):
        await nobody.authorization_url(handshake)
