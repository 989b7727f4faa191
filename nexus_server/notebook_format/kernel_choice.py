"""Which sandboxed kernel a notebook from anywhere can run in, where nobody says: by its language and its imports."""

import re
from collections.abc import Iterable

from jupyter_client.kernelspec import KernelSpecManager
from nbformat import NotebookNode

from nexus_server.kernels.specs import product_images
from nexus_server.notebook_format.errors import SandboxUnavailableError
from nexus_server.notebook_format.languages import PYTHON, notebook_language

PYTHON_KERNEL, DATA_KERNEL, JAVASCRIPT_KERNEL = "nexus-python", "nexus-data", "nexus-javascript"
#: MiB for a notebook of unknown needs that loads data tools; a bare `import pandas` takes 107
DATA_MEMORY_MB = 512
#: what makes a notebook one for the data image
_DATA_MODULES = r"(?:numpy|pandas|matplotlib|mpl_toolkits|pylab|PIL)\b"
_DATA_IMPORT = re.compile(
    rf"(?:^|[;:])[ \t]*(?:import|from)\s+(?:[^\n#;]*,\s*)?{_DATA_MODULES}"
    rf"|\b(?:import_module|__import__)\(\s*['\"]{_DATA_MODULES}"
    r"|^[ \t]*%(?:matplotlib|pylab)\b"
    r"|\bmagic\(\s*['\"]%?(?:matplotlib|pylab)\b|\brun_line_magic\(\s*['\"](?:matplotlib|pylab)\b",
    re.MULTILINE,
)


def choose_kernel(source: NotebookNode, texts: Iterable[str]) -> str:
    """Name the kernel for a source, given the code that will run; Jupyter's names for kernels are no help.

    Raises:
        SandboxUnavailableError: no sandboxed kernel for the notebook's language.
    """
    installed = product_images(KernelSpecManager())
    wanted = str(source.metadata.get("kernelspec", {}).get("name", ""))
    if wanted in installed:
        return wanted
    language = notebook_language(source)
    if language in ("javascript", "typescript"):
        return JAVASCRIPT_KERNEL
    if language != PYTHON:
        raise SandboxUnavailableError(f"There is no sandboxed kernel for {language}; name one with --kernel.")
    needs_data_tools = any(_DATA_IMPORT.search(text) for text in texts)
    return DATA_KERNEL if needs_data_tools and DATA_KERNEL in installed else PYTHON_KERNEL


def kernel_by_imports(texts: Iterable[str]) -> str:
    """Name the kernel for Python code by what it imports, whatever is installed here."""
    return DATA_KERNEL if any(_DATA_IMPORT.search(text) for text in texts) else PYTHON_KERNEL


def code_of(notebook: NotebookNode) -> str:
    """Return all code of a notebook as one text."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
