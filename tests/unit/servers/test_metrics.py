"""The figures of a site's servers, by server, and of the whole site."""

from prometheus_client import REGISTRY

from nexus_server.servers.metrics import servers_wanted, show
from nexus_server.servers.views import ServerState, ServerView
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
    assert value("nexus_capacity_servers_wanted") == 2


def test_so_many_servers_are_wanted_as_learners_fill_to_four_fifths() -> None:
    def sized(homes: int, room: int, **differs: object) -> ServerView:
        return server("any", homes=homes, room=room, **differs)

    assert servers_wanted([]) == 1
    assert servers_wanted([sized(0, 200)]) == 1
    assert servers_wanted([sized(0, 200), sized(0, 200)]) == 1, "one is enough"
    assert servers_wanted([sized(160, 40)]) == 1
    assert servers_wanted([sized(161, 39)]) == 2
    assert servers_wanted([sized(200, -5, waiting=130), sized(150, 50)]) == 3, "who waits counts"
    drained = sized(100, 0, state=ServerState.DRAINING)
    assert servers_wanted([sized(150, 50), drained]) == 2, "its learners move"
    assert servers_wanted([sized(150, 50), sized(90, 0, state=ServerState.GONE)]) == 1
    assert servers_wanted([drained]) == 1, "none is ready to be measured"


def test_a_server_that_was_forgotten_is_shown_no_more() -> None:
    show([server("one"), server("two")])
    show([server("one")])
    assert value("nexus_server_homes", server="two") is None
