"""What handlers of nodes share."""

from jupyter_server.utils import url_path_join

from nexus_server.handlers.base import NexusHandler
from nexus_server.web.contract import API


class NodePageHandler(NexusHandler):
    """A handler of what a node's page shows."""

    @property
    def files_url(self) -> str:
        """Where the images and media of notes are served."""
        return str(url_path_join(self.base_url, API, "content-files"))
