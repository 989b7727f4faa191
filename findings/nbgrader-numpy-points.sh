#!/usr/bin/env bash
# nbgrader reads partial credit from the last expression of a test cell.
# With NumPy 2 a NumPy number is shown as "np.float64(1.5)", which nbgrader does not read as a number.
# It then gives full points. A Fraction or a Decimal is no number to it either, and -1 is full points.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q nbgrader==0.9.6 numpy==2.4.6 ipykernel==7.4.0 nbclient==0.11.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
from importlib.metadata import version

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

print({name: version(name) for name in ("nbgrader", "numpy", "ipykernel", "nbclient")})
TEST = {"grade": True, "grade_id": "test", "points": 3, "locked": True, "solution": False, "task": False,
        "schema_version": 3, "cell_type": "code"}
EXPECTED = {
    "1.5": 1.5,
    "__import__('numpy').float64(1.5)": 3.0,
    "__import__('numpy').int64(0)": 3.0,
    "__import__('fractions').Fraction(3, 2)": 3.0,
    "__import__('decimal').Decimal('1.5')": 3.0,
    "float('nan')": 3.0,
    "-1": 3.0,
}
cells = [new_code_cell(source, metadata={"nbgrader": TEST}) for source in EXPECTED]
notebook = new_notebook(cells=cells)
NotebookClient(notebook, kernel_name="python3").execute()
for cell, (source, expected) in zip(notebook.cells, EXPECTED.items(), strict=True):
    points, most = determine_grade(cell)
    print(f"{source:42} shown as {cell.outputs[0].data['text/plain']:18} earns {points} of {most}")
    assert points == expected, (source, points)
PROBE
