"""Reading what learners handed in, beside whatever else this process does: large notebooks are made small elsewhere."""

import asyncio
from contextlib import suppress
from typing import Any

from nbformat import NotebookNode

from nexus_server.errors import RateLimitedError, UnavailableError
from nexus_server.notebook_format.errors import NotebookTooLargeError
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.offload.messages import Task
from nexus_server.offload.pool import InProcess, Offload
from nexus_server.submissions.submission_tasks import with_fitting_outputs, without_outputs

#: bytes of a notebook from which on reading it would be felt by whoever else this process serves
LARGE_BYTES = 256 * 1024
#: bytes of a notebook, outputs included, that a page shows; its largest outputs give way
SHOWN_BYTES = 4 * 1024 * 1024


class NotebookReader:
    """Parses stored notebooks, which were checked when they came."""

    def __init__(self, offload: Offload | None = None) -> None:
        """Large notebooks are made small with `offload` (default: in this process)."""
        self._offload = offload or InProcess()

    async def read(self, key: str, data: bytes) -> NotebookNode:
        """Return a notebook without outputs; the work counts for whoever `key` names.

        Raises:
            NotANotebookError
            TooLargeError: it takes more than a task may use.
        """
        return await asyncio.to_thread(parse_notebook, await self._small(key, data, without_outputs))

    async def read_with_outputs(self, key: str, data: bytes) -> NotebookNode:
        """Return a notebook as a page shows it: with its outputs, as far as they fit.

        Raises:
            NotANotebookError
            TooLargeError: it takes more than a task may use.
        """
        try:
            data = await self._small(key, data, with_fitting_outputs, max_bytes=SHOWN_BYTES)
        except NotebookTooLargeError:
            return await self.read(key, data)
        return await asyncio.to_thread(parse_notebook, data, keep_outputs=True)

    async def _small(self, key: str, data: bytes, task: Task, **options: Any) -> bytes:
        if len(data) <= LARGE_BYTES:
            return data
        small: bytes | bytearray = data
        # Where no process can be had, this one is slow for a moment, and the notebook is read all the same.
        with suppress(UnavailableError, RateLimitedError):
            _, small = await self._offload.run(key, task, data, **options)
        return bytes(small)
