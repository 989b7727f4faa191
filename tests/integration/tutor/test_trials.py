"""A failed check is tried out in a sandbox: the hint tells what the learner's function gave."""

import asyncio
import sys
from uuid import uuid4

import pytest

from nexus_server.accounts.rate_limits import RateLimits, RateLimitSettings
from nexus_server.learner import Learner, Role
from nexus_server.playground.service import Playground
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.hints.types import HintRequest
from nexus_server.tutor.trial.trial import TrialKind, find_out
from tests.integration.tutor.conftest import MakeWorld

CHECK = "assert upto(3) == [1, 2, 3]"
SHORT = "def upto(last):\n    return list(range(1, last))"
#: seconds: a container starts slowly on a busy machine
PATIENT_S = 120.0


class Interpreter:
    """Runs programs in a process of their own, where no sandbox is needed."""

    def __init__(self) -> None:
        """Remember whether libraries were wanted."""
        self.needed_libraries: list[bool] = []

    async def try_out(
        self,
        learner: Learner,  # noqa: ARG002  the protocol's signature
        program: str,
        *,
        needs_libraries: bool,
        time_limit_s: float,  # noqa: ARG002
    ) -> str | None:
        self.needed_libraries.append(needs_libraries)
        run = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", program, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, _ = await run.communicate()
        return said.decode()


def _failure(function: str) -> Failure:
    return Failure(CHECK, "AssertionError", "", "Cell In[1], line 1", Language.PYTHON, (function,))


async def test_a_hint_tells_what_the_function_gave(make_world: MakeWorld) -> None:
    trials = Interpreter()
    world = make_world(trials=trials)
    ada = await world.learner()
    hint = await world.hints.hint(ada, HintRequest(_failure(SHORT)))
    assert "gives `[1, 2]`, and `[1, 2, 3]` is expected" in hint.text
    assert (hint.concept, hint.source, hint.is_general) == ("loops", "static", False)
    await world.hints.hint(ada, HintRequest(_failure(f"import numpy as np\n{SHORT}")))
    assert trials.needed_libraries == [False, True]


async def test_nothing_is_run_where_the_site_says_so_or_nobody_asked(make_world: MakeWorld) -> None:
    trials = Interpreter()
    ada = await (world := make_world(trials=trials, trial_time_limit_s=0.0)).learner()
    assert "gives `" not in (await world.hints.hint(ada, HintRequest(_failure(SHORT)))).text
    world = make_world(trials=trials)
    await world.hints.first(ada, HintRequest(_failure(SHORT)))
    await world.hints.hint(ada, HintRequest(Failure("print(totl)", "NameError", "name 'totl' is not defined")))
    assert trials.needed_libraries == []


@pytest.mark.docker
async def test_a_trial_runs_in_a_sandbox_and_ends() -> None:
    playground = Playground(RateLimits(RateLimitSettings(), None))
    ada = Learner(uuid4(), "ada@example.org", "Ada", Role.STUDENT, "UTC")
    finding = await find_out(playground, ada, _failure(SHORT), PATIENT_S)
    assert finding is not None
    assert (finding.kind, finding.got) == (TrialKind.OFF_BY_ONE, "[1, 2]")
    endless = _failure("def upto(last):\n    while True:\n        pass")
    assert await find_out(playground, ada, endless, 1.0) is None
