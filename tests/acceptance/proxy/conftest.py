"""A site behind real reverse proxies, each with its configuration from `deploy/proxy/`."""

import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from tests.plugins.certificates import write_certificate
from tests.plugins.kernel_talk import KernelTalk
from tests.plugins.processes import free_port, wait_for
from tests.plugins.server import ROOT, LiveServer, StartServer

HOST = "nexus.example"
CONFIGURATIONS = ROOT / "deploy" / "proxy"
#: the file of each proxy, and the command that runs it in the foreground
PROXIES = {
    "nginx": ("nginx.conf", ["nginx", "-e", "stderr", "-c", "{file}"]),
    "caddy": ("Caddyfile", ["caddy", "run", "--adapter", "caddyfile", "--config", "{file}"]),
    "haproxy": ("haproxy.cfg", ["haproxy", "-db", "-f", "{file}"]),
}
#: nginx's own file is a part of Debian's; this is the rest, without what needs root or the whole machine
NGINX_AROUND = """user root; daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {site}
}}
"""


@dataclass(frozen=True)
class ProxiedSite:
    """A server, and the proxy that browsers talk to."""

    server: LiveServer
    port: int
    trust: ssl.SSLContext
    certificate: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def browser(self, **headers: str) -> httpx.Client:
        """Return a client that goes to the proxy, whatever DNS says of the host."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": f"{HOST}:{self.port}", "Origin": self.url, **headers},
            verify=self.trust,
            timeout=60,
        )

    def post(self, browser: httpx.Client, path: str, body: Any) -> httpx.Response:
        """Send JSON as a page does."""
        return browser.post(
            f"/nexus/api/v1{path}", json=body, headers=self._xsrf(browser), extensions={"sni_hostname": HOST}
        )

    @staticmethod
    def _xsrf(browser: httpx.Client) -> dict[str, str]:
        token = browser.cookies.get("_xsrf")
        return {"X-XSRFToken": token} if token else {}

    def talk(self, kernel_id: str, headers: dict[str, str]) -> KernelTalk:
        """Open a kernel's WebSocket as a page of the site does."""
        way = socket.create_connection(("127.0.0.1", self.port))
        return KernelTalk(self.url, kernel_id, headers, sock=way, ssl=self.trust, origin=self.url)


@contextmanager
def run_proxy(
    name: str,
    folder: Path,
    port: int,
    upstream: str,
    *,
    certificate: Path,
    changes: Mapping[str, str] = MappingProxyType({}),
    configurations: Path = CONFIGURATIONS,
) -> Iterator[None]:
    """Run a proxy with its own configuration, put in place as its first lines say, and with some of it replaced."""
    file, command = PROXIES[name]
    text = (configurations / file).read_text()
    assert all(old in text for old in changes)
    places = {
        **changes,
        "127.0.0.1:8888": upstream,
        "/etc/ssl/nexus/fullchain.pem": str(certificate),
        "/etc/ssl/nexus/privkey.pem": str(certificate),
        "/etc/ssl/nexus/nexus.pem": str(certificate),
        "listen 443": f"listen {port}",
        "bind :443": f"bind :{port}",
        "listen 80": f"listen {free_port()}",
        "bind :80": f"bind :{free_port()}",
    }
    if name == "caddy":
        places["nexus.example {"] = f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\nhttps://{HOST}:{port} {{"
    for old, new in places.items():
        text = text.replace(old, new)
    if name == "nginx":
        text = NGINX_AROUND.format(folder=folder, site=text)
    path = folder / file
    path.write_text(text)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [part.format(file=path) for part in command],
            stdout=log,
            stderr=log,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder)},
        )
    try:
        wait_for(port, process)
        yield
    except RuntimeError as error:
        raise RuntimeError(f"{error}\n{(folder / 'log').read_text()[-4000:]}") from None
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="package", params=sorted(PROXIES))
def site(
    request: pytest.FixtureRequest, start_lasting_server: StartServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProxiedSite]:
    """A site behind one of the proxies; the public address is all that the server was told."""
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    certificate = write_certificate(folder, HOST)
    server = start_lasting_server(NEXUS_PUBLIC_URL=f"https://{HOST}:{port}")
    with run_proxy(request.param, folder, port, server.url.removeprefix("http://"), certificate=certificate):
        yield ProxiedSite(server, port, ssl.create_default_context(cafile=str(certificate)), certificate)
