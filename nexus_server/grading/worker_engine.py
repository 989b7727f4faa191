"""The grading engine as the worker uses it: a grader per lab's limits, data files in every kernel, signed results."""

import asyncio
import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode

from nexus_server.grading.errors import InvalidSourceError, NotANotebookError, SandboxUnavailableError
from nexus_server.grading.feedback import feedback_html
from nexus_server.grading.grader import Grader
from nexus_server.grading.notebooks import parse_notebook
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.results import GradeResult
from nexus_server.grading.sandboxes import FreshSandboxes, Sandboxes, SandboxKernel
from nexus_server.grading.signing import sign
from nexus_server.grading.worker_grader import GradedJob, GradingJob

#: graders kept, each with its idle kernels; one for each lab that differs in limits or data
MAX_GRADERS = 8
#: seconds that writing the data files may take
DATA_TIMEOUT_S = 30.0

_WRITE_FILES = """
def _write_files(files):
    import base64, os
    for path, data in files.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as sink:
            sink.write(base64.b64decode(data))
_write_files({files})
del _write_files
"""


class DataSandboxes:
    """Kernels that find a lab's data files in their working directory.

    The files are written from inside, into the kernel's own memory-backed directory, before anybody's code runs: the
    host shares no directory with code that is being graded.
    """

    def __init__(self, inner: Sandboxes, files: Mapping[str, bytes]) -> None:
        """`files` by path relative to the notebook."""
        self._inner = inner
        encoded = {path: base64.b64encode(data).decode() for path, data in files.items()}
        self._code = _WRITE_FILES.replace("{files}", json.dumps(encoded))

    async def open(self) -> SandboxKernel:
        """Give a fresh kernel with the files in place.

        Raises:
            SandboxUnavailableError: no kernel could be started, or it could not take the files.
        """
        kernel = await self._inner.open()
        try:
            reply = await kernel.kc.execute_interactive(
                self._code, silent=True, store_history=False, allow_stdin=False, timeout=DATA_TIMEOUT_S
            )
        except (TimeoutError, RuntimeError) as exc:
            await kernel.close()
            raise SandboxUnavailableError("The kernel did not take the lab's data files.") from exc
        if reply["content"]["status"] != "ok":
            await kernel.close()
            raise SandboxUnavailableError(f"The lab's data files do not fit: {reply['content'].get('evalue')}")
        return kernel

    async def image(self) -> str:
        """Name what the kernels run in."""
        return await self._inner.image()

    async def close(self) -> None:
        """End what is kept warm."""
        await self._inner.close()


class EngineGrader:
    """Grades jobs with the engine. Close it in the end."""

    def __init__(self, options: GradeOptions, key: bytes) -> None:
        """`options` are the site's; a lab's own limits go over them. Results are signed with `key`."""
        self._options = options
        self._key = key
        self._graders: OrderedDict[tuple[GradeOptions, str], Grader] = OrderedDict()

    async def grade(self, job: GradingJob) -> GradedJob:
        """Grade one submission."""
        try:
            submission, source = await asyncio.to_thread(_parse, job)
            result = await (await self._grader(job)).grade(submission, source, submission_sha256=job.sha256)
        except (InvalidSourceError, NotANotebookError) as error:
            return _failed(error.message, is_retryable=False)
        if result.reason is not None:
            return _failed(result.reason, is_retryable=True)
        return await asyncio.to_thread(self._graded, job, result, submission, source)

    async def close(self) -> None:
        """End every kernel that is kept."""
        graders, self._graders = list(self._graders.values()), OrderedDict()
        for grader in graders:
            await grader.close()

    async def _grader(self, job: GradingJob) -> Grader:
        options = options_of(self._options, job.lab)
        data_hash = hashlib.sha256(repr(sorted(job.data.items())).encode()).hexdigest()
        key = (options, data_hash)
        if key not in self._graders:
            self._graders[key] = Grader(options, sandboxes_of(options, job.data))
        self._graders.move_to_end(key)
        if len(self._graders) > MAX_GRADERS:
            # A grading under way keeps its kernels; only idle ones end.
            _, oldest = self._graders.popitem(last=False)
            await oldest.close()
        return self._graders[key]

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
            feedback=feedback_html(result, submission, source, title=job.title),
        )


def options_of(site: GradeOptions, lab: Mapping[str, Any]) -> GradeOptions:
    """Return the site's options with what a lab's spec asks for."""
    limits = lab.get("limits", {})
    wanted = {name: limits[name] for name in ("memory_mb", "cell_timeout_s", "notebook_timeout_s") if name in limits}
    return replace(site, kernel_name=lab.get("kernel", site.kernel_name), **wanted)


def sandboxes_of(options: GradeOptions, data: Mapping[str, bytes]) -> Sandboxes:
    """Return where a lab's kernels come from."""
    fresh = FreshSandboxes(options.kernel_name, options.startup_timeout_s, options.memory_mb, options.cpu_share)
    return DataSandboxes(fresh, data) if data else fresh


def _parse(job: GradingJob) -> tuple[NotebookNode, NotebookNode]:
    return parse_notebook(job.notebook), parse_notebook(job.source)


def _failed(reason: str, *, is_retryable: bool) -> GradedJob:
    return GradedJob(
        0.0, 0.0, needs_manual=False, cells=[], provenance={}, feedback="", reason=reason, is_retryable=is_retryable
    )
