"""Jupyter's kernel managers, whose start leaves nothing when it fails or is given up.

Jupyter's own waits a moment after the kernel runs, before `start_kernel` returns: who is cancelled then leaves a kernel
that nobody owns.
"""

import asyncio
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from nexus_server.tasks import once


class CleanStart(AsyncKernelManager):
    """A kernel manager that ends what it started when the start does not come to its end."""

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel; whatever keeps it from being started is raised, and nothing is left."""
        try:
            await super().start_kernel(**kwargs)
        except (Exception, asyncio.CancelledError):
            # Beside whoever waits, who may be cancelled once more.
            await asyncio.shield(once("abandoned-start", self._abandon))
            raise

    async def _abandon(self) -> None:
        """End the kernel as `shutdown_kernel` does, which would forget why the start failed."""
        try:
            self.stop_restarter()
            await self._async_kill_kernel()
        finally:
            await self._async_cleanup_resources()
