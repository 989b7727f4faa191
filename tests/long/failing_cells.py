"""Cells that fail in a language's own kernel, and what is explained of them: what the languages' tests share."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from nexus_server.kernels.image_building import ensure_images
from nexus_server.tutor.failure import Failure, Language, language_of
from nexus_server.tutor.rules.engine import RULES, explain
from nexus_server.tutor.rules.rule import MAX_LEVEL
from tests.plugins.kernels import LiveKernel, open_kernel

#: the rule, the cell, the line, and what the second level says of this very cell
Sample = tuple[str, str, int | None, str]


@asynccontextmanager
async def built_kernel(name: str) -> AsyncIterator[LiveKernel]:
    """Open a kernel of an image that is built first where it is missing."""
    ensure_images(Path(sys.prefix), [name])
    opened = await open_kernel(name)
    yield opened
    await opened.close()


async def assert_explained(kernel: LiveKernel, sample: Sample, language: Language) -> None:
    """Run a cell, which fails, and compare what is explained at every level."""
    rule, cell, line, says = sample
    outcome = await kernel.run(cell)
    content = outcome.reply["content"]
    assert content["status"] == "error"
    traceback = "\n".join(content["traceback"])
    found = explain(Failure(cell, content["ename"], content["evalue"], traceback, language))
    assert (found.rule, found.line) == (rule, line), content
    assert says in found.at(2)
    assert all(found.at(level) for level in range(1, MAX_LEVEL + 1))


def assert_every_rule_is_met(language: Language, kernel_name: str, cells: Sequence[Sample]) -> None:
    """Compare a language's rules with those that the cells meet."""
    assert {rule.id for rule in RULES if rule.language is language} == {rule for rule, *_ in cells}
    assert language_of(kernel_name) is language
