"""What can go wrong with workspaces that follow their learners."""

from nexus_server.errors import UnavailableError


class StaleFenceError(UnavailableError):
    """Another server has taken these files, so this one writes them no longer. Try again in a moment."""

    code = "stale_fence"

    def __init__(self, newest: int) -> None:
        """`newest` is the number under which they were taken."""
        super().__init__()
        self.newest = newest


class WorkspaceHeldError(UnavailableError):
    """The server that had your files before is still writing one. Try again in a moment."""

    code = "workspace_held"
