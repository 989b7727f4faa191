"""Kernels and languages by the names that programs give them."""

from typing import Any

import pytest
from nbformat import from_dict

from nexus_server.notebook_format.languages import find_language, is_same, notebook_language


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("python3", "python"),
        ("Python 3 (ipykernel)", "python"),
        ("conda-env-ds-py", "python"),
        ("base (Python 3.11.4)", "python"),
        ("pyspark", "python"),
        ("ir", "r"),
        ("R", "r"),
        ("julia-1.9", "julia"),
        ("ijavascript", "javascript"),
        ("deno", "typescript"),
        ("C++17", "c++"),
        ("cobol", None),
        ("", None),
    ],
)
def test_names_say_a_language(name: str, language: str | None) -> None:
    assert find_language(name) == language


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "python3", "language": "python3"}}, "python"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "r"),
        ({"kernelspec": {"name": "python3", "display_name": "Python 3"}, "colab": {}}, "python"),
        ({"kernelspec": {"name": "venv", "display_name": "Python 3"}}, "python"),
        ({"language_info": {"name": "ipython", "version": 3}}, "python"),
        ({"kernelspec": {"language": "R"}, "language_info": {"name": "python"}}, "r"),
        ({"language": "Julia"}, "julia"),
        ({"application/vnd.databricks.v1+notebook": {"language": "python"}}, "python"),
        ({"kernelspec": {"name": "c1", "language": "COBOL"}}, "cobol"),
        ({}, "python"),
    ],
)
def test_a_notebooks_language_is_found_wherever_it_is_named(metadata: dict[str, Any], language: str) -> None:
    assert notebook_language(from_dict({"metadata": metadata, "cells": []})) == language


def test_one_kernel_runs_javascript_and_typescript() -> None:
    assert is_same("javascript", "typescript")
    assert is_same("typescript", "typescript")
    assert not is_same("python", "r")
    assert not is_same(None, None)
