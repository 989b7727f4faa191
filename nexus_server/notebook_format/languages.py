"""Which language a notebook is written in: every program names kernels and languages in its own way. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

#: the languages by the names that the product uses
_LANGUAGES = frozenset(
    {"python", "r", "javascript", "typescript", "julia", "bash", "octave", "matlab", "scheme", "sql", "sas", "java"}
    | {"c", "c++", "c#", "f#", "go", "rust", "ruby", "scala", "kotlin", "haskell", "ocaml", "perl", "lua", "sagemath"}
)
#: kernels and short names that say a language without being its name
_ALIASES = {
    "ipython": "python",
    "pyspark": "python",
    "xpython": "python",
    "pyodide": "python",
    "py": "python",
    "ir": "r",
    "xr": "r",
    "js": "javascript",
    "jslab": "javascript",
    "node": "javascript",
    "nodejs": "javascript",
    "ijavascript": "javascript",
    "ts": "typescript",
    "tslab": "typescript",
    "deno": "typescript",
    "ijulia": "julia",
    "sh": "bash",
    "cpp": "c++",
}
_FAMILIES = {"javascript": "typescript"}
_WORD = re.compile(r"[a-z]+(?:\+\+|#)?")
_DATABRICKS = "application/vnd.databricks.v1+notebook"
PYTHON = "python"


def find_language(name: str) -> str | None:
    """Return the language that a kernel's or a language's name says: Python of "python3" and "Python 3.11"."""
    words: list[str] = _WORD.findall(name.lower())
    return next((_ALIASES.get(word, word) for word in words if word in _LANGUAGES or word in _ALIASES), None)


def is_same(one: str | None, other: str | None) -> bool:
    """Whether kernels of one language run the other: those of JavaScript and TypeScript are the same."""
    return one is not None and _FAMILIES.get(one, one) == _FAMILIES.get(other or "", other)


def notebook_language(notebook: NotebookNode) -> str:
    """Return a notebook's language in lower case; Python where the notebook does not say."""
    metadata = notebook.metadata
    spec, info, bricks = (_part(metadata, key) for key in ("kernelspec", "language_info", _DATABRICKS))
    # Format 3 had a field of its own for kernels that were not Python.
    for name in (spec.get("language"), info.get("name"), metadata.get("language"), bricks.get("language")):
        if isinstance(name, str) and name:
            return find_language(name) or name.lower()
    kernels = (name for name in (spec.get("name"), spec.get("display_name")) if isinstance(name, str))
    return next((language for name in kernels if (language := find_language(name))), PYTHON)


def _part(metadata: NotebookNode, key: str) -> Mapping[str, Any]:
    part: Any = metadata.get(key)
    return part if isinstance(part, dict) else {}
