"""The command line as a newcomer meets it: quick, complete, and plain about mistakes."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from nexus_server.cli import app

HEAVY = ("sqlalchemy", "jupyter_server", "nbclient", "nbformat", "docker", "httpx", "alembic", "google.genai")


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = f"import sys, nexus_server.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "command",
    ["serve", "demo", "doctor", "grade", "worker", "backup", "restore", "user create", "projections verify"],
)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["frobnicate"]).exit_code == 2
