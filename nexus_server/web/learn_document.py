"""The HTML that starts the learner's application; its files are those that the build names in its manifest."""

import json
from html import escape
from pathlib import Path
from string import Template

from jupyter_server.utils import url_path_join

from nexus_server.languages import UserLanguage, catalog_of
from nexus_server.web.page_document import read_manifest, words_link

#: CodeMirror and Lumino write style elements; notes and notebooks show pictures of other sites
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "font-src 'self' data:; media-src 'self' blob: https:; connect-src 'self'; frame-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_DOCUMENT = Template("""\
<!doctype html>
<html lang="$language" data-nx-theme="$theme">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>NexusAI</title>
<link rel="icon" type="image/svg+xml" href="$static/favicon.svg">
$styles
<script id="jupyter-config-data" type="application/json">$config</script>
$first
$words
<script type="module" src="$bundle/$script"></script>
$preloads
</head>
<body>
<div id="nexus-learn"></div>
<noscript>$needs_script</noscript>
</body>
</html>
""")


def render_learn(
    base_url: str, root: Path, theme: str, language: UserLanguage, *, is_home: bool = False, first: str | None = None
) -> str:
    """Return the document of the application whose build is in `root`; what the start page needs is named for it.

    `first` is JSON that the page would ask for at once.
    """
    manifest = read_manifest(root / "manifest.json", (root / "manifest.json").stat().st_mtime_ns)
    static = escape(url_path_join(base_url, "nexus/static"))
    bundle = f"{static}/learn"
    preloads = manifest["preload"] + (manifest["home"] if is_home else [])
    return _DOCUMENT.substitute(
        theme=theme,
        language=language,
        words=words_link(language, static),
        needs_script=escape(catalog_of(language).gettext("NexusAI needs JavaScript.")),
        static=static,
        bundle=bundle,
        styles="\n".join(f'<link rel="stylesheet" href="{bundle}/{escape(name)}">' for name in manifest["styles"]),
        script=escape(manifest["script"]),
        preloads="\n".join(f'<link rel="modulepreload" href="{bundle}/{escape(name)}">' for name in preloads),
        config=_in_script(json.dumps({"baseUrl": base_url, "appName": "NexusAI"})),
        first="" if first is None else f'<script id="nexus-first" type="application/json">{_in_script(first)}</script>',
    )


def _in_script(text: str) -> str:
    """Return JSON that cannot end the element that it stands in."""
    return text.replace("<", "\\u003c")
