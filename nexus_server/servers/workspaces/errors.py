"""What can go wrong with workspaces that follow their learners."""

from nexus_server.errors import ConflictError, InvalidError, UnavailableError


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


class StoreUnavailableError(UnavailableError):
    """The store of learners' files does not answer. What is saved here stays here. Try again in a moment."""

    code = "store_unavailable"


class StoreUnfitError(UnavailableError):
    """The store of learners' files ignores If-Match or If-None-Match, so two servers could write over each other."""

    code = "store_unfit"


class StoredFileDamagedError(UnavailableError):
    """A stored file is not what was stored. Your files are kept as they are until an administrator has seen to it."""

    code = "stored_file_damaged"


class ObjectChangedError(ConflictError):
    """Somebody else has written this object meanwhile."""

    code = "object_changed"


class NoObjectStorePackageError(InvalidError):
    """c.ObjectStoreSettings.bucket needs the package obstore: install nexusai[object-store]."""

    code = "no_object_store_package"


class FilesLeftError(UnavailableError):
    """Files of some learners are still to be handed on."""

    code = "files_left"
