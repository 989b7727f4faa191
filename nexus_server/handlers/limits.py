"""GET /me/limits: what I may still use, so that nobody learns of a limit by meeting it."""

import asyncio

from pydantic import BaseModel

from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.operation import Route, operation


class LimitOut(BaseModel):
    """One limit: what is left right now of the most that there is."""

    left: float
    limit: float


class LimitsOut(BaseModel):
    """What a learner may still use. All but the workspace come back with time."""

    #: seconds of computing for notebooks, long texts and hints
    computing_s: LimitOut
    #: bytes that may be sent without waiting
    upload_bytes: LimitOut
    #: bytes that may be sent to kernels without waiting
    kernel_message_bytes: LimitOut
    kernel_starts: LimitOut
    #: bytes and files of the workspace
    workspace_bytes: LimitOut
    workspace_files: LimitOut


class LimitsHandler(NexusHandler):
    """GET /me/limits."""

    @operation("Read what I may still use", reply=LimitsOut, needs_home=True)
    async def get(self) -> LimitsOut:
        """Ask each part for what is left."""
        services, key = self.services, str(self.learner.id)
        await services.kernels.workspaces.open(self.learner.id)
        usage = await asyncio.to_thread(services.kernels.workspaces.usage, self.learner.id)
        starts = services.kernel_starts
        return LimitsOut(
            computing_s=LimitOut(left=services.offload.computing_left_s(key), limit=services.offload.computing_s),
            upload_bytes=LimitOut(left=services.large_bodies.bytes_left(key), limit=services.large_bodies.burst_bytes),
            kernel_message_bytes=LimitOut(left=services.incoming.bytes_left(key), limit=services.incoming.burst_bytes),
            kernel_starts=LimitOut(left=starts.left(key), limit=starts.limit),
            workspace_bytes=LimitOut(left=max(0, usage.bytes_limit - usage.bytes_used), limit=usage.bytes_limit),
            workspace_files=LimitOut(left=max(0, usage.files_limit - usage.files_used), limit=usage.files_limit),
        )


ROUTES = [Route("/me/limits", LimitsHandler)]
