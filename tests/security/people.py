"""Everybody whom the matrix asks about, on a real server, with something of the owner's to be curious about."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from nexus_server.store.database import Database
from nexus_server.store.models.accounts import ExternalIdentity
from nexus_server.web.contract import API
from tests.plugins.grading_site import wait_until_graded
from tests.plugins.server import PASSWORD, LiveServer

MISTAKE = {"cell_source": "1/0", "error": {"ename": "ZeroDivisionError", "evalue": "division by zero"}}
PEOPLE = ("anonymous", "owner", "other_student", "cohort_instructor", "grader", "other_instructor", "admin")


@dataclass
class Cast:
    """A client per person, and the ids of what belongs to the owner."""

    clients: dict[str, httpx.Client]
    #: fills the placeholders of example paths
    things: dict[str, str]
    #: what is the owner's alone, by names of `things` and "email"
    private: dict[str, str]

    def close(self) -> None:
        """Close every client."""
        for client in self.clients.values():
            client.close()


def gather(server: LiveServer, database_url: str = "") -> Cast:
    """Register everybody; the owner gets a cohort, a kernel, a session, a file, a graded lab, a hint and a thread.

    `database_url` is the server's database, unless that is the file in its data directory.
    """
    clients = _everybody(server)
    owner = clients["owner"]
    profile = _json(owner.get(f"{API}/me"))
    taught = _teach(clients["cohort_instructor"], owner)
    colleague = {"email": _json(clients["grader"].get(f"{API}/me"))["email"], "role": "grader"}
    members = f"{API}/teaching/cohorts/{taught['cohort_id']}/members"
    clients["cohort_instructor"].post(members, json=colleague).raise_for_status()
    mine = _own_work(owner)
    address = database_url or f"sqlite:///{server.data_dir / 'nexus.db'}"
    mine["identity_id"] = asyncio.run(_identity(address, profile["id"]))
    mine["submission_id"], nodes = _graded_submission(owner)
    mine["login_id"] = _second_login(server, owner)
    mine["look_id"] = _ask_for_another_look(owner, mine["submission_id"])
    labs = {"lab_id": nodes["first-steps"], "quiz_node_id": nodes["values-and-types"]}
    checkpoint = {"checkpoint_id": _file_with_checkpoint(owner), "user_id": profile["id"]}
    things = {**taught, **mine, **labs, **checkpoint, **_thread(owner, clients["other_student"])}
    return Cast(clients, things, private=mine | {"email": profile["email"]})


def _everybody(server: LiveServer) -> dict[str, httpx.Client]:
    """Return a client of each person, in the role that the name says."""
    clients = {name: server.learner(name.replace("_", "-")) for name in PEOPLE if name not in ("anonymous", "admin")}
    clients["anonymous"] = server.client()
    clients["admin"] = log_in_admin(server)
    for client in clients.values():
        client.base_url = httpx.URL(server.url)
    for name in ("cohort_instructor", "grader", "other_instructor"):
        user_id = _json(clients[name].get(f"{API}/me"))["id"]
        clients["admin"].patch(f"{API}/admin/users/{user_id}", json={"role": "instructor"}).raise_for_status()
    return clients


def _own_work(owner: httpx.Client) -> dict[str, str]:
    """Give the owner a session with a kernel, a notebook's version, a hint and a request for help; return their ids."""
    session = _json(owner.post("/api/sessions", json={"path": "mine.ipynb", "type": "notebook", "name": "mine"}))
    return {
        "session_id": session["id"],
        "kernel_id": session["kernel"]["id"],
        "version_id": _replaced_notebook(owner),
        "hint_id": _json(owner.post(f"{API}/hints", json=MISTAKE))["id"],
        "request_id": _json(owner.post(f"{API}/help", json={"note": "I am stuck."}))["id"],
    }


def _file_with_checkpoint(owner: httpx.Client) -> str:
    """Give the owner a file, and return the id of its checkpoint."""
    note = {"type": "file", "format": "text", "content": "mine"}
    _json(owner.put("/api/contents/mine.txt", json=note))
    return str(_json(owner.post("/api/contents/mine.txt/checkpoints"))["id"])


