"""The theme that a learner chose, wherever they chose it: JupyterLab keeps it among its settings."""

from pathlib import Path
from typing import Literal

import json5

Theme = Literal["light", "dark", "auto"]

SETTINGS = Path("@jupyterlab", "apputils-extension", "themes.jupyterlab-settings")


def read_theme(settings_dir: Path) -> Theme:
    """Return the theme in a learner's directory of settings; `auto` leaves it to the browser."""
    try:
        chosen = json5.loads((settings_dir / SETTINGS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "auto"  # nothing was chosen, or by a hand that wrote no settings
    name = chosen.get("theme") if isinstance(chosen, dict) else None
    if not isinstance(name, str) or chosen.get("adaptive-theme") is True:
        return "auto"
    return "dark" if "dark" in name.lower() else "light"
