#!/usr/bin/env bash
# A code cell may hold a line "# %%", in a comment for instance.
# In the percent format that line begins a new cell, and nothing escapes it: one cell comes back as two.
# The attachments of Markdown cells are lost in every text format, without a warning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q jupytext==1.19.6 nbformat==5.11.1
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import warnings
from importlib.metadata import version

import jupytext
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

warnings.simplefilter("error")
print({name: version(name) for name in ("jupytext", "nbformat")})
picture = new_markdown_cell("![x](attachment:x.png)", attachments={"x.png": {"image/png": "AAAA"}})
notebook = new_notebook(cells=[new_code_cell("a = 1\n# %%\nb = 2"), picture])
for form, cells in {"py:percent": 3, "py:light": 2, "md": 2, "md:myst": 2, "Rmd": 2}.items():
    back = jupytext.reads(jupytext.writes(notebook, form), form)
    kept = [cell for cell in back.cells if cell.get("attachments")]
    print(f"{form:11} cells: 2 -> {len(back.cells)}, attachments: 1 -> {len(kept)}")
    assert (len(back.cells), kept) == (cells, [])
PROBE