def _thread(owner: httpx.Client, other: httpx.Client) -> dict[str, str]:
    """Let the owner ask in the forum, and somebody else answer; return the ids."""
    question = {"title": "A question", "body_md": "How does this work?"}
    thread = _json(owner.post(f"{API}/forum/threads", json=question))
    opinion = {"body_md": "It works like this."}
    answer = _json(other.post(f"{API}/forum/threads/{thread['id']}/posts", json=opinion))
    post_id = _json(owner.get(f"{API}/forum/threads/{thread['id']}"))["posts"][0]["id"]
    return {"thread_id": thread["id"], "answer_id": answer["id"], "post_id": post_id}


def _teach(instructor: httpx.Client, student: httpx.Client) -> dict[str, str]:
    """Give an instructor a class with a student and a policy, and a draft with a note; return their ids."""
    cohort = _json(instructor.post(f"{API}/teaching/cohorts", json={"name": "Class 1"}))
    course = {"slug": "my-course", "title": "My course"}
    draft = _json(instructor.post(f"{API}/teaching/drafts", json=course))
    text = instructor.put(f"{API}/teaching/drafts/{draft['id']}/texts/notes/more.md", json={"text": "# More"})
    text.raise_for_status()
    _json(student.post(f"{API}/cohorts/join", json={"code": cohort["join_code"]}))
    policies = f"{API}/teaching/tutor/policies/cohorts/{cohort['id']}"
    listed = _json(instructor.put(policies, json={"context": "For beginners."}))["items"]
    policy_id = next(each["id"] for each in listed if each["cohort_id"] == cohort["id"])
    return {"cohort_id": cohort["id"], "draft_id": draft["id"], "policy_id": policy_id}


async def _identity(database_url: str, user_id: str) -> str:
    """Let the owner have signed on through a provider, and return that identity's id."""
    database = Database(database_url)
    # each owner is another subject: one server serves several modules, each with its own people
    identity = ExternalIdentity(user_id=UUID(user_id), provider="school", issuer="https://id.example", subject=user_id)
    async with database.transaction() as session:
        session.add(identity)
    await database.close()
    return str(identity.id)


def _graded_submission(owner: httpx.Client) -> tuple[str, dict[str, str]]:
    """Hand in the first lab as it is released; return the submission's id when it is graded, and all steps' by slug."""
    nodes = {node["slug"]: node["id"] for node in _json(owner.get(f"{API}/roadmaps/python-foundations"))["nodes"]}
    owner.post(f"{API}/nodes/{nodes['welcome']}/complete").raise_for_status()
    owner.post(f"{API}/nodes/{nodes['first-steps']}/open").raise_for_status()
    submission = _json(owner.post(f"{API}/nodes/{nodes['first-steps']}/submissions"))["id"]
    wait_until_graded(owner, f"{API}/submissions/{submission}")
    return str(submission), nodes


def _replaced_notebook(owner: httpx.Client) -> str:
    """Save a notebook twice, and return the id of the version that the second save replaced."""
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    for source in ("mine", "mine, too"):
        cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": source}
        model = {"type": "notebook", "format": "json", "content": notebook | {"cells": [cell]}}
        _json(owner.put("/api/contents/versions.ipynb", json=model))
    [version] = _json(owner.get(f"{API}/me/notebook-versions", params={"path": "versions.ipynb"}))["items"]
    return str(version["id"])


def _ask_for_another_look(owner: httpx.Client, submission_id: str) -> str:
    """Ask for another look at the points of a submission's first cell, and return the request's id."""
    cells = _json(owner.get(f"{API}/submissions/{submission_id}"))["cells"]
    wanted = {"grade_id": cells[0]["grade_id"], "reason": "I think that it is right."}
    return str(_json(owner.post(f"{API}/submissions/{submission_id}/regrade-requests", json=wanted))["id"])


def _second_login(server: LiveServer, owner: httpx.Client) -> str:
    """Log the owner in once more, and return that session's id."""
    with server.client() as elsewhere:
        email = owner.get(f"{API}/me").json()["email"]
        elsewhere.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        sessions = elsewhere.get("/me/sessions").raise_for_status().json()["items"]
        return str(next(one["id"] for one in sessions if one["current"]))


def log_in_admin(server: LiveServer) -> httpx.Client:
    """Return the first administrator, whose password the server printed once."""
    email, password = server.administrator()
    client = server.client()
    reply = client.post("/auth/login", json={"email": email, "password": password})
    reply.raise_for_status()
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    return client


def _json(reply: httpx.Response) -> dict[str, Any]:
    assert reply.is_success, reply.text
    found: dict[str, Any] = reply.json()
    return found
