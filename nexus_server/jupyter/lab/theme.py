"""The theme that a learner chose, wherever they chose it: JupyterLab keeps it among its settings."""

from pathlib import Path
from typing import Literal

from nexus_server.jupyter.lab.lab_settings import THEME_SETTINGS, read_settings

Theme = Literal["light", "dark", "auto"]


def read_theme(settings_dir: Path) -> Theme:
    """Return the theme in a learner's directory of settings; `auto` leaves it to the browser."""
    chosen = read_settings(settings_dir, THEME_SETTINGS)
    name = chosen.get("theme")
    if not isinstance(name, str) or chosen.get("adaptive-theme") is True:
        return "auto"
    return "dark" if "dark" in name.lower() else "light"
