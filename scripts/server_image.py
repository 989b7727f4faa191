"""Build the container image of the server, `nexus-server`, from this checkout.

usage: server_image.py

Everything comes from PyPI and Debian, fetched here: the build itself has no network, and no image registry is needed.
The base is made by mmdebstrap; `NEXUS_SERVER_BASE` names another one with Python 3.11, useradd, mount and mkfs.ext4.
"""

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from system import ROOT, SetupError, run, say, stop_with

from nexus_server.kernels.image_building import ImageError, exists, make_debian_base

#: raise the number when the packages change
BASE = "nexus-server-base:bookworm-2"
#: Python and what the helper runs: useradd, mount, mkfs.ext4; git for the site's own content
PACKAGES = "python3,libstdc++6,passwd,mount,util-linux,e2fsprogs,git,ca-certificates,tzdata"
IMAGE = "nexus-server:latest"
PYTHON = str(ROOT / ".venv" / "bin" / "python")
LOG = ROOT / "var" / "log" / "server-image.log"


def ensure_base() -> str:
    """Return the base image's name, made when the engine has none.

    Raises:
        SetupError: it cannot be made.
    """
    if wanted := os.environ.get("NEXUS_SERVER_BASE"):
        return wanted
    try:
        if not exists(BASE):
            make_debian_base(BASE, PACKAGES)
    except ImageError as error:
        raise SetupError(error.message) from None
    return BASE


def build(base: str) -> None:
    """Build the image.

    Raises:
        SetupError: a step failed; the message says which.
    """
    with TemporaryDirectory(prefix="nexus-server-") as place:
        context = Path(place)
        wheels = str(context / "wheels")
        say("building the wheel and fetching those that it needs")
        wheel = [PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels]
        run(wheel, log=LOG, advice="The wheel could not be built")
        pinned = str(ROOT / "requirements" / "run.txt")
        fetch = [PYTHON, "-m", "pip", "download", "-q", "--only-binary=:all:", "--python-version", "3.11"]
        run([*fetch, "-d", wheels, "-r", pinned], log=LOG, advice="The packages could not be fetched")
        say("building the kernels' images, and the server's")
        kernels = [str(ROOT / ".venv" / "bin" / "nexus"), "images", "--prefix", str(context / "prefix")]
        run(kernels, log=LOG, advice="The kernels' images could not be built")
        shutil.copytree(context / "prefix" / "share" / "jupyter" / "kernels", context / "kernels")
        shutil.copy(ROOT / ".venv" / "bin" / "uv", context)
        shutil.copy(ROOT / "deploy" / "container" / "Dockerfile", context)
        command = ["docker", "build", "-q", "--network", "none", "--force-rm", "--build-arg", f"BASE={base}"]
        os.environ["DOCKER_BUILDKIT"] = "0"  # the other builder is no part of Debian's package
        run([*command, "-t", IMAGE, place], log=LOG, advice="The image could not be built")


def main() -> int:
    """Build what is missing."""
    base = ensure_base()
    build(base)
    say(f"built {IMAGE}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        stop_with(error)
