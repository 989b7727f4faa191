"""A lab in a learner's workspace: its release is put there once, and never over the learner's work.

Each lab has a directory of its own, ``<roadmap>/<node>/``, with the notebook and its data files. The directory is the
learner's to change, also from inside a kernel and at any moment: everything goes through `ConfinedDirectory`.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.errors import FileExistsHereError
from nexus_server.learner import Learner
from nexus_server.store.models.roadmaps import Node, Roadmap

#: gives the files of a learner
OpenWorkspace = Callable[[Learner], Awaitable[ConfinedDirectory]]
#: key of a node's `spec`: where its lab lies in workspaces since before it was renamed
HOME = "home"
#: every lab with its roadmap's slug, as far as `lab_home` needs it: notebooks stay where they are
LABS = (
    select(Roadmap.slug, Node)
    .join(Roadmap, Roadmap.id == Node.roadmap_id)
    .where(Node.type == "lab")
    .options(load_only(Node.slug, Node.spec))
)


@dataclass(frozen=True, slots=True)
class LabHandout:
    """What a learner is given for a lab."""

    #: directory in the workspace
    directory: str
    #: notebook's name in the directory
    notebook_name: str
    notebook: bytes
    #: by path relative to the directory
    data: dict[str, bytes]

    @property
    def path(self) -> str:
        """The notebook's path in the workspace."""
        return f"{self.directory}/{self.notebook_name}"


def lab_home(roadmap_slug: str, node: Node) -> str:
    """Return a lab's directory in every workspace, which a new slug does not move."""
    return str(node.spec.get(HOME) or f"{roadmap_slug}/{node.slug}")


def lab_path(home: str) -> str:
    """Return where a lab's notebook lies in every workspace, given the lab's directory there."""
    return f"{home}/{home.rpartition('/')[2]}.ipynb"


def practice_path(home: str) -> str:
    """Return where a learner's practice copy of a lab lies, given the lab's directory."""
    return f"{lab_path(home).removesuffix('.ipynb')}-practice.ipynb"


def practice_of(lab: LabHandout) -> LabHandout:
    """Return a lab's practice copy: another notebook beside the same data, which says that it is never handed in."""
    notebook = json.loads(lab.notebook)
    notebook["metadata"]["nexus"] |= {"practice": True}
    name = practice_path(lab.directory).rpartition("/")[2]
    return replace(lab, notebook_name=name, notebook=_written(notebook).encode())


def named(release: str, node_id: UUID) -> str:
    """Return a release that says whose lab it is in its metadata, so that JupyterLab knows it under any path."""
    notebook = json.loads(release)
    notebook["metadata"]["nexus"] = {"node_id": str(node_id)}
    return _written(notebook)


def _written(notebook: dict[str, Any]) -> str:
    return f"{json.dumps(notebook, ensure_ascii=False, indent=1)}\n"


def lab_files(folder: Path, home: str, release: str, data: Mapping[str, str]) -> LabHandout:
    """Read what belongs to a lab; `data` as by `data_paths`, from the roadmap's `folder`, and `home` by `lab_home`."""
    return LabHandout(
        directory=home,
        notebook_name=lab_path(home).rpartition("/")[2],
        notebook=release.encode(),
        data={name: (folder / path).read_bytes() for name, path in data.items()},
    )


def place(files: ConfinedDirectory, lab: LabHandout) -> bool:
    """Put what is missing into the workspace, and nothing over what is there; return whether the notebook was put."""
    files.make_directories(lab.directory)
    for path, data in lab.data.items():
        _place_data(files, f"{lab.directory}/{path}", data)
    return _write_new(files, lab.path, lab.notebook)


def put_back(files: ConfinedDirectory, lab: LabHandout, now: datetime) -> str | None:
    """Put the release in place of the learner's notebook; return where the latter was moved to, if there was one.

    Data files are put back too: they are the lab's, not the learner's.
    """
    files.make_directories(lab.directory)
    kept: str | None = None
    if files.find(lab.path) is not None:
        kept = _free_name(files, lab, now)
        files.rename(lab.path, kept)
    _write_new(files, lab.path, lab.notebook)
    for path, data in lab.data.items():
        target = f"{lab.directory}/{path}"
        files.make_directories(target.rpartition("/")[0])
        files.write(target, data)
    return kept


def _place_data(files: ConfinedDirectory, path: str, data: bytes) -> None:
    files.make_directories(path.rpartition("/")[0])
    _write_new(files, path, data)


def _write_new(files: ConfinedDirectory, path: str, data: bytes) -> bool:
    if files.find(path) is not None:
        return False
    try:
        files.write(path, data)
    except FileExistsHereError:
        # A link or a pipe that the learner made has the name: theirs to remove.
        return False
    return True


def _free_name(files: ConfinedDirectory, lab: LabHandout, now: datetime) -> str:
    stem = f"{lab.path.removesuffix('.ipynb')}-{now:%Y-%m-%d-%H%M%S}"
    number, name = 1, f"{stem}.ipynb"
    while files.find(name) is not None:
        number += 1
        name = f"{stem}-{number}.ipynb"
    return name
