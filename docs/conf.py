"""Configuration of Sphinx. `make docs` builds the site; everything that it shows lies in the site itself."""

import html
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
#: JupyterLab draws diagrams with Mermaid, so the front end's packages hold it
MERMAID = ROOT / "labextension" / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"

project = "NexusAI"
html_title = "NexusAI"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
myst_links_external_new_tab = False
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["nexus.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
templates_path: list[str] = []


class Mermaid(Directive):
    """A diagram. The page keeps its text, which the browser draws."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the text as it is, marked as a diagram."""
        text = html.escape("\n".join(self.content))
        return [nodes.raw("", f'<pre class="mermaid">{text}</pre>', format="html", classes=["diagram"])]


def add_scripts(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load Mermaid on those pages that have a diagram: it is three megabytes."""
    if doctree is not None and any("diagram" in node["classes"] for node in doctree.findall(nodes.raw)):
        app.add_js_file("mermaid.min.js")
        app.add_js_file("diagrams.js")


def copy_mermaid(app: Sphinx, error: Exception | None) -> None:
    """Put Mermaid into the site."""
    if error is None and app.builder.format == "html":
        if not MERMAID.is_file():
            raise ConfigError("Mermaid is missing: run `make docs`, which installs the front end's packages.")
        shutil.copyfile(MERMAID, Path(app.outdir) / "_static" / MERMAID.name)


def setup(app: Sphinx) -> None:
    """Teach Sphinx diagrams."""
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", copy_mermaid)
