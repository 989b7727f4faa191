"""Checks on the checks, for tests that run inside the learner's process.

A test that passes there proves something only while failing is possible. Around each such test the grader runs small
cells whose outcome it knows: some must fail, one must raise from a call, some must pass, in an order that nobody can
foresee. This catches patched builtins, input and AST transformers, swallowed exceptions and forged "ok" replies. It is
no proof against code that lies only in the right moments; that is why the result says `in_kernel`.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from nexus_server.grading.learner_kernel import CellRun, LearnerKernel
from nexus_server.grading.scoring import Ending

CANARY_TIMEOUT_S = 5.0

#: undoes what a notebook may do to IPython's own way of running a cell
RESET = """
def _nexus_reset():
    import sys
    shell = get_ipython()
    shell.ast_transformers.clear()
    manager = shell.input_transformer_manager
    fresh = type(manager)()
    manager.cleanup_transforms[:] = fresh.cleanup_transforms
    manager.line_transforms[:] = fresh.line_transforms
    manager.token_transformers[:] = fresh.token_transformers
    shell.custom_exceptions = ()
    shell.events.callbacks = dict.fromkeys(shell.events.callbacks, ())
    for name in ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "showtraceback", "set_custom_exc"):
        shell.__dict__.pop(name, None)
    sys.settrace(None)
    sys.setprofile(None)
    for name in {names!r}:
        shell.user_ns.pop(name, None)
_nexus_reset()
del _nexus_reset
"""


@dataclass(frozen=True, slots=True)
class Canary:
    """A cell whose outcome is known."""

    source: str
    must_raise: str | None


def _draw() -> list[Canary]:
    """Make one of each kind with fresh numbers, in random order."""
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    # A learner may have a variable named `sum` in all innocence: the builtins are asked where they live.
    own = "__import__('builtins')."
    canaries = [
        Canary(f"assert {a} == {b}", "AssertionError"),
        Canary(f"assert {a} != {a}, {token!r}", "AssertionError"),
        Canary(f"assert {own}sum([{a}, {b}]) == {a + b} and {own}len({token!r}) == {len(token)}", None),
        Canary(f"{own}int({token!r} + 'x')", "ValueError"),
        Canary(
            f"assert [{a}] != [{b}] and not {own}all([{a} > {b}, True]) and not {own}isinstance({a}, {own}str)", None
        ),
        Canary(f"assert {own}abs(-{a}) == {b} or {own}sorted([{b}, {a}]) == [{b}, {a}]", "AssertionError"),
    ]
    secrets.SystemRandom().shuffle(canaries)
    return canaries


async def reset_shell(learner: LearnerKernel, *, unshadow: Collection[str] = ()) -> None:
    """Undo the usual ways of bending how cells are run; what it misses, the canaries are for.

    `unshadow` names builtins that the test uses and that the assignment does not define: the learner's own go.
    """
    await learner.run(_cell(RESET.replace("{names!r}", repr(sorted(unshadow)))), CANARY_TIMEOUT_S)


async def canaries_hold(learner: LearnerKernel) -> bool:
    """Run every canary; True when each came out as it must."""
    for canary in _draw():
        if not _as_expected(canary, await learner.run(_cell(canary.source), CANARY_TIMEOUT_S)):
            return False
    return True


def _as_expected(canary: Canary, run: CellRun) -> bool:
    if canary.must_raise is None:
        return run.ending is Ending.COMPLETED
    return run.ending is Ending.ERROR and run.error is not None and run.error.ename == canary.must_raise


def _cell(source: str) -> NotebookNode:
    return cast("NotebookNode", new_code_cell(source))
