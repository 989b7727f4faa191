"""Build the kernel images that are missing or outdated, and install their kernelspecs into the virtual environment.

Every folder below `kernel_images/` with an `image.json` is an image. Its tag carries a hash of
the folder (and of its parent's), so an unchanged image costs one look-up. Wheels are downloaded on the host; the build
itself runs without network. The base is pulled where a registry answers, else made from Debian's packages. An image
that names `debian_packages` stands on a base of its own that holds them. One that is `optional` is built when somebody
names it, and from then on kept up to date like the others.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from nexus_server.errors import NotFoundError, UnavailableError
from nexus_server.installation import IS_CHECKOUT
from nexus_server.kernels.shipped_images import Image, kernel_images, read_images

#: what a registry calls the base; override with NEXUS_KERNEL_BASE
PULLED_BASE = "python:3.11-slim-bookworm"
#: the base made here, when nothing can be pulled; raise the number when the recipe changes
DEBIAN_BASE = "nexus-base:bookworm-2"
DEBIAN_PACKAGES = "python3,libstdc++6,procps"
PULL_TIMEOUT_S = 300
MACHINES = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
#: never part of an image's hash
UNHASHED = {"wheels", "__pycache__"}


class ImageError(UnavailableError):
    """A kernel image could not be built."""

    code = "image_not_built"


class NoSuchImageError(NotFoundError):
    """No kernel image has this name."""


def say(text: str) -> None:
    """Print one line of progress."""
    sys.stderr.write(f"images: {text}\n")
    sys.stderr.flush()


def run(command: list[str], what: str, **options: object) -> str:
    """Run a command and return its output.

    Raises:
        ImageError: with the last line of what it said.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise ImageError(f"{what} failed: {lines[-1][-400:]}")
    return str(done.stdout)


