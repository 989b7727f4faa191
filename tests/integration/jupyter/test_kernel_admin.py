"""Administrators see everybody's kernels and end them; nobody else does."""

import json
from contextlib import ExitStack, closing

import httpx
import pytest
from websockets.sync.client import connect

from tests.plugins.kernel_talk import TIMEOUT_S, KernelTalk, headers_of
from tests.plugins.server import LiveServer
from tests.security.people import log_in_admin

pytestmark = [pytest.mark.docker]


def test_an_administrator_lists_and_ends_a_kernel_and_its_learner_hears_why(live_server: LiveServer) -> None:
    with ExitStack() as stack:
        ada = stack.enter_context(closing(live_server.learner("ada")))
        admin = stack.enter_context(closing(log_in_admin(live_server)))
        jupyter = stack.enter_context(
            httpx.Client(base_url=live_server.url, headers=headers_of(ada), timeout=TIMEOUT_S)
        )
        kernel_id = jupyter.post("/api/kernels").json()["id"]
        address = f"{live_server.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
        events = stack.enter_context(connect(address, additional_headers=headers_of(ada), proxy=None))
        talk = stack.enter_context(KernelTalk(live_server.url, kernel_id, headers_of(ada)))
        talk.text_of("x = 1")

        assert ada.get("/admin/kernels").status_code == 403
        assert ada.delete(f"/admin/kernels/{kernel_id}").status_code == 403
        found = {each["id"]: each for each in admin.get("/admin/kernels").json()["items"]}
        assert found[kernel_id]["email"] == ada.get("/me").json()["email"]
        assert found[kernel_id]["kernel_name"] == "nexus-python"
        assert found[kernel_id]["connections"] == 1

        assert admin.delete(f"/admin/kernels/{kernel_id}").status_code == 204
        while (message := talk.receive())["content"].get("execution_state") != "dead":
            pass
        assert message["content"]["reason"] == "admin"
        while (event := json.loads(events.recv(timeout=TIMEOUT_S)))["type"] != "kernel.died":
            pass
        assert (event["kernel_id"], event["reason"]) == (kernel_id, "admin")
        assert jupyter.get("/api/kernels").json() == []
        assert kernel_id not in {each["id"] for each in admin.get("/admin/kernels").json()["items"]}
        assert admin.delete(f"/admin/kernels/{kernel_id}").status_code == 404
