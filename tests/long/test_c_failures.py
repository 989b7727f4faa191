"""What the C kernel says of cells that fail is what the hints were written for."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from nexus_server.kernels.image_building import ensure_images
from nexus_server.kernels.sandbox import SandboxRequest
from tests.plugins.c_failures import C_FAILURES
from tests.plugins.kernels import LiveKernel, open_kernel

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel() -> AsyncIterator[LiveKernel]:
    ensure_images(Path(sys.prefix), ["nexus-c"])
    opened = await open_kernel("nexus-c", sandbox=SandboxRequest(cpu_share=1.0))
    yield opened
    await opened.close()


async def test_it_says_what_was_recorded(kernel: LiveKernel) -> None:
    for sample in C_FAILURES:
        outcome = await kernel.run(sample.cell)
        (error,) = [each["content"] for each in outcome.outputs if each["msg_type"] == "error"]
        place = f"cell:{sample.line}: " if sample.line else ""
        said = (error["ename"], error["evalue"], error["traceback"])
        assert said == (sample.kind, sample.message, [f"{place}{sample.kind}: {sample.message}"])
