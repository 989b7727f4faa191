"""What `nexus doctor --site` says of the servers of a site."""

from pathlib import Path

from nexus_server.health.site_checks import find_troubles, look_at_locks
from nexus_server.kernels.storage.mounts import file_system_of
from nexus_server.servers.views import ServerState, ServerView
from tests.plugins.site_servers import server


def look(*servers: ServerView, has_keys: bool = True) -> dict[str, tuple[str, str]]:
    found = find_troubles(servers, clock_tolerance_s=30, has_keys=has_keys)
    return {finding.name: (finding.status, finding.message + " " + finding.advice) for finding in found}


def test_two_servers_that_are_well() -> None:
    found = look(server("one"), server("two"))
    assert {name: status for name, (status, _) in found.items()} == {"server one": "ok", "server two": "ok"}
    assert "4 learners, room for 196" in found["server one"][1]


def test_a_server_that_is_gone_is_started_or_forgotten() -> None:
    gone = server("two", state=ServerState.GONE, version="0.9", peer_port=0)
    found = look(server("one"), gone)
    assert found["server two"][0] == "warning"
    assert f"nexus servers forget {gone.id}" in found["server two"][1]
    assert set(found) == {"server one", "server two"}, "its version and keys trouble nobody"


def test_a_clock_that_is_off_by_minutes() -> None:
    status, text = look(server("one", clock_offset_s=-420.0))["server one"]
    assert status == "failure"
    assert "-420 s" in text


def test_names_that_two_have() -> None:
    assert look(server("one"), server("one"))["names"][0] == "failure"


def test_versions_that_differ() -> None:
    status, text = look(server("one"), server("two", version="1.1"))["versions"]
    assert status == "warning"
    assert "1.0 and 1.1" in text


def test_servers_that_share_no_learners() -> None:
    assert look(server("one"), server("two", peer_port=0))["site keys"] == (
        "warning",
        "two shares no learners. Give every server the same NEXUS_SITE_KEYS. See docs/operator/several-servers.md.",
    )
    assert look(server("one"), server("two"), has_keys=False)["site keys"][0] == "warning"
    assert "site keys" not in look(server("one"), has_keys=False), "it has nobody to share them with"


def test_locks_that_other_machines_do_not_see() -> None:
    found = look_at_locks("nfs", {"rw", "vers=3", "nolock"})
    assert (found.status, "`learners` is mounted with nolock" in found.message) == ("failure", True)
    assert look_at_locks("nfs4", {"rw", "local_lock=none"}).status == "ok"


def test_the_mount_that_a_path_lies_in() -> None:
    kind, options = file_system_of(Path("/proc/self"))
    assert kind == "proc"
    assert options & {"rw", "ro"}
