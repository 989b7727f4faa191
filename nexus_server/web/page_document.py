"""The HTML around every stand-alone page: what NexusAI is, beside what the page asks or says. It needs no script."""

import hashlib
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from jupyter_server.utils import url_path_join

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
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>$title · NexusAI</title>
<link rel="icon" type="image/svg+xml" href="$static/favicon.svg?v=$version">
<link rel="stylesheet" href="$static/pages.css?v=$version">
$script
</head>
<body>
<div class="nx-page">
<aside class="nx-brand">
<p class="nx-wordmark">$logo NexusAI</p>
<div>
<p class="nx-claim">Learn by doing, one node at a time.</p>
<p class="nx-claim-text">Read a note, open the lab, run real code in your own sandbox. Stuck? Ask for a hint. \
Done? The next node unlocks.</p>
</div>
<ol class="nx-steps" aria-hidden="true">
<li data-state="done"><span class="nx-step-dot">✓</span>Read</li>
<li data-state="done"><span class="nx-step-dot">✓</span>Practise</li>
<li data-state="now"><span class="nx-step-dot"></span>Get graded</li>
<li data-state="later"><span class="nx-step-dot"></span>Unlock the next</li>
</ol>
</aside>
<main class="nx-panel">
<div class="nx-panel-body">
<p class="nx-wordmark nx-wordmark-small">$logo NexusAI</p>
$body
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


def render_document(title: str, body: str, base_url: str, version: str, *, has_script: bool = False) -> str:
    """Return the page with `body`, which is HTML; the bundle is loaded only where the page has a script."""
    static = escape(url_path_join(base_url, "nexus/static"))
    return _DOCUMENT.substitute(
        title=escape(title),
        static=static,
        version=version,
        script=_SCRIPT.format(static=static, version=version) if has_script else "",
        logo=_LOGO,
        body=body,
    )
