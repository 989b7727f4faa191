"""The grading engine as the worker uses it: a grader for each set of limits, signed results."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode

from nexus_server.errors import TooLargeError
from nexus_server.grading.feedback import feedback_html
from nexus_server.grading.grader import Grader
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.signing import sign
from nexus_server.notebook_format.errors import (
    InvalidSourceError,
    NotANotebookError,
    SandboxUnavailableError,
)
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.notebook_format.results import GradeResult, NotGraded
from nexus_server.offload.pool import Offload
from nexus_server.submissions.job import GradedJob, GradingJob
from nexus_server.submissions.notebook_reader import NotebookReader

#: graders kept, each with its idle kernels; one for each kernel and set of limits
MAX_GRADERS = 8


class EngineGrader:
    """Grades jobs with the engine. Close it in the end."""

    def __init__(self, options: GradeOptions, key: bytes, offload: Offload | None = None) -> None:
        """`options` are the site's; a lab's own limits go over them. Results are signed with `key`.

        Large notebooks are read with `offload` (default: in this process).
        """
        self._options = options
        self._reader = NotebookReader(offload)
        self._key = key
        self._graders: OrderedDict[GradeOptions, Grader] = OrderedDict()

    async def grade(self, job: GradingJob) -> GradedJob | NotGraded:
        """Grade one submission."""
        try:
            submission, source = await self._read(job)
            grader = await self._grader(job)
            result = await grader.grade(submission, source, submission_sha256=job.sha256, files=job.data)
        except (InvalidSourceError, NotANotebookError, TooLargeError) as error:
            return NotGraded(error.message)
        except SandboxUnavailableError as error:
            return NotGraded(error.message, is_retryable=True, is_outage=error.is_outage)
        return await asyncio.to_thread(self._graded, job, result, submission, source)

    async def _read(self, job: GradingJob) -> tuple[NotebookNode, NotebookNode]:
        submission = await self._reader.read(f"grading {job.sha256}", job.notebook)
        return submission, await asyncio.to_thread(parse_notebook, job.source)

    async def close(self) -> None:
        """End every kernel that is kept."""
        graders, self._graders = list(self._graders.values()), OrderedDict()
        # All at once: a server that stops has not much time, and those whose turn did not come would be left.
        await asyncio.gather(*(grader.close() for grader in graders))

    async def _grader(self, job: GradingJob) -> Grader:
        key = options_of(self._options, job.lab)
        grader = self._graders.get(key) or Grader(key)
        self._graders[key] = grader
        self._graders.move_to_end(key)
        if len(self._graders) > MAX_GRADERS:
            # A grading under way keeps its kernels; only idle ones end.
            _, oldest = self._graders.popitem(last=False)
            await oldest.close()
        return grader

    def _graded(
        self, job: GradingJob, result: GradeResult, submission: NotebookNode, source: NotebookNode
    ) -> GradedJob:
        signed = sign(result.to_json(), self._key)
        return GradedJob(
            score=result.score,
            max_score=result.max_score,
            needs_manual=result.needs_manual,
            cells=signed["cells"],
            provenance=signed["provenance"],
            feedback=feedback_html(result, submission, source, title=job.title, language=job.language),
        )


def options_of(site: GradeOptions, lab: Mapping[str, Any]) -> GradeOptions:
    """Return the site's options with what a lab's spec asks for."""
    limits = lab.get("limits", {})
    wanted = {name: limits[name] for name in ("memory_mb", "cell_timeout_s", "notebook_timeout_s") if name in limits}
    return replace(site, kernel_name=lab.get("kernel", site.kernel_name), **wanted)
