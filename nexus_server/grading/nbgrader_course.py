"""nbgrader courses and roadmaps: a course becomes a roadmap's folder, and a roadmap's labs become a course again.

A course is a directory with ``source/<assignment>/<notebook>.ipynb``. Data files beside the notebooks are left out.
"""

import re
import shutil
from pathlib import Path

import yaml

from nexus_server.errors import ConflictError
from nexus_server.grading.errors import InvalidSourceError, NotANotebookError
from nexus_server.grading.notebooks import read_notebook
from nexus_server.grading.validation import require_valid


class CourseExistsError(ConflictError):
    """There is something of this name already."""

    code = "course_exists"


def import_course(course: Path, content_dir: Path, slug: str, title: str) -> list[Path]:
    """Write a roadmap's folder with a lab for each source notebook that is graded; return what was written.

    The notebooks are copied as they are: their format is the product's own. Ungraded notebooks are left out.

    Raises:
        NotANotebookError: there is no ``source`` directory with a graded notebook in it, or a notebook is broken.
        CourseExistsError: the roadmap's folder exists.
    """
    target = content_dir / slug
    if target.exists():
        raise CourseExistsError(f"{target} exists already.")
    notebooks = [path for path in sorted((course / "source").glob("*/*.ipynb")) if _is_graded(path)]
    if not notebooks:
        raise NotANotebookError(f"{course}: there is no graded notebook below {course / 'source'}.")
    written = [_copy(path, target / "labs" / f"{_slug(path)}.ipynb") for path in notebooks]
    roadmap = target / "roadmap.yaml"
    roadmap.write_text(_roadmap(slug, title, notebooks), encoding="utf-8")
    return [roadmap, *written]


def export_course(roadmap: Path, course: Path) -> list[Path]:
    """Write a roadmap's labs as assignments of an nbgrader course; return the notebooks.

    Raises:
        CourseExistsError: an assignment of that name exists.
    """
    written = []
    for path in sorted((roadmap / "labs").glob("*.ipynb")):
        target = course / "source" / path.stem / path.name
        if target.exists():
            raise CourseExistsError(f"{target} exists already.")
        written.append(_copy(path, target))
    return written


def _is_graded(path: Path) -> bool:
    try:
        require_valid(read_notebook(path))
    except InvalidSourceError:
        return False
    return True


def _slug(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{path.parent.name}-{path.stem}".lower()).strip("-")


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, target))


def _roadmap(slug: str, title: str, notebooks: list[Path]) -> str:
    nodes = [
        {
            "slug": _slug(path),
            "type": "lab",
            "title": f"Lab: {path.parent.name} {path.stem}",
            "points": 20,
            "file": f"labs/{_slug(path)}.ipynb",
            "lab": {"kernel": "nexus-python", "pass_score": 0.6},
        }
        for path in notebooks
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
