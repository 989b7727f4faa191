"""The data image: its libraries are imported before the learner's first cell."""

import pytest

from tests.plugins.kernels import StartKernel

pytestmark = pytest.mark.docker


async def test_libraries_are_there_and_plots_are_shown(start_kernel: StartKernel) -> None:
    kernel = await start_kernel("nexus-data")
    loaded = await kernel.evaluate("[name in __import__('sys').modules for name in ('numpy', 'pandas', 'matplotlib')]")
    assert loaded == [True, True, True]
    outcome = await kernel.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    images = [item for item in outcome.outputs if "image/png" in item["content"].get("data", {})]
    assert len(images) == 1
    assert (await kernel.run("import pandas as pd; print(pd.DataFrame({'a': [1, 2]}).a.sum())")).text == "3\n"
