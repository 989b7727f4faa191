"""Notebooks from anywhere find the kernel that fits them."""

import pytest
from nbformat import NotebookNode

from nexus_server.notebook_format import kernel_choice
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.kernel_choice import choose_kernel
from tests.plugins import lab_notebooks as lab


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    images = dict.fromkeys(["nexus-python", "nexus-data", "nexus-javascript"])
    monkeypatch.setattr(kernel_choice, "product_images", lambda _manager: images)


def _notebook(name: str, language: str | None = "python") -> NotebookNode:
    notebook = lab.notebook()
    notebook.metadata.kernelspec = NotebookNode(name=name, display_name=name)
    if language:
        notebook.metadata.kernelspec.language = language
    return notebook


@pytest.mark.parametrize(
    ("name", "language", "code", "kernel"),
    [
        ("python3", "python", "x = 1", "nexus-python"),
        ("python3", "python3", "x = 1", "nexus-python"),
        ("deno", None, "", "nexus-javascript"),
        ("conda-env-ds101-py", "python", "import os, numpy as np", "nexus-data"),
        ("python", None, "%matplotlib inline", "nexus-data"),
        ("python3", "python", "def f():\n    from pandas import DataFrame", "nexus-data"),
        ("python3", "python", "# numpy is not needed: import it never", "nexus-python"),
        ("python3", "python", "import os; import numpy as np", "nexus-data"),
        ("python3", "python", "try: import pandas as pd\nexcept ImportError: pass", "nexus-data"),
        ("python3", "python", "np = __import__('numpy')", "nexus-data"),
        ("python3", "python", "import importlib\nnp = importlib.import_module('numpy.linalg')", "nexus-data"),
        ("python3", "python", "get_ipython().run_line_magic('matplotlib', 'inline')", "nexus-data"),
        ("python3", "python", "get_ipython().magic('matplotlib inline')", "nexus-data"),
        ("python3", "python", "import os  # and numpy, if it is there", "nexus-python"),
        ("nexus-data", "python", "", "nexus-data"),
        ("deno", "typescript", "", "nexus-javascript"),
    ],
)
def test_the_kernel_fits_language_and_imports(name: str, language: str | None, code: str, kernel: str) -> None:
    assert choose_kernel(_notebook(name, language), [code]) == kernel


def test_a_notebook_without_kernelspec_is_python() -> None:
    notebook = lab.notebook()
    del notebook.metadata["kernelspec"]
    assert choose_kernel(notebook, []) == "nexus-python"


def test_code_never_leaves_the_sandbox_for_a_language_that_has_none() -> None:
    with pytest.raises(SandboxUnavailableError, match="--kernel"):
        choose_kernel(_notebook("ir", "R"), [])
