"""Everybody whom the matrix asks about, on a real server, with something of the owner's to be curious about."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.plugins.server import LiveServer

PEOPLE = ("anonymous", "owner", "other_student", "cohort_instructor", "other_instructor", "admin")


@dataclass
class Cast:
    """A client per person, and the ids of what belongs to the owner."""

    clients: dict[str, httpx.Client]
    #: fills the placeholders of example paths
    things: dict[str, str]

    def close(self) -> None:
        """Close every client."""
        for client in self.clients.values():
            client.close()


def gather(server: LiveServer) -> Cast:
    """Register everybody and give the owner a kernel, a session, a file, a thread and a cohort."""
    clients = {name: server.learner(name.replace("_", "-")) for name in PEOPLE if name not in ("anonymous", "admin")}
    clients["anonymous"] = server.client()
    clients["admin"] = log_in_admin(server)
    for client in clients.values():
        client.base_url = httpx.URL(server.url)
    api = "/nexus/api/v1"
    ids = {name: client.get(f"{api}/me").json()["id"] for name, client in clients.items() if name != "anonymous"}
    for name in ("cohort_instructor", "other_instructor"):
        clients["admin"].patch(f"{api}/admin/users/{ids[name]}", json={"role": "instructor"}).raise_for_status()
    cohort = _json(clients["cohort_instructor"].post(f"{api}/teaching/cohorts", json={"name": "Class 1"}))
    _json(clients["owner"].post(f"{api}/cohorts/join", json={"code": cohort["join_code"]}))
    owner = clients["owner"]
    session = _json(owner.post("/api/sessions", json={"path": "mine.ipynb", "type": "notebook", "name": "mine"}))
    note = {"type": "file", "format": "text", "content": "mine"}
    _json(owner.put("/api/contents/mine.txt", json=note))
    checkpoint = _json(owner.post("/api/contents/mine.txt/checkpoints"))
    things = {
        "user_id": ids["owner"],
        "cohort_id": cohort["id"],
        "kernel_id": session["kernel"]["id"],
        "session_id": session["id"],
        "checkpoint_id": checkpoint["id"],
        "unknown_id": "00000000-0000-4000-8000-000000000000",
    }
    return Cast(clients, things)


def log_in_admin(server: LiveServer) -> httpx.Client:
    """Return the first administrator, whose password the server printed once."""
    found = re.search(r"administrator: (\S+)\s+Password \(shown only now\): (\S+)", server.log.read_text())
    assert found, "the server printed no administrator"
    client = server.client()
    reply = client.post("/auth/login", json={"email": found[1], "password": found[2]})
    reply.raise_for_status()
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    return client


def _json(reply: httpx.Response) -> dict[str, Any]:
    assert reply.is_success, reply.text
    found: dict[str, Any] = reply.json()
    return found
