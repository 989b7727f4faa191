"""nbgrader courses and roadmaps: a course becomes a roadmap's folder, and a roadmap's labs become a course again.

A course is a directory with ``source/<assignment>/<notebook>.ipynb`` and what the notebooks read beside them.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

from nexus_server.courses.lab_checks import LabToCheck, labs_of
from nexus_server.errors import ConflictError, InvalidError
from nexus_server.files.links import resolved
from nexus_server.files.names import composed, is_nobodys
from nexus_server.notebook_format.errors import (
    InvalidSourceError,
    NotANotebookError,
    NotebookTooLargeError,
    SandboxUnavailableError,
)
from nexus_server.notebook_format.kernel_choice import DATA_KERNEL, choose_kernel, code_of
from nexus_server.notebook_format.lab_folder import lab_files
from nexus_server.notebook_format.notebook_file import read_course_notebook
from nexus_server.notebook_format.slimming import notebook_bytes
from nexus_server.notebook_format.validation import require_valid
from nexus_server.roadmaps.files.loader import ROADMAP_FILE, load_roadmap
from nexus_server.roadmaps.files.problem import has_errors
from nexus_server.roadmaps.files.scaffold import require_slug

#: room for a number behind it in the 120 characters of a slug
MAX_SLUG = 110
NOT_NAMED = "learners need not have it; if they do, add it to the lab's data"


class CourseExistsError(ConflictError):
    """There is something of this name already."""

    code = "course_exists"


class BrokenRoadmapError(InvalidError):
    """The roadmap has mistakes."""

    code = "broken_roadmap"


@dataclass(frozen=True)
class ImportedCourse:
    """What an import wrote, and why each notebook or file that was left out is not among it."""

    written: list[Path]
    left_out: dict[Path, str]


def import_course(course: Path, content_dir: Path, slug: str, title: str) -> ImportedCourse:
    """Write a roadmap's folder with a lab for each source notebook that is graded.

    The notebooks are copied as they are: their format is the product's own. Markers and stubs that the course's
    ``nbgrader_config.py`` names are written as the product's. Notebooks that cannot be graded are left out. The data
    files and helper modules that a notebook names come along (see `lab_folder`).

    Raises:
        NotANotebookError: there is no ``source`` directory with a graded notebook in it.
        CourseExistsError: the roadmap's folder exists.
        UnreadableConfigError: the course's own markers cannot be read.
        BadSlugError: the slug is none.
    """
    require_slug(slug)
    target = content_dir / slug
    if target.exists():
        raise CourseExistsError(f"{target} exists already.")
    found = (path for path in (course / "source").glob("*/*.ipynb") if path.is_file())
    faults = {path: _fault_of(path) for path in sorted(found) if not is_nobodys(path.relative_to(course))}
    left_out = {path: fault for path, fault in faults.items() if fault is not None}
    labs = _labs([path for path in faults if path not in left_out])
    if not labs:
        reasons = "".join(f"\n{path}: {reason}" for path, reason in left_out.items())
        raise NotANotebookError(f"{course}: there is no graded notebook below {course / 'source'}.{reasons}")
    written = [_write(target / "labs" / f"{lab.slug}.ipynb", lab.data) for lab in labs]
    files = {f"{lab.folder}/{name}": data for lab in labs for name, data in lab.files.items()}
    written += [_write(target / name, data) for name, data in files.items()]
    roadmap = _write(target / "roadmap.yaml", _roadmap(slug, title, labs).encode())
    copied = {lab.notebook.parent / name for lab in labs for name in lab.files}
    withheld = sorted({path for lab in labs for path in lab.withheld} - copied)
    return ImportedCourse([roadmap, *written], {**left_out, **dict.fromkeys(withheld, NOT_NAMED)})


def export_course(roadmap: Path, course: Path) -> list[Path]:
    """Write a roadmap's labs as assignments of an nbgrader course, with their data files; return the files.

    Raises:
        NotANotebookError: there is no roadmap with a lab here.
        BrokenRoadmapError: it has mistakes; its message is one line for each.
        CourseExistsError: an assignment of that name exists; nothing is written then.
    """
    labs = _labs_of(resolved(roadmap))
    if not labs:
        raise NotANotebookError(f"{roadmap}: there is no roadmap.yaml with a lab here.")
    for lab in labs:
        if (target := course / "source" / lab.slug).exists():
            raise CourseExistsError(f"{target} exists already.")
    written: list[Path] = []
    for lab in labs:
        target = course / "source" / lab.slug
        # Jupytext scripts become notebooks; notebooks stay what they are, byte for byte.
        text = lab.text if lab.file.endswith(".ipynb") else lab.lab.source_notebook
        written.append(_write(target / f"{lab.slug}.ipynb", text.encode()))
        written += [_write(target / name, data) for name, data in lab.data.items()]
    return written


def _labs_of(roadmap: Path) -> list[LabToCheck]:
    if not (roadmap / ROADMAP_FILE).is_file():
        return []
    source = load_roadmap(roadmap)
    if has_errors(source.problems):
        raise BrokenRoadmapError("\n".join(map(str, source.problems)))
    return labs_of([source])


@dataclass(frozen=True)
class _Lab:
    """A notebook on its way into a roadmap."""

    slug: str
    notebook: Path
    #: the notebook's bytes, with the product's markers
    data: bytes
    kernel: str
    #: folder of the data files in the roadmap's folder
    folder: str
    #: by path beside the notebook
    files: dict[str, bytes]
    #: files that stay where they are: learners might find answers in them
    withheld: list[Path]


def _labs(paths: list[Path]) -> list[_Lab]:
    labs: dict[str, _Lab] = {}
    for path in paths:
        # Names that differ only in signs that a slug has not, or have none that it has, get a number.
        slug = base = _slug(path) or "lab"
        number = 1
        while slug in labs:
            slug = f"{base}-{(number := number + 1)}"
        labs[slug] = _lab(path, slug)
    return list(labs.values())


def _lab(path: Path, slug: str) -> _Lab:
    notebook, is_changed = read_course_notebook(path)
    data = notebook_bytes(notebook) if is_changed else path.read_bytes()
    code = code_of(notebook)
    beside = lab_files(path, notebook)
    files = dict(beside.given)
    texts = [code, *(data.decode(errors="replace") for name, data in files.items() if name.endswith(".py"))]
    withheld = [path.parent / name for name in (*beside.for_tests, *beside.withheld)]
    return _Lab(slug, path, data, choose_kernel(notebook, texts), f"data/{composed(path.parent.name)}", files, withheld)


def _fault_of(path: Path) -> str | None:
    """Say why a notebook cannot be a lab; None when it can."""
    try:
        notebook, _ = read_course_notebook(path)
        require_valid(notebook)
        choose_kernel(notebook, [])
    except (InvalidSourceError, NotANotebookError, NotebookTooLargeError, SandboxUnavailableError) as error:
        return error.message
    return None


def _slug(path: Path) -> str:
    spelt = unicodedata.normalize("NFKD", composed(f"{path.parent.name}-{path.stem}"))
    plain = "".join(sign for sign in spelt if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:MAX_SLUG].strip("-")


def _write(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def _roadmap(slug: str, title: str, labs: list[_Lab]) -> str:
    nodes = [
        {
            "slug": lab.slug,
            "type": "lab",
            "title": composed(f"Lab: {lab.notebook.parent.name} {lab.notebook.stem}"),
            "points": 20,
            "file": f"labs/{lab.slug}.ipynb",
            "lab": {
                "kernel": lab.kernel,
                "pass_score": 0.6,
                **({"data_root": lab.folder, "data": sorted(lab.files)} if lab.files else {}),
                **({"limits": {"memory_mb": 256}} if lab.kernel == DATA_KERNEL else {}),
            },
        }
        for lab in labs
    ]
    content = {
        "slug": slug,
        "title": title,
        "description": f"Imported from the nbgrader course {title}.",
        "difficulty": "beginner",
        "order_index": 100,
        "nodes": nodes,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
