"""Signed results: who reads a grade later can tell that this grader gave it and that nobody changed it since.

The signature is HMAC-SHA-256 over the result's canonical JSON (sorted keys, no spaces) without the signature itself.
The key is the environment's ``NEXUS_GRADING_KEY``, else a file in the data directory that is made on first use.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nexus_server.kept_secrets import kept_secret
from nexus_server.notebook_format.errors import BadSignatureError

KEY_VARIABLE = "NEXUS_GRADING_KEY"
KEY_FILE = "grading.key"
#: the contract's object, which is what gets signed
RESULT_KEYS = ("score", "max_score", "needs_manual", "status", "reason", "cells", "provenance")
CELL_KEYS = ("grade_id", "points", "max_points", "status", "trust", "message")
#: by these a submission is known that the server shows, with more about it than its grade
SHOWN_KEYS = {*RESULT_KEYS, "attempt", "sha256"}


def signing_key(data_dir: Path) -> bytes:
    """Return the signing key, making one in the data directory if there is none anywhere."""
    return kept_secret(KEY_VARIABLE, data_dir / KEY_FILE)


def sign(result: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Return the contract's object with ``provenance.hmac`` in it."""
    provenance = {name: value for name, value in result["provenance"].items() if name != "hmac"}
    unsigned = {**result, "provenance": provenance}
    return {**unsigned, "provenance": {**provenance, "hmac": _digest(unsigned, key)}}


def signed_part(content: Any) -> Any:
    """Return what the signature is over: of a submission as the server shows it to instructors, its grade; else all.

    Raises:
        BadSignatureError: the grade is of another submission's bytes.
    """
    if not isinstance(content, dict) or not content.keys() >= SHOWN_KEYS:
        return content
    provenance = content["provenance"]
    if isinstance(provenance, dict) and provenance.get("submission_sha256") != content["sha256"]:
        raise BadSignatureError("This grade was given to another notebook.")
    cells = [{name: cell.get(name) for name in CELL_KEYS} for cell in content["cells"]]
    return {**{name: content[name] for name in RESULT_KEYS}, "cells": cells}


def verify(result: Any, key: bytes) -> None:
    """Check a result's signature.

    Raises:
        BadSignatureError: there is none, or it belongs to another result or another key.
    """
    provenance = result.get("provenance") if isinstance(result, dict) else None
    if not isinstance(provenance, dict) or not isinstance(provenance.get("hmac"), str):
        raise BadSignatureError("This is not a signed result.")
    signed = sign(result, key)["provenance"]["hmac"]
    if not hmac.compare_digest(signed.encode(), provenance["hmac"].encode()):
        raise BadSignatureError


def _digest(value: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
