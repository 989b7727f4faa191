"""The command line as a newcomer meets it: quick, complete, and plain about mistakes."""

import socket
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from nexus_server.cli import app

#: PostgreSQL, Redis, single sign-on, models, labs as scripts, and what only a command or a few requests need
SOME_SITES = (
    "procrastinate", "psycopg", "authlib", "httpx2", "google.genai", "jupytext", "nbconvert", "IPython", "alembic",
    "rfc3987_syntax", "numpy", "redis.asyncio", "stamina", "zxcvbn", "markdownify",
    "isoduration", "arrow", "rich.traceback", "rich.pretty",
)  # fmt: skip
HEAVY = (
    "sqlalchemy", "jupyter_server", "nbclient", "nbformat", "docker", "httpx", "alembic", "google.genai", "pydantic",
    "structlog", "jupyter_core",
)  # fmt: skip


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = f"import sys, nexus_server.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_server_loads_only_what_every_site_needs_and_runs_no_program_meanwhile() -> None:
    code = (
        "import sys\n"
        "programs = []\n"
        "sys.addaudithook(lambda event, args: programs.append(args[0]) if event == 'subprocess.Popen' else None)\n"
        "from nexus_server import optional_imports\n"
        "from nexus_server.commands.serve import load_server\n"
        "optional_imports.skip()\n"
        "load_server()\n"
        f"print(programs + [name for name in {SOME_SITES!r} if sys.modules.get(name)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_process_of_tasks_builds_no_grammar_of_iris() -> None:
    code = (
        "import socket, sys\n"
        "from nexus_server.offload.process import main\n"
        "sys.argv[1:] = ['0']\n"
        "main()\n"
        "print([name for name in ('nbformat', 'jsonschema', 'lark') if name in sys.modules])"
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-c", code]
        with subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.PIPE, text=True) as process:
            theirs.close()
            assert ours.recv(1) == b"!"
            ours.close()
            assert process.communicate()[0].strip() == "['nbformat', 'jsonschema']"


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
