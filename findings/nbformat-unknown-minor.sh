#!/usr/bin/env bash
# nbformat knows minor versions up to 5 of format 4. It reads 4.6 and 4.99 without a warning and calls them valid.
# So a check of validity does not tell that a notebook comes from a newer program.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q nbformat==5.11.1
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import warnings
from importlib.metadata import version

import nbformat

warnings.simplefilter("error")
print({"nbformat": version("nbformat")}, "knows up to", (nbformat.current_nbformat, nbformat.current_nbformat_minor))
for minor in (5, 6, 99):
    text = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": %d}' % minor
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    print(f"4.{minor}: read as 4.{notebook.nbformat_minor}, valid, no warning")
    assert notebook.nbformat_minor == minor
assert nbformat.current_nbformat_minor == 5
PROBE
