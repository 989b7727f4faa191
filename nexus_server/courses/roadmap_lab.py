"""What a roadmap gives to a lab, for a source that lies in the roadmap's folder: its data files and its limits."""

from dataclasses import dataclass
from pathlib import Path

from nexus_server.files.links import resolved
from nexus_server.files.names import composed
from nexus_server.notebook_format.errors import InvalidSourceError
from nexus_server.roadmaps.files.lab_data import read_data
from nexus_server.roadmaps.files.loader import ROADMAP_FILE
from nexus_server.roadmaps.files.parsing import parse_roadmap
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.roadmap_file import LabSpec

#: folders above a source in which its roadmap may lie
MAX_ABOVE = 4


@dataclass(frozen=True, slots=True)
class RoadmapLab:
    """A roadmap's word on one lab."""

    spec: LabSpec
    #: by path beside the notebook
    data: dict[str, bytes]


def find_roadmap_lab(source: Path) -> RoadmapLab | None:
    """Return what the roadmap around a source says of it; None where no roadmap has this lab.

    Raises:
        InvalidSourceError: the roadmap has mistakes, or a data file is missing.
    """
    path = resolved(source)
    for folder in path.parents[:MAX_ABOVE]:
        if (folder / ROADMAP_FILE).is_file():
            return _lab_of(folder, composed(path.relative_to(folder).as_posix()))
    return None


def _lab_of(folder: Path, name: str) -> RoadmapLab | None:
    file = folder / ROADMAP_FILE
    try:
        roadmap = parse_roadmap(file.read_text(encoding="utf-8"), str(file))
        entry = next((node for node in roadmap.nodes if node.file and composed(node.file) == name), None)
        if entry is None or entry.type != "lab":
            return None
        spec = entry.lab or LabSpec()
        return RoadmapLab(spec, read_data(folder, spec.model_dump()))
    except ContentError as exc:
        raise InvalidSourceError(f"{file}: {exc.problems[0]}") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidSourceError(f"{file}: {exc}") from exc
