"""What can go wrong with a kernel's sandbox."""

from nexus_server.errors import ConflictError, InvalidError, NotFoundError, RateLimitedError, UnavailableError


class EngineUnavailableError(UnavailableError):
    """The container engine does not answer; try again in a moment."""

    code = "engine_unavailable"


class KernelFrozenError(UnavailableError):
    """The server lost touch with its site, so your kernel stands still. It goes on when the server is back."""

    code = "kernel_frozen"


class ImageMissingError(UnavailableError):
    """The kernel's image is not built on this machine; run `nexus images`."""

    code = "image_missing"


class DataDirTakenError(ConflictError):
    """Another server already runs on this data directory; stop it, or choose another directory."""

    code = "data_dir_taken"


class KernelStartError(UnavailableError):
    """The kernel did not start."""

    code = "kernel_start_failed"


class SandboxGoneError(NotFoundError):
    """The kernel's container no longer exists."""

    code = "sandbox_gone"


class UnsafeSocketError(ConflictError):
    """The kernel's sockets are not what they should be."""

    code = "unsafe_socket"


class LimitTooHighError(InvalidError):
    """This asks for more than the site allows."""

    code = "limit_too_high"


class PathTooLongError(InvalidError):
    """The data directory's path is too long for Unix sockets."""

    code = "path_too_long"


class KernelsBusyError(RateLimitedError):
    """Every place for kernels is taken; try again in a moment."""

    code = "kernels_busy"
