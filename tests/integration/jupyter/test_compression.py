"""What is text goes out compressed, once and right; what hands out tokens does not."""

import gzip
import json
import re

import httpx
import pytest

from tests.plugins.server import PASSWORD, LiveServer

pytestmark = pytest.mark.slow


@pytest.fixture
def browser(live_server: LiveServer) -> httpx.Client:
    """A program that reads bytes as they came."""
    return live_server.client(headers={"Accept-Encoding": "gzip, br"})


def raw(client: httpx.Client, url: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    """The reply's headers and its body as it travelled."""
    with client.stream("GET", url, headers=headers) as reply:
        reply.raise_for_status()
        return reply.headers, b"".join(reply.iter_raw())


def largest_script(client: httpx.Client, server: LiveServer) -> str:
    """The address of JupyterLab's largest file, as a logged-in browser finds it."""
    learner = server.learner("reader")
    page = client.get(f"{server.url}/lab", headers={"Authorization": learner.headers["Authorization"]}).text
    found = re.search(r'src="([^"]*/static/lab/[^"]*\.js[^"]*)"', page)
    assert found
    return server.url + found[1]


def test_files_are_compressed_and_hold_the_same(browser: httpx.Client, live_server: LiveServer) -> None:
    for url in (largest_script(browser, live_server), f"{live_server.url}/nexus/static/pages.js"):
        headers, body = raw(browser, url)
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Vary"] == "Accept-Encoding"
        assert int(headers["Content-Length"]) == len(body)
        plain_headers, plain = raw(browser, url, **{"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain_headers
        assert gzip.decompress(body) == plain
        assert len(body) < len(plain) / 2


def test_a_range_of_a_file_is_a_range_of_the_file_itself(browser: httpx.Client, live_server: LiveServer) -> None:
    url = f"{live_server.url}/nexus/static/pages.js"
    headers, body = raw(browser, url, Range="bytes=0-99")
    assert "Content-Encoding" not in headers
    assert len(body) == 100


def test_a_kept_file_is_not_sent_again(browser: httpx.Client, live_server: LiveServer) -> None:
    url = f"{live_server.url}/nexus/static/pages.js"
    modified = raw(browser, url)[0]["Last-Modified"]
    assert browser.get(url, headers={"If-Modified-Since": modified}).status_code == 304


def test_replies_are_compressed(browser: httpx.Client, live_server: LiveServer) -> None:
    learner = live_server.learner("reader")
    bearer = {"Authorization": learner.headers["Authorization"]}
    for path in ("/nexus/api/v1/roadmaps/python-foundations", "/lab/api/settings", "/lab"):
        headers, body = raw(browser, live_server.url + path, **bearer)
        assert headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(body)


def test_tokens_are_never_compressed(browser: httpx.Client, live_server: LiveServer) -> None:
    email = live_server.learner("owner").get("/me").json()["email"]
    with browser.stream("POST", "/auth/login", json={"email": email, "password": PASSWORD}) as reply:
        body = b"".join(reply.iter_raw())
    assert "Content-Encoding" not in reply.headers
    assert len(body) > 1024 or json.loads(body)["access_token"]


def test_only_our_extension_is_sent(browser: httpx.Client, live_server: LiveServer) -> None:
    learner = live_server.learner("reader")
    page = browser.get(f"{live_server.url}/lab", headers={"Authorization": learner.headers["Authorization"]}).text
    found = re.search(r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', page, re.DOTALL)
    assert found
    assert [each["name"] for each in json.loads(found[1])["federated_extensions"]] == ["nexusai"]


def test_what_the_build_compressed_goes_out_in_brotli_and_is_kept_for_ever(
    browser: httpx.Client, live_server: LiveServer
) -> None:
    manifest = browser.get(f"{live_server.url}/nexus/static/learn/manifest.json").json()
    url = f"{live_server.url}/nexus/static/learn/{manifest['script']}"
    headers, body = raw(browser, url)
    assert headers["Content-Encoding"] == "br"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert int(headers["Content-Length"]) == len(body)
    assert (
        gzip.decompress(raw(browser, url, **{"Accept-Encoding": "gzip"})[1])
        == raw(browser, url, **{"Accept-Encoding": "identity"})[1]
    )
