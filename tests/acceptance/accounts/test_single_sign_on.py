"""Single sign-on against a real provider process, with HTTP clients that follow redirects as browsers do."""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.plugins.identity_provider import CLIENT_ID, CLIENT_SECRET
from tests.plugins.server import PASSWORD, LiveServer
from tests.plugins.sign_on import Person, Site
from tests.security.people import log_in_admin

API = "/nexus/api/v1"
LOGIN = f"{API}/auth/oidc/campus/login"
CALLBACK = f"{API}/auth/oidc/campus/callback"
OURS = {"nexus_access", "nexus_refresh"}


def me(reply: httpx.Response, browser: httpx.Client) -> dict[str, Any]:
    """Return the profile that a browser sees, which came in."""
    assert reply.status_code == 200, reply.text[:400]
    profile: dict[str, Any] = browser.get(f"{API}/me").raise_for_status().json()
    return profile


def assert_refused(reply: httpx.Response, browser: httpx.Client, status: int, code: str) -> None:
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), reply.text[:400]
    assert OURS.isdisjoint(browser.cookies)
    assert browser.get(f"{API}/me").status_code == 401


def at_the_callback(site: Site, person: Person) -> tuple[httpx.Client, httpx.URL]:
    """Return a browser that was sent back by the provider, and the address that it did not open yet."""
    browser = site.browser(person)
    there = browser.get(LOGIN, follow_redirects=False).headers["Location"]
    back = browser.get(there, follow_redirects=False).headers["Location"]
    return browser, httpx.URL(back)


def register(site: Site, email: str) -> None:
    body = {"email": email, "password": PASSWORD, "display_name": "Ada"}
    with site.server.client() as client:
        client.post("/auth/register", json=body).raise_for_status()


def confirm(site: Site, email: str) -> None:
    """Prove the address by the mailed link, as its owner."""
    deadline = time.monotonic() + 30
    found: list[str] = []
    while not found:
        assert time.monotonic() < deadline, "no mail"
        mails = [path.read_text() for path in (site.server.data_dir / "mail" / "outbox").glob("*.eml")]
        found = [match for mail in mails if f"To: {email}" in mail for match in re.findall(r"#token=([\w-]+)", mail)]
    with site.server.client() as client:
        client.post("/auth/verify-email", json={"token": found[0]}).raise_for_status()


def test_a_newcomer_signs_on_and_is_logged_in_as_with_a_password(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person(zoneinfo="Europe/Berlin")
    browser = sign_on_site.browser(person)
    reply = browser.get(LOGIN, params={"next": "/lab/tree/notes.ipynb?a=b"})
    profile = me(reply, browser)
    assert reply.url.path == "/lab/tree/notes.ipynb"
    assert (profile["email"], profile["display_name"], profile["role"]) == (person.email, "Ada Lovelace", "student")
    assert profile["email_verified"]
    assert profile["timezone"] == "Europe/Berlin"
    assert profile["streak_count"] == 1, "a sign-on is a login"
    kept = {cookie.name: cookie for cookie in browser.cookies.jar}
    assert set(kept) >= OURS | {"_xsrf"}
    assert "nexus_sign_on" not in kept
    assert all(kept[name].has_nonstandard_attr("HttpOnly") for name in OURS)
    refused = browser.patch(f"{API}/me", json={"display_name": "Eve"})
    assert refused.status_code == 403, "a cookie needs the XSRF token after a sign-on, too"
    headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
    assert browser.patch(f"{API}/me", json={"display_name": "Grace"}, headers=headers).status_code == 200


def test_what_is_asked_of_the_provider(sign_on_site: Site) -> None:
    reply = sign_on_site.browser().get(LOGIN, follow_redirects=False)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}
    assert reply.status_code == 302
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["scope"] == "openid email profile"
    assert asked["redirect_uri"] == f"{sign_on_site.url}{CALLBACK}"
    assert asked["code_challenge_method"] == "S256"
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("nexus_sign_on=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert CLIENT_SECRET not in reply.headers["Location"]


def test_who_came_before_is_known_by_the_subject_not_by_the_address(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person()
    browser = sign_on_site.browser(person)
    first = me(browser.get(LOGIN), browser)
    sign_on_site.provider.person(person.name, email="moved@elsewhere.example", email_verified=False)
    again = sign_on_site.browser(person)
    assert me(again.get(LOGIN), again)["id"] == first["id"]
    # and a stranger whom the old address was given to is another person
    stranger = sign_on_site.browser(sign_on_site.provider.person(email=f"new-{person.email}"))
    assert me(stranger.get(LOGIN), stranger)["id"] != first["id"]


def test_a_confirmed_account_is_linked_by_its_address(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person(email="Linked.Person@Example.org")
    register(sign_on_site, "linked.person@example.org")
    confirm(sign_on_site, "linked.person@example.org")
    browser = sign_on_site.browser(person)
    profile = me(browser.get(LOGIN), browser)
    assert profile["display_name"] == "Ada"
    with sign_on_site.server.client() as client:
        body = {"email": "linked.person@example.org", "password": PASSWORD}
        assert client.post("/auth/login", json=body).json()["user"]["id"] == profile["id"], "the password still works"


def test_an_account_that_never_confirmed_its_address_is_no_trap(sign_on_site: Site) -> None:
    """Somebody registered with another's address and waits for the owner to sign on (account pre-hijacking)."""
    person = sign_on_site.provider.person()
    register(sign_on_site, person.email)
    browser = sign_on_site.browser(person)
    assert_refused(browser.get(LOGIN), browser, 403, "account_not_confirmed")


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "yes"}, {"email_verified": None}])
def test_an_address_that_the_provider_did_not_verify_opens_no_account(
    sign_on_site: Site, claims: dict[str, Any]
) -> None:
    person = sign_on_site.provider.person(**claims)
    register(sign_on_site, person.email)
    confirm(sign_on_site, person.email)
    browser = sign_on_site.browser(person)
    assert_refused(browser.get(LOGIN), browser, 403, "email_not_verified")


