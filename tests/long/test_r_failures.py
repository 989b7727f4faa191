"""What goes wrong in R is explained at its line: the cells are run in the R kernel."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from nexus_server.tutor.failure import Language
from tests.long.failing_cells import Sample, assert_every_rule_is_met, assert_explained, built_kernel
from tests.plugins.kernels import LiveKernel

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

CELLS: list[Sample] = [
    ("r-object", "total <- 3\ntotl + 1", 2, "`total`"),
    ("r-object", "1 + 1\nhello", 2, "quotes"),
    ("r-function", "maen(c(1, 2))", 1, "`mean`"),
    ("r-package", "library(ggplot3)", 1, "spelled"),
    ("r-argument-missing", "f <- function(x, y) {\n  x + y\n}\nf(1)", 2, "values"),
    ("r-argument-unused", "f <- function(x) x\nf(1, size = 2)", 2, "misspelled"),
    ("r-not-a-number", 'age <- "3"\nage + 1', 2, "`class(...)`"),
    ("r-not-a-number", 'sqrt("4")', 1, "`class(...)`"),
    ("r-not-a-number", 'sum("4")', 1, "`class(...)`"),
    ("r-na-condition", 'x <- NA\nif (x > 3) cat("a")', 2, "`NA`"),
    ("r-empty-condition", "x <- list(a = 1)\nif (x$b > 3) 1", 2, "misspelled"),
    ("r-long-condition", "x <- c(1, 5)\nif (x > 3) 1", 2, "vector"),
    ("r-bounds", "x <- list(1, 2)\nx[[3]]", 2, "`length(...)`"),
    ("r-bounds", "pets <- data.frame(a = 1)\npets[, 'b']", 2, "`names(...)`"),
    ("r-dollar", "x <- c(a = 1)\nx$a", 2, "`$`"),
    ("r-closure", "df$a", 1, "set yet"),
    ("r-closure", "mean[1]", 1, "set yet"),
    ("r-lengths", "data.frame(a = 1:2, b = 1:3)", 1, "`dim(...)`"),
    ("r-lengths", "pets <- data.frame(a = 1:2)\npets$b <- 1:3", 2, "`dim(...)`"),
    ("r-file", 'read.csv("shopping.csv")', 1, "`list.files()`"),
    ("r-open", "f <- function(x) {\n  x", 2, "second one"),
    ("r-open", "cat('a", 1, "quote"),
    ("r-else", "x <- 1\nif (x > 0) {\n  1\n}\nelse {\n  2\n}", 5, "block"),
    ("r-syntax", "x <- c(1 2)", 1, "comma"),
    ("r-syntax", "x <- 1\n}", 2, "bracket"),
    ("r-value", "expect(3, 9)", 1, "first place"),
    ("r-question", 'cat("a")\nname <- readline("Name? ")', 2, "graded"),
    ("r-ended", "quit()", None, "`quit`"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel() -> AsyncIterator[LiveKernel]:
    async with built_kernel("nexus-r") as opened:
        yield opened


@pytest.mark.parametrize("sample", CELLS, ids=lambda sample: f"{sample[0]}: {sample[1]}")
async def test_an_error_is_explained_at_its_line(kernel: LiveKernel, sample: Sample) -> None:
    await assert_explained(kernel, sample, Language.R)


async def test_every_rule_for_r_is_met_here() -> None:
    assert_every_rule_is_met(Language.R, "nexus-r", CELLS)
