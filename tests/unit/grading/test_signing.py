"""Signatures hold for the result they were made for, and for nothing else."""

import copy
from pathlib import Path
from typing import Any

import pytest

from nexus_server.grading.errors import BadSignatureError
from nexus_server.grading.results import GradeResult
from nexus_server.grading.signing import KEY_VARIABLE, sign, signing_key, verify

RESULT = GradeResult((), 3.0, provenance={"image": "sha256:1"}).to_json()


def test_a_signed_result_verifies() -> None:
    signed = sign(RESULT, b"key")
    verify(signed, b"key")
    assert signed["provenance"]["image"] == "sha256:1"


@pytest.mark.parametrize(("name", "value"), [("score", 3.0), ("status", "failed"), ("cells", [{}])])
def test_any_change_breaks_it(name: str, value: Any) -> None:
    signed = copy.deepcopy(sign(RESULT, b"key"))
    signed[name] = value
    with pytest.raises(BadSignatureError):
        verify(signed, b"key")


@pytest.mark.parametrize("result", [None, [], {}, {"provenance": None}, {"provenance": {"hmac": 3}}, RESULT])
def test_what_is_not_signed_does_not_verify(result: Any) -> None:
    with pytest.raises(BadSignatureError):
        verify(result, b"key")


def test_another_key_does_not_verify() -> None:
    with pytest.raises(BadSignatureError):
        verify(sign(RESULT, b"key"), b"other")


def test_key_comes_from_the_environment_or_a_private_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    assert signing_key(tmp_path) == b"secret"
    monkeypatch.delenv(KEY_VARIABLE)
    key = signing_key(tmp_path)
    assert len(key) == 64
    assert signing_key(tmp_path) == key
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
