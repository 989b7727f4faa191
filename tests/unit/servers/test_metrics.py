"""The figures of a site's servers, by server, and of the whole site."""

from prometheus_client import REGISTRY

from nexus_server.servers.metrics import show
from nexus_server.servers.views import ServerState
from tests.plugins.site_servers import server


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_each_server_has_its_figures_and_the_site_their_sum() -> None:
    drained = server("two", state=ServerState.DRAINING, homes=50)
    full = server("three", homes=210, room=-10, waiting=7)
    show([server("one"), drained, full, server("four", state=ServerState.GONE, homes=9, room=0)])
    assert (value("nexus_server_homes", server="one"), value("nexus_server_room", server="one")) == (4, 196)
    assert value("nexus_server_waiting", server="three") == 7
    assert value("nexus_server_up", server="two", state="draining") == 1
    assert value("nexus_server_up", server="four", state="gone") == 0
    assert value("nexus_capacity_used_learners") == 214, "only ready servers take learners"
    assert value("nexus_capacity_free_learners") == 196
    assert value("nexus_capacity_learners") == 410


def test_a_server_that_was_forgotten_is_shown_no_more() -> None:
    show([server("one"), server("two")])
    show([server("one")])
    assert value("nexus_server_homes", server="two") is None
