#!/usr/bin/env bash
# `import jsonschema` builds 39 LALR grammars where rfc3987-syntax is installed, which the extra format-nongpl brings.
# jupyter_events asks for that extra, so every program that imports jupyter_server computes for a second or two.
# No schema has to name a format of RFC 3987: the checkers are made when the module is imported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'jsonschema[format-nongpl]==4.26.0' rfc3987-syntax==1.1.0 lark==1.3.1
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import time
from importlib.metadata import version

import lark

print({name: version(name) for name in ("jsonschema", "rfc3987-syntax", "lark")})
built = []
make = lark.Lark.__init__


def count(self, *arguments, **options):
    built.append(options.get("start"))
    make(self, *arguments, **options)


lark.Lark.__init__ = count
begun = time.process_time()
import jsonschema  # noqa: E402, F401

print(f"grammars built by the import: {len(built)}, in {time.process_time() - begun:.1f} s of computing")
assert len(built) > 30, built
PROBE
