"""A learner's settings of JupyterLab's plugins, as they lie in the learner's directory."""

from pathlib import Path
from typing import Any

import json5

THEME_SETTINGS = Path("@jupyterlab", "apputils-extension", "themes.jupyterlab-settings")
LOCALE_SETTINGS = Path("@jupyterlab", "translation-extension", "plugin.jupyterlab-settings")


def read_settings(settings_dir: Path, plugin: Path) -> dict[str, Any]:
    """Return what a learner chose of a plugin's settings; nothing where no hand wrote settings."""
    try:
        chosen = json5.loads((settings_dir / plugin).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return chosen if isinstance(chosen, dict) else {}
