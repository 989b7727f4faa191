"""What the operator's guide says is run as it stands there, in other directories."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "operator"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_backup_is_made_and_the_drill_restores_it(tmp_path: Path) -> None:
    data, drill = tmp_path / "data", tmp_path / "drill"
    data.mkdir()
    (data / "workspaces").mkdir()
    (data / "workspaces" / "lab.ipynb").write_text("{}")

    commands = "".join(BLOCK.findall((GUIDE / "backup.md").read_text(encoding="utf-8")))
    for written, here in (
        ("/var/lib/nexus", data),
        ("/var/backups/nexus", tmp_path / "backups"),
        ("/tmp/nexus-drill", drill),
    ):
        assert written in commands
        commands = commands.replace(written, str(here))
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    create = ["nexus", "user", "create", "ada@example.org", "--password-stdin", "--data", str(data)]
    subprocess.run(create, input=b"seven green bottles", cwd=ROOT, env=env, check=True, capture_output=True)
    done = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, cwd=ROOT, env=env, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (drill / "workspaces" / "lab.ipynb").read_text() == "{}"
    assert "Every projection says what the events say." in done.stdout
