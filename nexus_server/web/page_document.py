"""The HTML around every stand-alone page: what NexusAI is, beside what the page asks or says. It needs no script."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

from jupyter_server.utils import url_path_join

from nexus_server.languages import NAMES, UserLanguage, catalog_of
from nexus_server.web.language import CHOICE

STATIC_ROOT = Path(__file__).parent.parent / "static"

#: nothing but our own bundle runs, and nobody may frame a page that takes passwords
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_LOGO = """\
<svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" aria-hidden="true">\
<g stroke-width="2" stroke-linecap="round" stroke-linejoin="round">\
<circle cx="5" cy="18" r="2.5"/><circle cx="19" cy="6" r="2.5"/>\
<path d="M7.5 18H14a3.5 3.5 0 0 0 0-7h-4a3.5 3.5 0 0 1 0-7h6"/></g></svg>"""

_DOCUMENT = Template("""\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>$title · NexusAI</title>
<link rel="icon" type="image/svg+xml" href="$static/favicon.svg?v=$version">
<link rel="stylesheet" href="$static/pages.css?v=$version">
$words
$script
</head>
<body>
<div class="nx-page">
<aside class="nx-brand">
<p class="nx-wordmark">$logo NexusAI</p>
<div>
<p class="nx-claim">$claim</p>
<p class="nx-claim-text">$claim_text</p>
</div>
<ol class="nx-steps" aria-hidden="true">
<li data-state="done"><span class="nx-step-dot">✓</span>$read</li>
<li data-state="done"><span class="nx-step-dot">✓</span>$practise</li>
<li data-state="now"><span class="nx-step-dot"></span>$graded</li>
<li data-state="later"><span class="nx-step-dot"></span>$unlock</li>
</ol>
</aside>
<main class="nx-panel">
<div class="nx-panel-body">
<p class="nx-wordmark nx-wordmark-small">$logo NexusAI</p>
$body
$choice
</div>
</main>
</div>
</body>
</html>
""")

_SCRIPT = '<script defer src="{static}/pages.js?v={version}"></script>'


@cache
def bundle_version(root: Path) -> str:
    """Return a short hash of the built bundle, so that browsers fetch a new build at once."""
    digest = hashlib.sha256()
    for path in sorted(root.glob("pages.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def render_document(
    title: str,
    body: str,
    base_url: str,
    language: UserLanguage,
    *,
    has_script: bool = False,
    query: Mapping[str, str] | None = None,
) -> str:
    """Return the page with `body`, which is HTML; the bundle is loaded only where the page has a script.

    A page with a `query` offers itself in other languages, with the same query.
    """
    static = escape(url_path_join(base_url, "nexus/static"))
    version = bundle_version(STATIC_ROOT)
    gettext = catalog_of(language).gettext
    return _DOCUMENT.substitute(
        language=language,
        title=escape(title),
        static=static,
        version=version,
        words=words_link(language, static) if has_script else "",
        script=_SCRIPT.format(static=static, version=version) if has_script else "",
        logo=_LOGO,
        body=body,
        choice="" if query is None else _language_links(language, query),
        claim=escape(gettext("Learn by doing, one node at a time.")),
        claim_text=escape(
            gettext(
                "Read a note, open the lab, run real code in your own sandbox. Stuck? Ask for a hint. "
                "Done? The next node unlocks."
            )
        ),
        read=escape(gettext("Read")),
        practise=escape(gettext("Practise")),
        graded=escape(gettext("Get graded")),
        unlock=escape(gettext("Unlock the next")),
    )


def _language_links(language: UserLanguage, query: Mapping[str, str]) -> str:
    links = []
    for each, name in NAMES.items():
        address = escape("?" + urlencode({**query, CHOICE: each.value}))
        current = ' aria-current="true"' if each is language else ""
        links.append(f'<a href="{address}" lang="{each}" hreflang="{each}"{current}>{name}</a>')
    label = escape(catalog_of(language).gettext("Language"))
    return f'<nav class="nx-languages" aria-label="{label}">{" ".join(links)}</nav>'


def words_link(language: UserLanguage, static: str) -> str:
    """Return the link to the catalog that the pages' scripts read, fetched while they load; nothing for English."""
    manifest = STATIC_ROOT / "learn" / "words.json"
    try:
        names = read_manifest(manifest, manifest.stat().st_mtime_ns)
    except OSError:
        return ""  # nothing was built
    name = names.get(language)
    if name is None:
        return ""
    address = f"{static}/learn/{escape(name)}"
    return f'<link id="nexus-words" rel="preload" as="fetch" crossorigin="anonymous" href="{address}">'


@lru_cache(maxsize=8)
def read_manifest(file: Path, _modified_ns: int) -> dict[str, Any]:
    """Return the names of built files; the time makes another one of a new build."""
    manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return manifest
