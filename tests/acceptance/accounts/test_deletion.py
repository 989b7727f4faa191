"""A deleted account leaves no files behind."""

import json
from contextlib import closing

from tests.plugins.server import LiveServer


def test_a_deleted_learners_files_are_gone(live_server: LiveServer) -> None:
    with closing(live_server.learner("leaver")) as client:
        user_id = client.get("/me").json()["id"]
        body = {"type": "file", "format": "text", "content": "mine"}
        saved = client.put(f"{live_server.url}/api/contents/diary.txt", content=json.dumps(body))
        assert saved.status_code == 201, saved.text
        workspaces = live_server.data_dir / "workspaces"
        assert [path for path in workspaces.iterdir() if user_id in path.name]
        assert client.delete("/me").status_code == 204
        assert [path for path in workspaces.iterdir() if user_id in path.name] == []
        assert not (live_server.data_dir / "learners" / user_id).exists()
        assert client.get("/me").status_code == 401
