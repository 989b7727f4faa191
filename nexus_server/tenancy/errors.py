"""What can go wrong between a learner and Jupyter's own services."""

from nexus_server.errors import ConflictError, NotFoundError, RateLimitedError


class NoSuchKernelError(NotFoundError):
    """There is no such kernel."""

    code = "no_such_kernel"


class NoSuchKernelSpecError(NotFoundError):
    """There is no kernel with this name."""

    code = "no_such_kernelspec"


class NoSuchSessionError(NotFoundError):
    """There is no such session."""

    code = "no_such_session"


class SessionExistsError(ConflictError):
    """Another session has this path already."""

    code = "session_exists"


class TooManyKernelsError(RateLimitedError):
    """Too many kernels are running: shut one down first."""

    code = "too_many_kernels"
