"""Settings of identity providers that cannot be used stop the start, by name."""

from typing import Any

import pytest
from traitlets.config import Config

from nexus_server.accounts.errors import BadProviderError
from nexus_server.accounts.oidc.settings import SingleSignOnSettings, is_safe_address, read_providers
from nexus_server.errors import MissingSecretError

GOOD = {"name": "my-school", "issuer": "https://login.example.edu", "client_id": "nexus"}


def settings(*providers: dict[str, Any]) -> SingleSignOnSettings:
    return SingleSignOnSettings(config=Config({"SingleSignOnSettings": {"providers": list(providers)}}))


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXUS_OIDC_MY_SCHOOL_SECRET", "s3cret")


def test_a_provider_has_defaults_and_hides_its_secret() -> None:
    provider = read_providers(settings(GOOD))["my-school"]
    assert provider.label == "My-School"
    assert provider.algorithms == ("RS256",)
    assert provider.scopes == ("openid", "email", "profile")
    assert provider.client_secret == "s3cret"
    assert "s3cret" not in repr(provider)


def test_without_providers_there_is_no_sign_on() -> None:
    assert read_providers(settings()) == {}


def test_the_environment_names_providers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "NEXUS_OIDC_PROVIDERS", '[{"name": "my-school", "issuer": "https://a.example", "client_id": "b"}]'
    )
    assert list(read_providers(SingleSignOnSettings())) == ["my-school"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "My School"},
        {"name": "../x"},
        {"issuer": ""},
        {"issuer": "http://login.example.edu"},
        {"issuer": "ftp://localhost"},
        {"client_id": ""},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"scopes": ["email"]},
        {"secret": "in the settings"},
    ],
    ids=str,
)
def test_what_cannot_be_used_stops_the_start(change: dict[str, Any]) -> None:
    with pytest.raises(BadProviderError):
        read_providers(settings(GOOD | change))


def test_two_providers_of_one_name_stop_the_start() -> None:
    with pytest.raises(BadProviderError):
        read_providers(settings(GOOD, GOOD))


def test_a_missing_secret_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEXUS_OIDC_MY_SCHOOL_SECRET")
    with pytest.raises(MissingSecretError, match="NEXUS_OIDC_MY_SCHOOL_SECRET"):
        read_providers(settings(GOOD))


@pytest.mark.parametrize(
    ("address", "near", "is_safe"),
    [
        ("https://login.example.edu/token", "https://login.example.edu", True),
        ("https://elsewhere.example/token", "https://login.example.edu", True),
        ("http://login.example.edu/token", "https://login.example.edu", False),
        ("http://localhost:1/token", "http://127.0.0.1:2", True),
        ("http://localhost:1/token", "https://login.example.edu", False),
        ("http://localhost.evil.example/token", "http://localhost", False),
        ("https:///token", "https://login.example.edu", False),
        ("", "https://login.example.edu", False),
    ],
)
def test_secrets_travel_over_tls_or_not_at_all(address: str, near: str, *, is_safe: bool) -> None:
    assert is_safe_address(address, near=near) is is_safe
