"""Checks on the checks, for tests that run inside the learner's process.

A test that passes there proves something only while failing is possible. Around each such test the grader runs small
cells whose outcome it knows: some must fail, one must raise from a call, some must pass, in an order that nobody can
foresee. This catches patched builtins, input and AST transformers, swallowed exceptions and forged "ok" replies. It is
no proof against code that lies only in the right moments; that is why the result says `in_kernel`.
"""

import secrets
from collections.abc import Collection
from typing import cast

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from nexus_server.grading.languages.language import Canary, LanguageSupport
from nexus_server.grading.processes.learner_process import CellRun, LearnerProcess
from nexus_server.grading.processes.scoring import Ending

CANARY_TIMEOUT_S = 5.0


async def reset_shell(learner: LearnerProcess, language: LanguageSupport, *, unshadow: Collection[str] = ()) -> None:
    """Undo the usual ways of bending how cells are run; what it misses, the canaries are for.

    `unshadow` names builtins that the test uses and that the assignment does not define: the learner's own go.
    """
    await learner.run(_cell(language.reset(unshadow)), CANARY_TIMEOUT_S)


async def canaries_hold(learner: LearnerProcess, language: LanguageSupport) -> bool:
    """Run every canary, in random order; True when each came out as it must."""
    canaries = language.canaries()
    secrets.SystemRandom().shuffle(canaries)
    for canary in canaries:
        if not _as_expected(canary, await learner.run(_cell(canary.source), CANARY_TIMEOUT_S)):
            return False
    return True


def _as_expected(canary: Canary, run: CellRun) -> bool:
    if canary.must_raise is None:
        return run.ending is Ending.COMPLETED and canary.must_show in (None, run.last_value)
    return run.ending is Ending.ERROR and run.error is not None and run.error.ename == canary.must_raise


def _cell(source: str) -> NotebookNode:
    return cast("NotebookNode", new_code_cell(source))
