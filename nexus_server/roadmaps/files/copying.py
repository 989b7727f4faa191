"""A roadmap copied for the next term: another name, and every date moved by the same number of days."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from nexus_server.errors import InvalidError
from nexus_server.files.names import is_nobodys
from nexus_server.roadmaps.files.loader import ROADMAP_FILE, load_roadmap, load_roadmap_file
from nexus_server.roadmaps.files.roadmap_file import RoadmapFile
from nexus_server.roadmaps.files.scaffold import RoadmapExistsError, quoted, require_slug

#: a moment of a lab; only its day is moved, so that a time and its offset stay as the author wrote them
_MOMENT = re.compile(r"""(?P<key>\b(?:opens|deadline)["']?\s*:\s*["']?)(?P<day>\d{4}-\d\d-\d\d)(?=[Tt ])""")
_TOP_KEY = re.compile(r"^(?P<key>slug|title|concepts)\s*:.*\n?", re.MULTILINE)


class NotCopiableError(InvalidError):
    """This roadmap cannot be copied: check it first."""

    code = "not_copiable"


def copy_roadmap(folder: Path, target: Path, slug: str, title: str, shift_days: int = 0) -> list[Path]:
    """Copy a roadmap's folder into the content directory `target` under another slug and title.

    The dates of its labs are moved by `shift_days`. The copy has no map of concepts: ids are the site's, and stay with
    the original's. Comments stay. Return the files.

    Raises:
        NotCopiableError: the roadmap has mistakes, or dates that are written in a way of their own.
        RoadmapExistsError, BadSlugError
    """
    require_slug(slug)
    source = load_roadmap(folder)
    if source.file is None:
        raise NotCopiableError(f"{folder} cannot be copied: check it first.")
    if (target / slug).exists():
        raise RoadmapExistsError(slug=slug)
    text = _rewritten((folder / ROADMAP_FILE).read_text(encoding="utf-8"), slug, title, shift_days)
    shutil.copytree(folder, target / slug, symlinks=False, ignore=_nobodys)
    (target / slug / ROADMAP_FILE).write_text(text, encoding="utf-8")
    _prove(source.file, target / slug, shift_days)
    return sorted(path for path in (target / slug).rglob("*") if path.is_file())


def _rewritten(text: str, slug: str, title: str, shift_days: int) -> str:
    ours = {"slug": f"slug: {slug}\n", "title": f"title: {quoted(title)}\n", "concepts": ""}
    text = _TOP_KEY.sub(lambda match: ours[match["key"]], text)
    return _MOMENT.sub(lambda match: match["key"] + _moved(match["day"], shift_days), text)


def _moved(day: str, shift_days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=shift_days)).isoformat()
    except (ValueError, OverflowError) as error:
        raise NotCopiableError(f"{day} cannot be moved by {shift_days} days: {error}.") from error


def _nobodys(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if is_nobodys(Path(name))]


def _prove(original: RoadmapFile, copy: Path, shift_days: int) -> None:
    """Compare the copy's dates with the original's: a text may write them in ways that a pattern does not know.

    Raises:
        NotCopiableError: the copy is removed.
    """
    found = load_roadmap_file(copy)
    wanted = [None if each is None else each + timedelta(days=shift_days) for each in _moments(original)]
    if found is None or list(_moments(found)) != wanted:
        shutil.rmtree(copy)
        raise NotCopiableError(f"{ROADMAP_FILE} writes its dates in a way that cannot be moved; write them as texts.")


def _moments(roadmap: RoadmapFile) -> Iterator[datetime | None]:
    for node in roadmap.nodes:
        if node.lab is not None:
            yield node.lab.opens
            yield node.lab.deadline
