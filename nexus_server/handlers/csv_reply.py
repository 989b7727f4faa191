"""A reply that is a CSV file."""

from nexus_server.handlers.base import NexusHandler


def send_csv(handler: NexusHandler, name: str, text: str) -> None:
    """Send a text as the file `name`.csv, which a browser saves."""
    handler.set_header("Content-Type", "text/csv; charset=utf-8")
    handler.set_header("Content-Disposition", f'attachment; filename="{name}.csv"')
    handler.finish(text)
