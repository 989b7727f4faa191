"""How the grader reads what was handed in: large notebooks in a process of their own, and never differently."""

import json
from typing import Any

import pytest

from nexus_server.grading.options import GradeOptions
from nexus_server.notebook_format.notebooks import parse_notebook
from nexus_server.offload.errors import OffloadUnavailableError, TooCostlyError
from nexus_server.offload.pool import InProcess
from nexus_server.submissions.engine_grader import EngineGrader
from nexus_server.submissions.job import GradingJob
from nexus_server.submissions.notebook_reader import LARGE_BYTES, SHOWN_BYTES, NotebookReader
from nexus_server.submissions.submission_tasks import without_outputs
from tests.plugins import lab_notebooks as lab

CELLS = [
    {"cell_type": "code", "source": "a = '\\ud83d'", "metadata": {"x": [1]}, "outputs": [{"data": "BULK"}]},
    {"cell_type": "code", "source": ["b = 1\n", "b"], "outputs": "BULK", "id": "own"},
    {"cell_type": "markdown", "source": "Text", "attachments": {"a.png": {}}},
    {"source": "nobody says what", "outputs": [{"data": "BULK"}]},
    {"cell_type": "code", "input": "c", "outputs": []},
]


@pytest.mark.parametrize(
    "notebook",
    [
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"n": 1e999}, "cells": CELLS},
        {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": CELLS},
        {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": CELLS}]},
    ],
)
def test_without_outputs_a_notebook_is_read_as_with_them(notebook: dict[str, Any]) -> None:
    raw = json.dumps(notebook).encode()
    _, slim = without_outputs(raw)
    assert b"BULK" not in slim
    assert _without_made_up_ids(slim) == _without_made_up_ids(raw)


def _without_made_up_ids(raw: bytes) -> list[dict[str, Any]]:
    cells = parse_notebook(raw).cells
    return [{name: value for name, value in cell.items() if name != "id" or value == "own"} for cell in cells]


class _Asked(InProcess):
    """Notes what it is asked for, and raises what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sizes: list[int] = []
        self.error = error

    async def run(self, key: str, task: Any, body: bytes = b"", **options: Any) -> tuple[Any, bytes]:
        self.sizes.append(len(body))
        if self.error is not None:
            raise self.error
        return await super().run(key, task, body, **options)


def _job(padding: int) -> GradingJob:
    source = json.dumps(lab.square_lab())
    output = {"output_type": "stream", "name": "stdout", "text": "x" * padding}
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [output], "execution_count": 1}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    return GradingJob(json.dumps(notebook).encode(), "0" * 64, source, "Lab", {})


@pytest.mark.parametrize(("padding", "asked"), [(10, 0), (LARGE_BYTES, 1)])
async def test_large_notebooks_are_read_elsewhere(padding: int, asked: int) -> None:
    offload = _Asked()
    grader = EngineGrader(GradeOptions(), b"key", offload)
    notebook, _ = await grader._read(_job(padding))
    assert (len(offload.sizes), notebook.cells[0].source) == (asked, "1")


async def test_a_submission_is_graded_where_no_process_can_be_had_and_not_where_it_costs_too_much() -> None:
    notebook, _ = await EngineGrader(GradeOptions(), b"key", _Asked(OffloadUnavailableError()))._read(_job(LARGE_BYTES))
    assert notebook.cells[0].source == "1"
    answer: Any = await EngineGrader(GradeOptions(), b"key", _Asked(TooCostlyError())).grade(_job(LARGE_BYTES))
    assert "more computing time" in answer.reason
    assert not answer.is_retryable


def _bulky(text: str, outputs: int) -> bytes:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * outputs}
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [output], "execution_count": 1}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}).encode()


@pytest.mark.parametrize(
    ("notebook", "shown"),
    [
        (_bulky("1", 10), "x" * 10),
        (_bulky("1", LARGE_BYTES), "x" * LARGE_BYTES),
        (_bulky("1", SHOWN_BYTES), "This output of 4.0 MB was left out"),
    ],
    ids=["small", "large", "more than is shown"],
)
async def test_a_page_shows_the_outputs_that_fit(notebook: bytes, shown: str) -> None:
    found = await NotebookReader().read_with_outputs("teacher", notebook)
    assert found.cells[0].outputs[0].text.startswith(shown)


async def test_a_page_shows_much_text_without_outputs() -> None:
    found = await NotebookReader().read_with_outputs("teacher", _bulky("#" * SHOWN_BYTES, 10))
    assert (len(found.cells[0].source), found.cells[0].outputs) == (SHOWN_BYTES, [])
