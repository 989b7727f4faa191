"""``/api/contents``: Jupyter's own handler, with bodies and notebooks kept away from the event loop."""

import json
from typing import cast

from jupyter_client.jsonutil import json_default
from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.handlers import ContentsHandler
from tornado.web import authenticated

from nexus_server.jupyter.contents.encoded import EncodedNotebook, PreparedContent
from nexus_server.jupyter.contents.learner_dirs import task_options
from nexus_server.jupyter.contents.models import Model
from nexus_server.jupyter.contents.notebook_tasks import read_model
from nexus_server.web.request_context import current_learner, current_services


class LearnerContentsHandler(ContentsHandler):
    """GET, POST, PUT, PATCH and DELETE /api/contents."""

    auth_resource = "contents"

    _model: Model | None = None
    _is_read = False

    @authenticated
    @authorized(action="write", resource="contents")
    async def put(self, path: str = "") -> None:
        """Save a file, notebook or directory."""
        await self._read_body()
        await super().put(path)

    @authenticated
    @authorized(action="write", resource="contents")
    async def post(self, path: str = "") -> None:
        """Make a new file or copy one."""
        await self._read_body()
        await super().post(path)

    @authenticated
    @authorized(action="write", resource="contents")
    async def patch(self, path: str = "") -> None:
        """Rename a file or directory."""
        await self._read_body()
        await super().patch(path)

    def get_json_body(self) -> Model | None:
        """Return the body that was read beside the event loop."""
        return self._model if self._is_read else cast("Model | None", super().get_json_body())

    async def _read_body(self) -> None:
        body, self.request.body = self.request.body, b""
        self._is_read = True
        if not body.strip():
            return
        learner, services = current_learner(), current_services()
        options = task_options(services, learner)
        self._model, data = await services.offload.run(str(learner.id), read_model, body, **options)
        if self._model and self._model.get("has_content"):
            self._model["content"] = PreparedContent(data)

    def _finish_model(self, model: Model, location: bool = True) -> None:  # noqa: FBT001, FBT002  Jupyter's signature
        """Send a model; a notebook in it is JSON already."""
        content = model.get("content")
        if not isinstance(content, EncodedNotebook):
            super()._finish_model(model, location)
            return
        self.set_header("Last-Modified", model["last_modified"])
        self.set_header("Content-Type", "application/json")
        rest = json.dumps({name: value for name, value in model.items() if name != "content"}, default=json_default)
        self.write(f'{rest[:-1]}, "content": ')
        self.write(bytes(content.data))
        self.write("}")
        self.finish()
