"""Where a login leads back to: a path of this site, never another one (OWASP, "unvalidated redirects"). Pure."""

import re

#: what browsers drop or turn into a slash before they look for a host
_TRICKS = re.compile(r"[\\\s\x00-\x1f\x7f]")
MAX_CHARS = 2000


def safe_destination(wanted: str | None, base_url: str) -> str:
    """Return `wanted` if it is a path of this site that is not a login page, else what leads on to the person's own."""
    home = f"{base_url}nexus"
    if not wanted or len(wanted) > MAX_CHARS or _TRICKS.search(wanted):
        return home
    if not wanted.startswith(base_url) or wanted.startswith("//"):
        return home
    if re.match(rf"{re.escape(base_url)}nexus/learn(?:[/?#]|$)", wanted):
        return wanted
    if wanted == base_url or wanted.startswith((f"{base_url}nexus/", f"{base_url}login", f"{base_url}logout")):
        return home
    return wanted
