"""A loop that prints stays within its memory, and loses nothing."""

import pytest

from tests.plugins.kernels import StartKernel

pytestmark = pytest.mark.docker

#: fills 128 MB in a second when it runs ahead of what is handed on
LOOP = """
import sys, time
end, n = time.monotonic() + {seconds}, 0
while time.monotonic() < end:
    n += 1
    print(str(n).ljust(1000), file=sys.{stream})
"""


@pytest.mark.parametrize("stream", ["stdout", pytest.param("stderr", marks=pytest.mark.long)])
async def test_printing_does_not_run_ahead_of_what_is_handed_on(start_kernel: StartKernel, stream: str) -> None:
    kernel = await start_kernel()
    outcome = await kernel.run(LOOP.format(seconds=3, stream=stream))
    assert outcome.status == "ok"
    printed = [line.strip() for line in outcome.text.splitlines()]
    assert printed == [str(number) for number in range(1, len(printed) + 1)]
    assert await kernel.evaluate("n") == len(printed)
    assert await kernel.evaluate("len(get_ipython().history_manager.outputs)") == 0, "nor is it kept"


async def test_one_print_of_any_length_is_whole(start_kernel: StartKernel) -> None:
    kernel = await start_kernel()
    assert (await kernel.run("print('x' * 3_000_000)")).text == "x" * 3_000_000 + "\n"


async def test_a_forked_process_prints(start_kernel: StartKernel) -> None:
    kernel = await start_kernel()
    code = "import os\nif not os.fork():\n    print('y' * 600_000)\n    os._exit(0)\n_ = os.wait()"
    assert len((await kernel.run(code)).text) in {0, 600_001}, "a child's words may come too late, and harm nobody"
    assert (await kernel.run("print('still here')")).text.endswith("still here\n")
