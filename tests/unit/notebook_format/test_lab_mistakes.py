"""The mistakes of labs that are said while their author types: the server finds the same ones."""

import json
from typing import Any

import nbformat
import pytest

from nexus_server.notebook_format.validation import validate_source
from tests.plugins.server import ROOT

CASES = json.loads((ROOT / "tests/fixtures/lab-mistakes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_server_finds_what_the_browser_does(case: dict[str, Any]) -> None:
    notebook = nbformat.from_dict({"cells": case["cells"], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found = [[each.code, each.cell, each.line] for each in validate_source(notebook)]
    assert sorted(found, key=str) == sorted(case["mistakes"], key=str)
