"""The proxies' configurations fit what the server does with connections."""

import re

from nexus_server.intake.settings import IntakeSettings
from tests.plugins.server import ROOT


def test_caddy_closes_idle_connections_before_the_server_does() -> None:
    """Go dials connections that it then does not need: the server closes one that sends nothing."""
    text = (ROOT / "deploy/proxy/Caddyfile").read_text()
    (seconds,) = re.findall(r"keepalive (\d+)s", text)
    settings = IntakeSettings()
    assert 0 < int(seconds) < min(settings.head_timeout_s, settings.idle_timeout_s)
