"""Puts what the product needs besides its code into the wheel: content, migrations, kernel images, the front end.

An installation in place (`pip install -e`) needs none of it: there it lies beside the package.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: what lies beside the package in a checkout, and in its folder `shipped` in a wheel (nexus_server/installation.py)
SHIPPED = ("content", "migrations", "kernel_images", "jupyter_config.py")
#: made by use, never shipped
MADE = {"wheels", "__pycache__"}
#: what the front end's build makes
LAB_EXTENSION, PAGES = "nexus_server/labextension", "nexus_server/static"
COMPILED_WORDS = ("nexus_server/locale/**/*.mo", "nexus_server/locale/**/*.json")
#: for developers only
GALLERY = f"{PAGES}/gallery"


class WheelContents(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is its own configuration
    """Adds the files to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files.

        Raises:
            RuntimeError: the front end was not built.
        """
        if version == "editable":
            return
        root = Path(self.root)
        missing = [name for name in (LAB_EXTENSION, PAGES) if not (root / name).is_dir()]
        if missing:
            raise RuntimeError(f"The front end is not built (there is no {', '.join(missing)}): run `make wheel`.")
        for name in SHIPPED:
            for path in _files(root / name):
                relative = path.relative_to(root).as_posix()
                build_data["force_include"][str(path)] = f"nexus_server/shipped/{relative}"
        build_data["artifacts"] += [LAB_EXTENSION, PAGES, *COMPILED_WORDS, f"!{GALLERY}"]
        build_data["shared_data"][str(root / LAB_EXTENSION)] = "share/jupyter/labextensions/nexusai"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [each for each in sorted(path.rglob("*")) if each.is_file() and not MADE & set(each.parts)]
