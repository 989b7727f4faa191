"""What goes wrong in Octave is explained at its line: the cells are run in the Octave kernel."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.tutor.failure import Language
from tests.long.failing_cells import Sample, assert_every_rule_is_met, assert_explained, built_kernel
from tests.plugins.kernels import LiveKernel

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

CELLS: list[Sample] = [
    ("octave-name", "total = 3;\ntotl + 1", 2, "`total`"),
    ("octave-name", "1 + 1;\nhello", 2, "quotes"),
    ("octave-name", "meen([1 2])", 1, "`mean`"),
    ("octave-name", "function r = twice(x)\n  r = 2 * y;\nend\ntwice(3)", 2, "run"),
    ("octave-sizes", "a = [1 2];\na + [1 2 3]", 2, "`size(...)`"),
    ("octave-sizes", "ones(2, 3) * ones(2, 3)", 1, "`.*`"),
    ("octave-sizes", "x = [1 2; 3]", 1, "`size(...)`"),
    ("octave-not-whole", "x = [1 2 3];\nfor k = 0:2\n  x(k)\nend", 3, "loop from 0"),
    ("octave-not-whole", "x = [1 2 3];\nx(1.5)", 2, "brackets"),
    ("octave-bounds", "x = [1 2 3];\nx(7)", 2, "`numel(...)`"),
    ("octave-bounds", "x = ones(2);\nx(3, 1)", 2, "`numel(...)`"),
    ("octave-inputs", "function r = f(x)\n  r = x;\nend\nf(1, 2)", 4, "values"),
    ("octave-inputs", "num2str()", 1, "order"),
    ("octave-outputs", "function f(x)\n  x;\nend\ny = f(1)", 4, "first line"),
    ("octave-types", "c = {1, 2};\nc + 1", 2, "`class(...)`"),
    ("octave-types", 'mean("a")', 1, "`class(...)`"),
    ("octave-index-kind", "x = 3;\nx{1}", 2, "cell arrays"),
    ("octave-index-kind", "x = 3;\nx.name = 4", 2, "structs"),
    ("octave-file", 'load("shopping.txt")', 1, "`ls`"),
    ("octave-package", "pkg load statistics", 1, "installed"),
    ("octave-recursion", "function r = f(n)\n  r = f(n + 1);\nend\nf(1)", 2, "ends it"),
    ("octave-memory", "x = rand(100000);", 1, "eight bytes"),
    ("octave-open", "for k = 1:3\n  k", 2, "`end`"),
    ("octave-open", "x = (1 + 2", 1, "`end`"),
    ("octave-syntax", "b = 1;\na = = 2", 2, "missing"),
    ("octave-syntax", "str = 'it's'", 1, "quote"),
    ("octave-reserved", "1;\nfunction clear(x)\nend", 2, "function"),
    ("octave-value", "expect(3, 9)", 1, "first place"),
    ("octave-question", 'disp("a")\nname = input("Name? ", "s")', 2, "graded"),
    ("octave-ended", "exit", None, "`exit`"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel() -> AsyncIterator[LiveKernel]:
    async with built_kernel("nexus-octave") as opened:
        yield opened


@pytest.mark.parametrize("sample", CELLS, ids=lambda sample: f"{sample[0]}: {sample[1]}")
async def test_an_error_is_explained_at_its_line(kernel: LiveKernel, sample: Sample) -> None:
    await assert_explained(kernel, sample, Language.OCTAVE)


async def test_every_rule_for_octave_is_met_here() -> None:
    assert_every_rule_is_met(Language.OCTAVE, "nexus-octave", CELLS)
