"""An administrator sees the kernels of all servers, and ends one wherever it is."""

import json
from contextlib import ExitStack, closing

import pytest
from websockets.sync.client import connect

from tests.acceptance.servers.conftest import SharedSite
from tests.plugins.grading_site import until
from tests.plugins.kernel_talk import TIMEOUT_S

pytestmark = [pytest.mark.docker, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]


def test_kernels_of_all_servers_are_seen_and_ended_anywhere(site: SharedSite) -> None:
    with ExitStack() as stack:
        ada = site.settle(stack.enter_context(closing(site.servers["one"].learner("ada"))))
        at_home = stack.enter_context(closing(ada.client(ada.home)))
        elsewhere = stack.enter_context(closing(ada.other.client()))
        email, password = site.administrator
        login = elsewhere.post("/auth/login", json={"email": email, "password": password}).raise_for_status()
        elsewhere.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        kernel_id = at_home.post("/api/kernels").raise_for_status().json()["id"]
        found = {each["id"]: each for each in elsewhere.get("/admin/kernels").raise_for_status().json()["items"]}
        assert (found[kernel_id]["server"], found[kernel_id]["state"]) == (ada.name, "alive")
        assert (found[kernel_id]["connections"], found[kernel_id]["last_activity"]) == (None, None)
        address = f"{ada.home.url.replace('http', 'ws', 1)}/nexus/api/v1/events"
        events = stack.enter_context(connect(address, additional_headers=ada.bearer, proxy=None))
        assert elsewhere.delete(f"/admin/kernels/{kernel_id}").status_code == 204
        assert elsewhere.delete(f"/admin/kernels/{kernel_id}").status_code == 404
        while (event := json.loads(events.recv(timeout=TIMEOUT_S)))["type"] != "kernel.died":
            pass
        assert (event["kernel_id"], event["reason"]) == (kernel_id, "admin")
        until(lambda: at_home.get("/api/kernels").json() == [], "the kernel is gone at its server")
        audit = elsewhere.get("/admin/audit").raise_for_status().json()["items"]
        assert any(each["action"] == "kernel.ended" and each["subject_id"] == kernel_id for each in audit)
