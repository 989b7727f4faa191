#!/usr/bin/env bash
# What obstore's `put` returns cannot be given to the next conditional `put`: its `version` of None is refused.
# With the tag alone it works. And a missing object is Python's own FileNotFoundError, which `except BaseError` misses,
# although obstore exports a NotFoundError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q obstore==0.12.1
"$folder/venv/bin/python" - <<'PROBE'
from importlib.metadata import version

import obstore
from obstore.exceptions import BaseError, NotFoundError, PreconditionError
from obstore.store import MemoryStore

print("obstore", version("obstore"))
store = MemoryStore()
first = obstore.put(store, "note", b"1")
print("put returns", first)
assert set(first) == {"e_tag", "version"} and first["version"] is None

try:
    obstore.put(store, "note", b"2", mode=first)
except TypeError as error:
    print("the same as mode:", type(error).__name__, error)
else:
    raise AssertionError("it is taken by now")

obstore.put(store, "note", b"2", mode={"e_tag": first["e_tag"]})
try:
    obstore.put(store, "note", b"3", mode={"e_tag": first["e_tag"]})
except PreconditionError:
    print("with the tag alone: written once, and refused the second time")
else:
    raise AssertionError("an old tag is taken")

try:
    obstore.get(store, "nothing")
except Exception as error:
    kinds = [kind.__name__ for kind in (BaseError, NotFoundError, FileNotFoundError) if isinstance(error, kind)]
    print("a missing object:", type(error).__module__, type(error).__name__, "is a", kinds)
    assert kinds == ["FileNotFoundError"], kinds
else:
    raise AssertionError("there is an object")
PROBE
