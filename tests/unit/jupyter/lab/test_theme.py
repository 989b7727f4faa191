"""The theme that was chosen in JupyterLab or in the learner's application, as it lies in the learner's settings."""

from pathlib import Path

import pytest

from nexus_server.jupyter.lab.lab_settings import THEME_SETTINGS
from nexus_server.jupyter.lab.theme import read_theme


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ('{"theme": "JupyterLab Dark"}', "dark"),
        ('{// by hand\n"theme": "JupyterLab Light",}', "light"),
        ('{"theme": "JupyterLab Dark", "adaptive-theme": true}', "auto"),
        ("{}", "auto"),
        ("no settings", "auto"),
        ("[]", "auto"),
    ],
)
def test_the_theme_is_what_was_chosen(tmp_path: Path, text: str, theme: str) -> None:
    file = tmp_path / THEME_SETTINGS
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    assert read_theme(tmp_path) == theme


def test_without_a_choice_the_browser_decides(tmp_path: Path) -> None:
    assert read_theme(tmp_path) == "auto"
