"""Signatures hold for the result they were made for, and for nothing else."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nexus_server.grading.signing import KEY_VARIABLE, sign, signed_part, signing_key, verify
from nexus_server.notebook_format.errors import BadSignatureError
from nexus_server.notebook_format.results import CellResult, CellStatus, GradeResult, Trust

RESULT = GradeResult((), 3.0, provenance={"image": "sha256:1"}).to_json()
PROVENANCE = ("grader", "kernel", "image", "mode", "content_hash", "test_hash", "submission_sha256", "graded_at")
FULL = {
    "submission": "ada.ipynb",
    **GradeResult(
        (
            CellResult("a", 1.0, 2.0, CellStatus.PARTIAL, Trust.SEALED, "half"),
            CellResult("b", 0.0, 1.0, CellStatus.MANUAL, Trust.IN_KERNEL, "later"),
        ),
        3.0,
        provenance={name: f"the {name}" for name in PROVENANCE},
    ).to_json(),
    "reason": "none",
}


def test_a_signed_result_verifies() -> None:
    signed = sign(RESULT, b"key")
    verify(signed, b"key")
    assert signed["provenance"]["image"] == "sha256:1"


def _places(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every field of a result."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(child, *path, key)


def _change(result: Any, path: tuple[str | int, ...], how: str) -> None:
    *way, last = path
    for key in way:
        result = result[key]
    if how == "removed":
        del result[last]
    else:
        result[last] = {"set to nothing": None, "set to a number": 7, "set to a text": "x"}[how]


@pytest.mark.parametrize("how", ["removed", "set to nothing", "set to a number", "set to a text"])
@pytest.mark.parametrize("path", list(_places(FULL)), ids=lambda path: ".".join(map(str, path)))
def test_no_field_can_be_changed(path: tuple[str | int, ...], how: str) -> None:
    signed = copy.deepcopy(sign(FULL, b"key"))
    _change(signed, path, how)
    if signed == sign(FULL, b"key"):
        pytest.fail("nothing was changed")
    with pytest.raises(BadSignatureError):
        verify(signed, b"key")


@pytest.mark.parametrize("way", [(), ("provenance",), ("cells", 0)])
def test_nothing_can_be_added(way: tuple[str | int, ...]) -> None:
    signed = copy.deepcopy(sign(FULL, b"key"))
    place: Any = signed
    for key in way:
        place = place[key]
    place["note"] = "excellent"
    with pytest.raises(BadSignatureError):
        verify(signed, b"key")


@pytest.mark.parametrize("result", [None, [], {}, {"provenance": None}, {"provenance": {"hmac": 3}}, RESULT])
def test_what_is_not_signed_does_not_verify(result: Any) -> None:
    with pytest.raises(BadSignatureError):
        verify(result, b"key")


def _shown(**changes: Any) -> dict[str, Any]:
    """A submission as the server shows it: its grade and more."""
    signed = sign({**FULL, "reason": None}, b"key")
    signed.pop("submission")
    graded = sign(signed, b"key")
    cells = [{**cell, "comment": None} for cell in graded["cells"]]
    return {**graded, "cells": cells, "id": "1", "attempt": 2, "sha256": "the submission_sha256", **changes}


def test_a_submission_that_the_server_shows_verifies() -> None:
    verify(signed_part(_shown()), b"key")
    verify(signed_part(sign(FULL, b"key")), b"key")


@pytest.mark.parametrize("changes", [{"score": 3.0}, {"sha256": "another"}, {"cells": []}, {"provenance": {}}])
def test_one_that_was_changed_does_not(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignatureError):
        verify(signed_part(_shown(**changes)), b"key")


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