def test_the_address_may_come_from_userinfo(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person(mischief={"hide_email": True})
    browser = sign_on_site.browser(person)
    assert me(browser.get(LOGIN), browser)["email"] == person.email


NOW = int(time.time())
LIES: dict[str, dict[str, Any]] = {
    "bad nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"claims": {"iss": None}},
    "another audience": {"claims": {"aud": "another-client"}},
    "audience among others": {"claims": {"aud": [CLIENT_ID, "another"], "azp": "another"}},
    "no audience": {"claims": {"aud": None}},
    "expired": {"claims": {"iat": NOW - 7200, "exp": NOW - 3600}},
    "no end": {"claims": {"exp": None}},
    "from the future": {"claims": {"iat": NOW + 36000, "exp": NOW + 72000}},
    "not yet valid": {"claims": {"nbf": NOW + 36000}},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "no subject": {"claims": {"sub": None}},
    "endless subject": {"claims": {"sub": "x" * 300}},
    "a subject that is no text": {"claims": {"sub": 7}},
    "alg none": {"algorithm": "none"},
    "signed with our secret": {"algorithm": "HS256"},
    "an algorithm that is not pinned": {"algorithm": "PS256"},
    "signed with another key": {"key": "other"},
    "another person's userinfo": {"hide_email": True, "userinfo": {"sub": "somebody"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_lets_nobody_in(sign_on_site: Site, lie: str) -> None:
    browser = sign_on_site.browser(sign_on_site.provider.person(mischief=LIES[lie]))
    assert_refused(browser.get(LOGIN), browser, 401, "sign_on_failed")


@pytest.mark.parametrize("state", ["", "another-state", None])
def test_an_answer_with_another_state_is_refused(sign_on_site: Site, state: str | None) -> None:
    browser, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    query = {"code": back.params["code"]} | ({"state": state} if state is not None else {})
    assert_refused(browser.get(CALLBACK, params=query), browser, 401, "sign_on_expired")


def test_an_answer_in_another_browser_is_refused(sign_on_site: Site) -> None:
    """Login CSRF: a page sends its visitor to the end of a sign-on that its owner began."""
    _, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    victim = sign_on_site.browser()
    assert_refused(victim.get(back), victim, 401, "sign_on_expired")


def test_a_code_works_once(sign_on_site: Site) -> None:
    browser, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    handshake = browser.cookies["nexus_sign_on"]
    assert browser.get(back).status_code == 200
    other = sign_on_site.browser()
    other.cookies.update({name: value for name, value in browser.cookies.items() if name == "_xsrf"})
    assert_refused(other.get(back), other, 401, "sign_on_expired")
    other.cookies.set("nexus_sign_on", handshake, domain="localhost.local")
    assert_refused(other.get(back), other, 401, "sign_on_failed")


def test_a_stolen_code_does_not_fit_into_another_sign_on(sign_on_site: Site) -> None:
    """Code injection: PKCE ties a code to the browser that began."""
    _, stolen = at_the_callback(sign_on_site, sign_on_site.provider.person())
    thief, own = at_the_callback(sign_on_site, sign_on_site.provider.person())
    query = {"code": stolen.params["code"], "state": own.params["state"]}
    assert_refused(thief.get(CALLBACK, params=query), thief, 401, "sign_on_failed")


def test_an_answer_of_another_issuer_is_refused(sign_on_site: Site) -> None:
    browser, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    reply = browser.get(back.copy_add_param("iss", "https://evil.example"))
    assert_refused(reply, browser, 401, "sign_on_failed")


def test_a_forged_cookie_begins_nothing(sign_on_site: Site) -> None:
    browser, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    signed = browser.cookies["nexus_sign_on"]
    browser.cookies.set("nexus_sign_on", signed[:-4] + "0000", domain="localhost.local")
    assert_refused(browser.get(back), browser, 401, "sign_on_expired")


def test_who_declines_at_the_provider_is_not_in(sign_on_site: Site) -> None:
    nobody = sign_on_site.browser()
    assert_refused(nobody.get(LOGIN), nobody, 401, "sign_on_declined")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aLocation:%20https://evil.example".replace("%0d%0a", "\r\n"),
        "lab",
        "/nexus/login",
    ],
)
def test_nobody_is_led_to_another_site(sign_on_site: Site, wanted: str) -> None:
    reply = sign_on_site.sign_on(sign_on_site.provider.person(), next=wanted)
    assert reply.status_code == 200
    assert reply.url.path == "/nexus/learn"
    assert f"{reply.url.scheme}://{reply.url.netloc.decode()}" == sign_on_site.url


@contextmanager
def ill(site: Site, status: int) -> Iterator[None]:
    site.provider.control(illness=status)
    try:
        yield
    finally:
        site.provider.control(illness=0)


def test_a_provider_that_is_away_is_said_to_be_away(sign_on_site: Site) -> None:
    browser = sign_on_site.browser()
    reply = browser.get(f"{API}/auth/oidc/gone/login")
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "provider_unavailable")
    assert int(reply.headers["Retry-After"]) > 0


@pytest.mark.parametrize("status", [500, 503, 404, 302])
def test_a_provider_that_falls_ill_half_way_is_said_to_be_away(sign_on_site: Site, status: int) -> None:
    browser, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    with ill(sign_on_site, status):
        assert_refused(browser.get(back), browser, 503, "provider_unavailable")


def test_an_unknown_provider_is_not_found(sign_on_site: Site) -> None:
    browser = sign_on_site.browser()
    for path in ("login", "callback"):
        reply = browser.get(f"{API}/auth/oidc/nobody/{path}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "unknown_provider")


def test_a_person_is_told_on_the_login_page_what_went_wrong(sign_on_site: Site) -> None:
    browser = sign_on_site.browser(sign_on_site.provider.person(email_verified=False))
    browser.headers["Accept"] = "text/html"
    reply = browser.get(LOGIN)
    assert reply.status_code == 200
    assert (reply.url.path, reply.url.params["problem"]) == ("/nexus/login", "email_not_verified")


def test_a_disabled_account_stays_out(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person()
    browser = sign_on_site.browser(person)
    user_id = me(browser.get(LOGIN), browser)["id"]
    with closing(log_in_admin(sign_on_site.server)) as admin:
        admin.patch(f"/admin/users/{user_id}", json={"disabled": True}).raise_for_status()
    again = sign_on_site.browser(person)
    assert_refused(again.get(LOGIN), again, 403, "account_disabled")


def link(site: Site, client: httpx.Client, person: Person) -> httpx.Response:
    """Link somebody's identity to the account that `client` is logged in to, in the same browser."""
    headers = {"X-XSRFToken": client.cookies["_xsrf"]}
    client.get(f"{site.provider.url}/as/{person.name}").raise_for_status()
    reply = client.post(f"{API}/me/identities", json={"provider": "campus", "next": "/lab"}, headers=headers)
    return client.get(reply.raise_for_status().json()["url"])


def with_password(site: Site, email: str) -> httpx.Client:
    register(site, email)
    client = site.browser()
    client.post(f"{API}/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
    return client


def test_an_identity_is_linked_and_unlinked_in_the_profile(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person()
    client = with_password(sign_on_site, person.email)
    mine = client.get(f"{API}/me").json()
    assert client.post(f"{API}/me/identities", json={"provider": "campus"}).status_code == 403, "no XSRF token"
    assert link(sign_on_site, client, person).url.path == "/lab"
    listed = client.get(f"{API}/me/identities").json()
    assert [(item["provider"], item["label"]) for item in listed["items"]] == [("campus", "Campus <login>")]
    assert [provider["name"] for provider in listed["providers"]] == ["campus", "gone"]
    browser = sign_on_site.browser(person)
    profile = me(browser.get(LOGIN), browser)
    assert (profile["id"], profile["email_verified"]) == (mine["id"], True)
    headers = {"X-XSRFToken": client.cookies["_xsrf"]}
    path = f"{API}/me/identities/{listed['items'][0]['id']}"
    with closing(sign_on_site.server.learner()) as stranger:
        assert stranger.delete(f"{sign_on_site.url}{path}").status_code == 404
    assert client.delete(path, headers=headers).status_code == 204
    assert client.get(f"{API}/me/identities").json()["items"] == []


def test_somebody_elses_identity_is_not_linked(sign_on_site: Site) -> None:
    client = with_password(sign_on_site, sign_on_site.provider.person().email)
    reply = link(sign_on_site, client, sign_on_site.provider.person())
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "other_person")
    assert client.get(f"{API}/me/identities").json()["items"] == []


def test_a_link_that_another_login_began_is_not_finished(sign_on_site: Site) -> None:
    person = sign_on_site.provider.person()
    client = with_password(sign_on_site, person.email)
    headers = {"X-XSRFToken": client.cookies["_xsrf"]}
    url = client.post(f"{API}/me/identities", json={"provider": "campus"}, headers=headers).json()["url"]
    client.post(f"{API}/auth/logout", headers=headers).raise_for_status()
    client.get(f"{sign_on_site.provider.url}/as/{person.name}").raise_for_status()
    assert_refused(client.get(url), client, 401, "sign_on_expired")


def test_the_only_way_in_is_not_taken_away(sign_on_site: Site) -> None:
    browser = sign_on_site.browser(sign_on_site.provider.person())
    me(browser.get(LOGIN), browser)
    headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
    (identity,) = browser.get(f"{API}/me/identities").json()["items"]
    reply = browser.delete(f"{API}/me/identities/{identity['id']}", headers=headers)
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "last_credential")


def test_the_login_page_names_the_providers_only_where_there_are_any(
    sign_on_site: Site, live_server: LiveServer
) -> None:
    page = sign_on_site.browser().get("/nexus/login").text
    assert (
        'data-providers="[{&quot;name&quot;: &quot;campus&quot;, &quot;label&quot;: &quot;Campus &lt;login&gt;' in page
    )
    assert 'data-providers="[]"' in httpx.get(f"{live_server.url}/nexus/login").text


def test_nothing_secret_is_in_the_log(sign_on_site: Site) -> None:
    browser, back = at_the_callback(sign_on_site, sign_on_site.provider.person())
    browser.get(back)
    failed, again = at_the_callback(sign_on_site, sign_on_site.provider.person(mischief=LIES["expired"]))
    assert failed.get(again).status_code == 401
    log = sign_on_site.server.log.read_text()
    secrets = [CLIENT_SECRET, back.params["code"], again.params["code"], again.params["state"]]
    secrets += [browser.cookies[name] for name in OURS]
    assert [secret for secret in secrets if secret in log] == []
