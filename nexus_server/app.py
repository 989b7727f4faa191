"""The Jupyter Server extension: the one place where objects are built and joined."""

from jupyter_server.extension.application import ExtensionApp

from nexus_server.settings import NexusSettings


class NexusApp(ExtensionApp):
    """NexusAI inside Jupyter Server."""

    name = "nexus_server"
    extension_url = "/nexus"
    classes = [NexusSettings]  # noqa: RUF012  traitlets reads this as a plain class attribute
