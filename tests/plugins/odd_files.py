"""Files that are not what they are taken for."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

_LAB = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
_GRADED = {"nbgrader": {"grade": True, "grade_id": "a", "points": 1, "schema_version": 3, "solution": False}}
_CELL: dict[str, Any] = {
    "cell_type": "code",
    "id": "a",
    "metadata": {},
    "source": "",
    "outputs": [],
    "execution_count": None,
}

TEXTS: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\n",
    "nul": b"\0" * 100,
    "binary": bytes(range(256)) * 4,
    "utf-16": "slug: é".encode("utf-16"),
    "latin-1": "title: é\n".encode("latin-1"),
    "mark alone": b"\xef\xbb\xbf",
    "null": b"null",
    "number": b"5",
    "huge number": b"9" * 5000,
    "infinity": b"Infinity",
    "text": b'"text"',
    "list": b"[]",
    "map": b"{}",
    "cut off": b'{"cells": [',
    "deep list": b"[" * 100_000,
    "deep map": b'{"a":' * 100_000,
    "surrogate": b'{"title": "\\ud800", "cells": [{"cell_type": "code", "source": "\\udfff"}]}',
    "key twice": b'{"cells": [], "cells": 5}',
}
NOTEBOOKS: dict[str, Any] = {
    "no cells": _LAB,
    "cells: text": _LAB | {"cells": "x"},
    "cells: map": _LAB | {"cells": {"a": 1}},
    "cells: null": _LAB | {"cells": None},
    "cells of null": _LAB | {"cells": [None, 5, "x", []]},
    "empty cell": _LAB | {"cells": [{}]},
    "metadata: list": _LAB | {"cells": [_CELL | {"metadata": []}], "metadata": []},
    "source: number": _LAB | {"cells": [_CELL | {"source": 5}]},
    "source: map": _LAB | {"cells": [_CELL | {"source": {"a": 1}}]},
    "source: lists": _LAB | {"cells": [_CELL | {"source": [["a"], None]}]},
    "format: text": {"nbformat": "four", "nbformat_minor": "x", "metadata": {}, "cells": []},
    "format: null": {"nbformat": None, "metadata": None, "cells": []},
    "format of tomorrow": {"nbformat": 99, "nbformat_minor": 99, "metadata": {}, "cells": []},
    "format: negative": {"nbformat": -1, "metadata": {}, "cells": []},
    "format: list": {"nbformat": [4], "metadata": {}, "cells": []},
    "format 3": {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [None]}]},
    "worksheets: text": {"nbformat": 3, "metadata": {}, "worksheets": "x"},
    "format 2": {"nbformat": 2, "worksheets": []},
    "grade: list": _LAB | {"cells": [_CELL | {"metadata": {"nbgrader": []}}]},
    "grade id: list": _LAB | {"cells": [_CELL | {"metadata": {"nbgrader": {"grade": True, "grade_id": [1]}}}]},
    "points: text": _LAB | {"cells": [_CELL | {"metadata": {"nbgrader": {**_GRADED["nbgrader"], "points": "x"}}}]},
    "points: huge": _LAB | {"cells": [_CELL | {"metadata": {"nbgrader": {**_GRADED["nbgrader"], "points": 1e308}}}]},
    "language: number": _LAB | {"metadata": {"kernelspec": 5, "language_info": ["x"]}, "cells": []},
    "language: map": _LAB | {"metadata": {"kernelspec": {"name": {}, "language": []}}, "cells": [_CELL]},
}
YAML: dict[str, bytes] = {
    "laughs": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(12)),
    "circle": b"a: &a [*a]\nslug: *a\n",
    "circle of maps": b"&a {nodes: *a, title: *a}\n",
    "tag": b"slug: !!python/object/apply:os.getcwd []\n",
    "unknown tag": b"slug: !x y\n",
    "tab": b"slug:\n\tx: y\n",
    "keys: lists": b"? [a, b]\n: c\n",
    "keys: numbers": b"1: a\nnull: b\n2.5: c\ntrue: d\n",
    "date": b"slug: 2020-13-45\ntitle: 0001-01-01\n",
    "sexagesimal": b"slug: 99:99:99:99\nversion: 0b2\n",
    "merge": b"<<: 5\nslug: x\n",
    "documents": b"a: 1\n---\nb: 2\n",
    "binary": b"slug: !!binary ====\n",
    "alias of nothing": b"slug: *nobody\n",
    "nodes of null": b"slug: odd\ntitle: x\nnodes: [null, 5, x, [], {}]\n",
    "nodes: text": b"slug: odd\ntitle: x\nnodes: x\n",
    "slug: number": b"slug: 5\ntitle: [x]\nnodes: {}\n",
}


def write_odd_files(place: Path) -> list[str]:
    """Fill a directory with files of no use, and return their paths with those of what is no file at all."""
    place.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate([*TEXTS.values(), *map(_as_bytes, NOTEBOOKS.values()), *YAML.values()]):
        (place / f"{number}.ipynb").write_bytes(content)
    for name, content in _archives().items():
        (place / name).write_bytes(content)
    for number, name in enumerate(["a.py", "a.md", "a.json", "a.csv", "noending", os.fsdecode(b"latin-\xe9.ipynb")]):
        (place / name).write_bytes(list(TEXTS.values())[number])
    (place / "circle").symlink_to("circle")
    (place / "nowhere").symlink_to("not-there")
    (place / "empty-directory").mkdir(exist_ok=True)
    (place / "directory.ipynb").mkdir(exist_ok=True)
    found = [str(path) for path in sorted(place.iterdir())]
    missing = [
        str(place / "missing.ipynb"),
        str(place / "0.ipynb" / "below"),
        str(place / ("x" * 300)),
        "/" + "y/" * 3000,
    ]
    # a file that opens and cannot be read, even by root
    return [*found, *missing, "/proc/self/mem", "", ".", "-"]


def write_odd_roadmaps(place: Path) -> list[str]:
    """Make content directories with one roadmap that cannot be read, each in its own way; return their paths."""
    paths = []
    files = {**TEXTS, **YAML}
    for number, content in enumerate(files.values()):
        folder = place / str(number) / "odd"
        folder.mkdir(parents=True)
        (folder / "roadmap.yaml").write_bytes(content)
        paths.append(str(place / str(number)))
    for number, content in enumerate([*files.values(), *map(_as_bytes, NOTEBOOKS.values())], start=len(files)):
        folder = place / str(number) / "odd"
        for name in ("labs", "notes", "quizzes"):
            (folder / name).mkdir(parents=True)
        (folder / "roadmap.yaml").write_text(_ROADMAP)
        (folder / "labs" / "lab.ipynb").write_bytes(content)
        (folder / "notes" / "note.md").write_bytes(content if number % 2 else b"---\n" + content + b"\n---\ntext")
        (folder / "quizzes" / "quiz.yaml").write_bytes(content)
        (folder / "concepts.yaml").write_bytes(content)
        paths.append(str(place / str(number)))
    return paths


_ROADMAP = """
slug: odd
title: Odd
description: Odd.
difficulty: beginner
order_index: 1
nodes:
  - {slug: note, type: note, title: Note, points: 1, file: notes/note.md, quiz: quizzes/quiz.yaml}
  - {slug: lab, type: lab, title: Lab, points: 1, file: labs/lab.ipynb, lab: {kernel: nexus-python, pass_score: 0.6}}
"""


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def _archives() -> dict[str, bytes]:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, content in {"manifest.json": b'{"format": 1}', "data/a": b"a", "rows/users.jsonl": b"{}"}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return {
        "whole.tar.gz": whole.getvalue(),
        "cut.tar.gz": whole.getvalue()[:-30],
        "twice.tar.gz": whole.getvalue() * 2,
        "empty.tar.gz": gzip.compress(b""),
        "zeros.tar.gz": gzip.compress(b"\0" * 1_000_000),
        "text.tar.gz": gzip.compress(b"text" * 1000),
        "plain.tar": gzip.decompress(whole.getvalue()),
        "binary.tar.gz": b"\x1f\x8b\x08" + bytes(range(200)),
    }


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
