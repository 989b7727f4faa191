"""Build the documentation in docs/_build/html, or in the folder that is named; a link that leads nowhere is an error.

usage: docs_site.py [FOLDER]
"""

import subprocess
import sys
from pathlib import Path

import front_end
from system import ROOT, VENV, SetupError, stop_with

SITE = ROOT / "docs" / "_build" / "html"


def build(site: Path) -> int:
    """Run Sphinx with every warning an error; return its exit code."""
    front_end.install()  # Mermaid, which draws the diagrams, is one of the front end's packages
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--quiet"]
    cache = ["--doctree-dir", str(site.parent / "doctrees")]
    return subprocess.run(
        [str(VENV / "bin" / "sphinx-build"), *strict, *cache, str(ROOT / "docs"), str(site)], check=False
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(build(Path(sys.argv[1]) if len(sys.argv) > 1 else SITE))
    except SetupError as error:
        stop_with(error)
