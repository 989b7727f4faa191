"""NexusAI: a learning platform as one Jupyter Server extension."""


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Tell Jupyter Server where the extension app is; imported late so that `nexus --help` stays fast."""
    from nexus_server.app import NexusApp  # noqa: PLC0415

    return [{"module": "nexus_server.app", "app": NexusApp}]
