#!/usr/bin/env bash
# nbconvert can clean the HTML of a notebook that nobody trusts (HTMLExporter.sanitize_html).
# Its list of allowed tags lacks <p>, <th>, <thead> and <tbody>: they are escaped and shown as text.
# So every paragraph and every table that Markdown makes is broken. A picture in SVG survives.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q nbconvert==7.17.2 nbformat==5.11.1
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import re
from importlib.metadata import version

from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

print({name: version(name) for name in ("nbconvert", "nbformat", "bleach")})
svg = new_output("display_data", {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><circle r='1'/></svg>"})
text = new_markdown_cell("A paragraph.\n\n| a | b |\n|---|---|\n| 1 | 2 |")
page, _ = HTMLExporter(sanitize_html=True).from_notebook_node(new_notebook(cells=[text, new_code_cell("", outputs=[svg])]))
escaped = sorted(set(re.findall(r"&lt;([a-z]+)&gt;", page[page.index("<main") :])))
print("shown as text:", escaped)
print("SVG survives:", "data:image/svg+xml" in page)
assert escaped == ["p", "tbody", "th", "thead"]
assert "data:image/svg+xml" in page
PROBE
