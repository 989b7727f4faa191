"""The optional languages in their sandbox: failed and interrupted cells, questions, walls, the playground."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from nexus_server.accounts.rate_limits import RateLimits, RateLimitSettings
from nexus_server.installation import KERNEL_IMAGES
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.learner import Learner, Role
from nexus_server.playground.service import Playground
from tests.long.language_samples import SHELL_ATTACKS, LanguageSample
from tests.plugins.kernels import LiveKernel, Outcome, open_kernel

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

ADA = Learner(uuid4(), "ada@example.org", "Ada", Role.STUDENT, "UTC")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel(sample: LanguageSample) -> AsyncIterator[LiveKernel]:
    """One for all, with the memory that its image asks for."""
    opened = await open_kernel(sample.kernel_name, sandbox=SandboxRequest(cpu_share=1.0))
    yield opened
    await opened.close()


def shown(outcome: Outcome) -> str:
    """Everything printed, and the values."""
    values = [each["content"]["data"]["text/plain"] for each in outcome.outputs if "data" in each["content"]]
    return outcome.text + "".join(values)


async def test_a_cell_says_what_it_printed(kernel: LiveKernel, sample: LanguageSample) -> None:
    outcome = await kernel.run(sample.greeting)
    assert (outcome.status, shown(outcome)) == ("ok", sample.says)


async def test_a_failed_cell_says_so_with_its_line(kernel: LiveKernel, sample: LanguageSample) -> None:
    outcome = await kernel.run(sample.failing)
    assert (outcome.status, outcome.ename) == ("error", sample.ename)
    (error,) = [each["content"] for each in outcome.outputs if each["msg_type"] == "error"]
    assert error["traceback"][0].startswith("cell:3: ")
    assert "behind" not in shown(outcome)
    assert (await kernel.run(sample.greeting)).status == "ok"


async def test_an_interrupted_cell_is_an_error_and_the_kernel_goes_on(
    kernel: LiveKernel, sample: LanguageSample
) -> None:
    running = asyncio.create_task(kernel.run(sample.endless, timeout=120))
    # An interrupt that comes before the cell runs meets an idle kernel, which does not mind.
    while not running.done():
        await kernel.km.interrupt_kernel()
        await asyncio.wait([running], timeout=1)
    assert running.result().status == "error"
    assert (await kernel.run(sample.greeting)).status == "ok"


async def test_a_question_is_asked_or_refused(kernel: LiveKernel, sample: LanguageSample) -> None:
    if not sample.asking:
        pytest.skip("the language asks nothing")
    prompts: list[str] = []

    def answer(message: dict[str, dict[str, str]]) -> None:
        prompts.append(message["content"]["prompt"])
        kernel.kc.input("Ada")

    outcome = await kernel.run(sample.asking, allow_stdin=True, stdin_hook=answer)
    assert (outcome.status, "Hello, Ada" in shown(outcome), prompts) == ("ok", True, [sample.prompt])
    assert (await kernel.run(sample.asking)).status == "error"


@pytest.mark.parametrize("attack", SHELL_ATTACKS)
async def test_its_walls_hold(kernel: LiveKernel, sample: LanguageSample, attack: str) -> None:
    if sample.shell is None:
        pytest.skip("the language starts no programs")
    outcome = await kernel.run(sample.shell(SHELL_ATTACKS[attack]))
    assert outcome.text.splitlines()[-1] == "REFUSED"


async def test_it_starts_within_what_its_image_says(kernel: LiveKernel, sample: LanguageSample) -> None:
    """The figures of `image.json` were measured; what is far beyond them is a change that somebody should know of."""
    measured = json.loads((KERNEL_IMAGES / sample.name / "image.json").read_text(encoding="utf-8"))["measured"]
    fresh = await open_kernel(sample.kernel_name)
    await fresh.run(sample.greeting)
    sandbox = fresh.provisioner.kernel.sandbox
    memory_mb, use = sandbox.memory_mb(), sandbox.cpu_use()
    await fresh.close()
    if memory_mb is None or use is None:
        pytest.skip("the container's own figures cannot be seen from here")
    print(f"{sample.name}: {memory_mb:.0f} MB, {use.used_s:.2f} s of CPU")  # noqa: T201  for who measures anew
    assert memory_mb < measured["idle_mb"] * 1.5
    assert use.used_s < measured["start_cpu_s"] * 3


async def test_the_playground_runs_it_and_says_why_it_ended(sample: LanguageSample) -> None:
    playground = Playground(RateLimits(RateLimitSettings(), None))
    assert sample.name in {language.name for language in playground.languages.offered()}
    run = await playground.run(ADA, sample.name, sample.greeting, "")
    assert (run.status, run.stdout or run.result) == ("ok", sample.says)
    failed = await playground.run(ADA, sample.name, sample.failing, "")
    assert failed.error is not None
    assert failed.error.ename == sample.ename
    hungry = await playground.run(ADA, sample.name, sample.hog, "")
    assert hungry.killed_by in {"memory", "time"} or hungry.error is not None
    if sample.asking:
        told = await playground.run(ADA, sample.name, sample.asking, "Ada\n")
        assert "Hello, Ada" in told.stdout
