"""Which kernel images are shipped, and what their folders say of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus_server.installation import KERNEL_IMAGES


@dataclass(frozen=True)
class Image:
    """One folder below kernel_images/."""

    folder: Path
    tag: str
    #: empty: an image that only others stand on
    kernel_name: str
    parent: str | None
    python_version: str | None
    #: built only for who asks for it
    is_optional: bool = False
    #: what the base has to hold beside Python
    debian_packages: tuple[str, ...] = ()
    #: about how long that takes where nothing is there yet
    build_minutes: int = 2

    @classmethod
    def read(cls, folder: Path) -> "Image":
        """Read `image.json`."""
        data = json.loads((folder / "image.json").read_text(encoding="utf-8"))
        return cls(
            folder,
            data["tag"],
            data.get("kernel_name", ""),
            data.get("parent"),
            data.get("python_version"),
            data.get("optional", False),
            tuple(sorted(data.get("debian_packages", ()))),
            data.get("build_minutes", 2),
        )

    def is_installed(self, prefix: Path) -> bool:
        """Whether the environment has this kernel, of whatever version."""
        return (self.place_in(prefix) / "kernel.json").exists()

    def read_kernelspec(self) -> dict[str, Any]:
        """Return the kernelspec as it is shipped, without the image's exact name."""
        path = self.folder / "kernelspec" / "kernel.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def place_in(self, prefix: Path) -> Path:
        """Where an environment has this kernel's kernelspec."""
        return installed_place(self.kernel_name, prefix)


def installed_place(kernel_name: str, prefix: Path) -> Path:
    """Where an environment has a kernel's kernelspec."""
    return prefix / "share" / "jupyter" / "kernels" / kernel_name


def read_images() -> list[Image]:
    """Every image, parents before children."""
    images = {path.parent.name: Image.read(path.parent) for path in sorted(KERNEL_IMAGES.glob("*/image.json"))}

    def depth(image: Image) -> int:
        return 0 if image.parent is None else 1 + depth(images[image.parent])

    return sorted(images.values(), key=depth)


def kernel_images() -> list[Image]:
    """Every image that is a kernel's, parents before children."""
    return [image for image in read_images() if image.kernel_name]


def build_advice(kernel_name: str) -> str:
    """Say how to get a kernel that is shipped and not built; nothing of other kernels."""
    is_optional = any(image.kernel_name == kernel_name and image.is_optional for image in read_images())
    return f" An administrator builds it with `nexus images {kernel_name}`." if is_optional else ""
