"""Keys come and go without ending anybody's login."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nexus_server.accounts.errors import SigningKeyError
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import ManualClock
from tests.unit.accounts.conftest import LIFETIME, Mint, OpenMint


def test_a_rotated_key_verifies_on_while_the_new_one_signs(mint: Mint) -> None:
    before, old = mint.issue(), mint.keys.signing_key.key_id
    mint.keys.rotate()
    after = mint.issue()
    assert mint.keys.signing_key.key_id != old
    assert mint.is_accepted(before)
    assert mint.is_accepted(after)


def test_a_process_that_did_not_rotate_learns_the_new_key(mint: Mint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nexus_server.accounts.signing_keys.RELOAD_INTERVAL_S", 0.0)
    other = mint.other_process()
    mint.keys.rotate()
    assert other.is_accepted(mint.issue())
    assert mint.is_accepted(other.issue())


def test_a_key_is_succeeded_at_start_when_its_life_is_over(mint: Mint) -> None:
    first = mint.keys.signing_key.key_id
    mint.clock.time += LIFETIME
    assert mint.other_process().keys.signing_key.key_id == first
    mint.clock.time += timedelta(seconds=1)
    restarted = mint.other_process()
    assert restarted.keys.signing_key.key_id != first
    assert restarted.keys.find(str(first)) is not None


def test_a_key_is_forgotten_after_two_lives(mint: Mint) -> None:
    first = mint.keys.signing_key.key_id
    for _ in range(2):
        mint.clock.time += LIFETIME + timedelta(seconds=1)
        restarted = mint.other_process()
    assert restarted.keys.find(str(first)) is None
    assert len(json.loads(mint.path.read_text())["keys"]) == 2


def test_only_the_owner_reads_the_keys(mint: Mint) -> None:
    assert stat.S_IMODE(mint.path.stat().st_mode) == 0o600


def test_keys_of_the_environment_win_and_are_never_written(
    open_mint: OpenMint, monkeypatch: pytest.MonkeyPatch
) -> None:
    mint = open_mint("EdDSA")
    text = mint.path.read_text()
    monkeypatch.setenv("NEXUS_JWT_KEYS", text)
    mint.path.unlink()
    again = mint.other_process()
    assert again.is_accepted(mint.issue())
    assert not mint.path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        '{"keys": [{"kty": "OKP"}]}',
        '{"keys": []}',
        '{"keys": [{"kid": "1", "kty": "oct", "alg": "HS256", "k": "c2hvcnQ"}]}',
        '{"keys": [{"kid": "1", "kty": "OKP", "alg": "HS256", "crv": "Ed25519", "x": "AA", "d": "AA"}]}',
    ],
)
def test_unusable_keys_stop_the_start(mint: Mint, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("NEXUS_JWT_KEYS", text)
    with pytest.raises(SigningKeyError):
        SigningKeys(mint.path, "HS256", mint.clock, lifetime=LIFETIME)


#: a process that says that it is ready, waits for the word, makes or reads the keys, and says which one signs
SERVER = """
import sys
from datetime import timedelta
from pathlib import Path
from nexus_server.accounts.signing_keys import SigningKeys
from nexus_server.clock import ManualClock
from nexus_server.clock import SystemClock
print("ready", flush=True)
sys.stdin.readline()
keys = SigningKeys(Path(sys.argv[1]), "EdDSA", SystemClock(), lifetime=timedelta(days=90))
print(keys.signing_key.key_id, flush=True)
"""


@pytest.mark.parametrize("age_days", [None, 91], ids=["the first key", "a key that is too old"])
@pytest.mark.parametrize("attempts", [2, pytest.param(20, marks=pytest.mark.long)])
def test_servers_that_start_at_the_same_moment_sign_with_one_key(
    tmp_path: Path, age_days: int | None, attempts: int
) -> None:
    for attempt in range(attempts):
        path = tmp_path / str(attempt) / "jwt.json"
        if age_days:
            past = ManualClock(datetime.now(UTC) - timedelta(days=age_days))
            SigningKeys(path, "EdDSA", past, lifetime=timedelta(days=90))
        command = [sys.executable, "-c", SERVER, str(path)]
        servers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
        ]
        assert [_line(server) for server in servers] == ["ready"] * len(servers)
        for server in servers:
            assert server.stdin is not None
            server.stdin.write("go\n")
            server.stdin.flush()
        signing = {_line(server) for server in servers}
        for server in servers:
            server.communicate(timeout=30)
        stored = [jwk["kid"] for jwk in json.loads(path.read_text())["keys"]]
        assert signing == {stored[0]}
        assert len(stored) == (2 if age_days else 1)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