def exists(reference: str) -> bool:
    """Whether the engine has this image."""
    command = ["docker", "image", "inspect", "-f", "{{.Id}}", reference]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def make_debian_base(reference: str = DEBIAN_BASE, packages: str = DEBIAN_PACKAGES) -> None:
    """Make a base from Debian's packages, named with commas between, with mmdebstrap and import it."""
    if shutil.which("mmdebstrap") is None:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise ImageError(
                "no base image can be pulled and mmdebstrap is missing: install mmdebstrap, then run again."
            )
        say("installing mmdebstrap with apt")
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "mmdebstrap"], "installing mmdebstrap")
    say("making the base image from Debian's packages (about half a minute)")
    slim = [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("man", "doc", "locale", "info", "lintian")]
    command = ["mmdebstrap", "--quiet", "--variant=essential", f"--include={packages}", *slim, "bookworm", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as maker:
        run(["docker", "import", "-", reference], "importing the base image", stdin=maker.stdout)
        errors = maker.stderr.read().decode(errors="replace") if maker.stderr else ""
    if maker.returncode:
        subprocess.run(["docker", "rmi", reference], capture_output=True, check=False)
        raise ImageError(f"mmdebstrap failed: {(errors.strip().splitlines() or ['no message'])[-1][-400:]}")


def ensure_base(packages: tuple[str, ...] = ()) -> str:
    """Return the name of a base image with these Debian packages, pulling or making it when the engine has none."""
    if wanted := os.environ.get("NEXUS_KERNEL_BASE"):
        return wanted
    if packages:
        named = ",".join((DEBIAN_PACKAGES, *packages))
        reference = f"{DEBIAN_BASE}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"
        if not exists(reference):
            make_debian_base(reference, named)
        return reference
    for reference in (PULLED_BASE, DEBIAN_BASE):
        if exists(reference):
            return reference
    say(f"pulling {PULLED_BASE}")
    try:
        pulled = subprocess.run(
            ["docker", "pull", "-q", PULLED_BASE], capture_output=True, check=False, timeout=PULL_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        pulled = None
    if pulled is not None and pulled.returncode == 0:
        return PULLED_BASE
    say("no registry answers")
    make_debian_base()
    return DEBIAN_BASE


def folder_hash(image: Image, parent_reference: str) -> str:
    """Hash of everything that decides what the image holds."""
    digest = hashlib.sha256(parent_reference.encode())
    for path in sorted(image.folder.rglob("*")):
        relative = path.relative_to(image.folder)
        if path.is_file() and not UNHASHED & set(relative.parts) and relative.parts[0] != "kernelspec":
            digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def pip() -> list[str]:
    """The command that downloads wheels.

    Raises:
        ImageError: this Python has no pip.
    """
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode:
        raise ImageError(f"{sys.executable} has no pip: run `{sys.executable} -m ensurepip`, then run again.")
    return [sys.executable, "-m", "pip"]


def wheelhouse(image: Image) -> Path:
    """Where an image's wheels are kept: in a checkout beside their list, else in the user's cache."""
    if IS_CHECKOUT:
        return image.folder / "wheels"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "nexusai" / "wheels" / image.folder.name


def download_wheels(image: Image) -> None:
    """Fill the image's wheelhouse with exactly what its requirements name."""
    wheels = wheelhouse(image)
    wheels.mkdir(parents=True, exist_ok=True)
    requirements = image.folder / "requirements.txt"
    stamp = wheels / ".requirements"
    text = requirements.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == text:
        return
    for old in wheels.iterdir():
        old.unlink()
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise ImageError(f"there are no wheels for this kind of processor: {platform.machine()}")
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in (34, 31, 28, 27, 26, 24, 17)] + [
        f"manylinux2014_{machine}"
    ]
    command = [*pip(), "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(wheels), "-r", str(requirements)]
    command += ["--implementation", "cp", "--python-version", image.python_version or "3.11"]
    for name in platforms:
        command += ["--platform", name]
    say(f"downloading wheels for {image.tag}")
    run(command, f"downloading wheels for {image.tag}")
    stamp.write_text(text, encoding="utf-8")


def build(image: Image, reference: str, parent: str) -> None:
    """Build one image without network."""
    has_wheels = (image.folder / "requirements.txt").exists()
    if has_wheels:
        download_wheels(image)
    say(f"building {reference}")
    with tempfile.TemporaryDirectory(prefix="nexus-image-") as place:
        context = Path(place) / image.folder.name
        shutil.copytree(image.folder, context, ignore=shutil.ignore_patterns(*UNHASHED))
        if has_wheels:
            shutil.copytree(wheelhouse(image), context / "wheels")
        command = ["docker", "build", "-q", "--network", "none", "--force-rm", "--build-arg", f"BASE={parent}"]
        command += ["-t", reference, "-t", f"{image.tag}:latest", str(context)]
        run(command, f"building {reference}", env={**os.environ, "DOCKER_BUILDKIT": "0"})


def install_kernelspec(image: Image, reference: str, prefix: Path) -> None:
    """Copy the kernelspec, with the exact image that it starts."""
    target = image.place_in(prefix)
    target.mkdir(parents=True, exist_ok=True)
    for source in sorted((image.folder / "kernelspec").iterdir()):
        if source.name != "kernel.json":
            shutil.copyfile(source, target / source.name)
    spec = image.read_kernelspec()
    spec["metadata"]["kernel_provisioner"]["config"]["image"] = reference
    fresh = json.dumps(spec, indent=2) + "\n"
    path = target / "kernel.json"
    if not path.exists() or path.read_text(encoding="utf-8") != fresh:
        partial = path.with_suffix(".partial")
        partial.write_text(fresh, encoding="utf-8")
        partial.replace(path)


def are_installed(prefix: Path) -> bool:
    """Whether the environment has every kernel that all sites have; of which version, `ensure_images` finds out."""
    return all(image.is_optional or image.is_installed(prefix) for image in kernel_images())


def ensure_images(prefix: Path, optional: Collection[str] = ()) -> dict[str, str]:
    """Build and install everything, one builder at a time on a machine; return each kernel's image.

    Of the optional images those are built that `optional` names, and those that are installed already.

    Raises:
        ImageError: the engine is away, or an image cannot be built.
        NoSuchImageError: `optional` names an image that is not shipped.
    """
    known = {image.kernel_name for image in kernel_images()}
    if unknown := sorted(set(optional) - known):
        raise NoSuchImageError(f"There is no kernel image {unknown[0]!r}; there are {', '.join(sorted(known))}.")
    return _build_alone(
        prefix,
        lambda image: not image.is_optional or image.kernel_name in optional or image.is_installed(prefix),
    )


def ensure_image(prefix: Path, kernel_name: str) -> dict[str, str]:
    """Build and install one kernel's image with its parents, and touch no other; return its name by the kernel's.

    Raises:
        ImageError: the engine is away, or the image cannot be built.
    """
    return _build_alone(prefix, lambda image: image.kernel_name == kernel_name)


def _build_alone(prefix: Path, is_wanted: Callable[[Image], bool]) -> dict[str, str]:
    """Build the wanted images while no other builder on this machine works."""
    with (Path(tempfile.gettempdir()) / "nexus-kernel-images.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        images = {image.folder.name: image for image in read_images()}
        installed: dict[str, str] = {}
        for image in filter(is_wanted, kernel_images()):
            reference = _ensure_on(ensure_base(image.debian_packages), image, images)
            install_kernelspec(image, reference, prefix)
            installed[image.kernel_name] = reference
        return installed


def _ensure_on(base: str, image: Image, images: Mapping[str, Image]) -> str:
    """Build an image on this base where it is missing, its parents before it; return its name."""
    parent = _ensure_on(base, images[image.parent], images) if image.parent else base
    reference = f"{image.tag}:{folder_hash(image, parent)}"
    if not exists(reference):
        build(image, reference, parent)
    return reference
