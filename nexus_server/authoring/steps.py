"""Steps of a draft: added, changed, ordered and removed in `roadmap.yaml`, whose comments stay. Pure."""

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
from nbformat import v4

from nexus_server.authoring.errors import StepNotFoundError, UnreadableOutlineError
from nexus_server.authoring.trees import Tree
from nexus_server.courses.imports.report import ImportedStep
from nexus_server.notebook_format.kernel_choice import DATA_KERNEL, PYTHON_KERNEL
from nexus_server.roadmaps.files.loader import ROADMAP_FILE
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.roadmap_file import MAX_SLUG
from nexus_server.roadmaps.files.yaml_lines import read_yaml

#: folder of a lab's notebook; data files stand below it, so that the lab finds them in a draft, too
LABS = "labs"
NOTES = "notes"
#: MiB for a lab that loads NumPy or pandas
DATA_MEMORY_MB = 256
MAX_TITLE = 200
#: columns after which YAML would be folded
_WIDTH = 140
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str:
    """Return a slug for a title; "step" where it has no letter or digit of the Latin alphabet."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _NO_SLUG.sub("-", plain).strip("-")[:MAX_SLUG].strip("-") or "step"


class Outline:
    """A `roadmap.yaml` that is being changed."""

    def __init__(self, tree: Tree) -> None:
        """Read the outline of a draft's files.

        Raises:
            UnreadableOutlineError
        """
        self._yaml = _round_trip()
        self._files = frozenset(tree)
        try:
            # What cannot be read by the loader of the platform is refused before the other one sees it.
            text = tree.get(ROADMAP_FILE, b"").decode("utf-8-sig")
            read_yaml(text, ROADMAP_FILE)
        except (ContentError, UnicodeDecodeError) as error:
            raise UnreadableOutlineError from error
        self._document = self._yaml.load(text)
        if not isinstance(self._document, dict):
            raise UnreadableOutlineError
        if not self._document.get("nodes"):
            self._document["nodes"] = []
        self._nodes: list[dict[str, Any]] = self._document["nodes"]
        if not isinstance(self._nodes, list) or not all(map(_is_step, self._nodes)):
            raise UnreadableOutlineError

    @property
    def slugs(self) -> list[str]:
        """The steps in their order."""
        return [node["slug"] for node in self._nodes]

    def add(self, kind: str, title: str) -> dict[str, bytes]:
        """Add a step at the end, and return its new files."""
        slug = self._free(slug_of(title), kind)
        if kind == "video":
            self._nodes.append({"slug": slug, "type": "video", "title": title, "points": 10, "video": {}})
            return {}
        if kind == "lab":
            file, content = f"{LABS}/{slug}.ipynb", _lab(title)
            more: dict[str, Any] = {"lab": {"kernel": PYTHON_KERNEL, "data_root": LABS, "pass_score": 0.6}}
        else:
            file, content, more = f"{NOTES}/{slug}.md", f"# {title}\n".encode(), {}
        points = 20 if kind == "lab" else 10
        self._nodes.append({"slug": slug, "type": kind, "title": title, "points": points, "file": file, **more})
        return {file: content}

    def add_import(self, step: ImportedStep) -> tuple[str, dict[str, bytes]]:
        """Add a step that was made of another tool's file; return its slug, and its files.

        Where it needs others beside it, it has a folder of its own, so that no two imports share a name.
        """
        is_lab = step.kind == "lab"
        slug = self._free(slug_of(step.title), step.kind)
        folder = f"{LABS if is_lab else NOTES}" + (f"/{slug}" if step.files else "")
        node: dict[str, Any] = {"slug": slug, "type": "lab" if is_lab else "note", "title": step.title[:MAX_TITLE]}
        node |= {"points": 20 if is_lab else 10, "file": f"{folder}/{slug}.{'ipynb' if is_lab else 'md'}"}
        files = {node["file"]: step.content} | {f"{folder}/{name}": data for name, data in step.files.items()}
        if step.kind == "quiz":
            node["quiz"] = f"quizzes/{slug}.yaml"
            files |= {node["quiz"]: step.content, node["file"]: f"# {step.title}\n".encode()}
        if is_lab:
            data = {"data_root": folder, "data": sorted(step.files)} if step.files else {"data_root": LABS}
            node["lab"] = {"kernel": step.kernel, **data, "pass_score": 0.6}
        if step.kernel == DATA_KERNEL:
            node["lab"]["limits"] = {"memory_mb": DATA_MEMORY_MB}
        self._nodes.append(node)
        return slug, files

    def order(self, slugs: Sequence[str]) -> None:
        """Put the steps into an order that names each of them once.

        Raises:
            StepNotFoundError: it names others, or not all.
        """
        if sorted(slugs) != sorted(self.slugs):
            raise StepNotFoundError("The order has to name each step once.")
        places = [self.slugs.index(slug) for slug in slugs]
        nodes, comments = list(self._nodes), getattr(self._nodes, "ca", None)
        said = dict(comments.items) if comments else {}
        self._nodes[:] = [nodes[place] for place in places]
        if comments:  # they are kept by place; each goes with its step
            comments.items.clear()
            comments.items.update({new: said[old] for new, old in enumerate(places) if old in said})

    def change(self, slug: str, values: Mapping[str, Any]) -> None:
        """Change what is given of a step: `title`, `points`, and `requires`.

        `requires` names the steps that have to be done first; an empty list is nothing, None the step before.

        Raises:
            StepNotFoundError: there is no such step, or it would require another that is none.
        """
        node = self._node(slug)
        for key in values.keys() & {"title", "points"}:
            node[key] = values[key]
        if "requires" in values:
            self._require(node, values["requires"])

    def _require(self, node: dict[str, Any], wanted: Sequence[str] | None) -> None:
        if wanted is None:
            node.pop("requires", None)
            return
        if unknown := set(wanted) - set(self.slugs) | (set(wanted) & {node["slug"]}):
            raise StepNotFoundError(steps=sorted(unknown))
        node["requires"] = {"all": list(wanted)} if wanted else {}

    def remove(self, slug: str) -> None:
        """Take a step out. Its files stay: whoever wants them gone removes them.

        Raises:
            StepNotFoundError
        """
        self._nodes.remove(self._node(slug))

    def quiz_file(self, slug: str) -> str:
        """Return where a step's quiz is; a step that has none is given one.

        Raises:
            StepNotFoundError: there is no such step, or it is a lab.
        """
        node = self._node(slug)
        if node.get("type") == "lab":
            raise StepNotFoundError("Labs have no quiz.")
        if not isinstance(node.get("quiz"), str):
            node["quiz"] = f"quizzes/{slug}.yaml"
        return str(node["quiz"])

    def remove_quiz(self, slug: str) -> None:
        """Take a step's quiz away; its file stays.

        Raises:
            StepNotFoundError
        """
        self._node(slug).pop("quiz", None)

    def set_video(self, slug: str, values: Mapping[str, Any]) -> None:
        """Say where a step's video is, and what counts as having watched it.

        Raises:
            StepNotFoundError: there is no such step, or it has no video.
        """
        node = self._node(slug)
        if node.get("type") != "video":
            raise StepNotFoundError("This step is no video.")
        node["video"] = dict(values)

    def add_data(self, slug: str, name: str) -> str:
        """Give a lab a data file, and return where it lies in the roadmap's folder.

        Raises:
            StepNotFoundError: there is no such lab.
        """
        node = self._node(slug)
        if node.get("type") != "lab":
            raise StepNotFoundError("Only labs have data files.")
        if not isinstance(node.get("lab"), dict):
            node["lab"] = {"data_root": LABS}
        lab = node["lab"]
        if not isinstance(lab.get("data"), list) or not lab["data"]:
            lab["data"] = []
        path = f"data/{name}"
        if path not in lab["data"]:
            lab["data"].append(path)
        root = str(lab.get("data_root") or "")
        return f"{root}/{path}" if root else path

    def text(self) -> bytes:
        """Return the file as it is now."""
        out = io.StringIO()
        self._yaml.dump(self._document, out)
        return out.getvalue().encode()

    def _node(self, slug: str) -> dict[str, Any]:
        for node in self._nodes:
            if node["slug"] == slug:
                return node
        raise StepNotFoundError(step=slug)

    def _free(self, stem: str, kind: str) -> str:
        """Return a slug that no step has, and whose file is not there: one that was taken out left its file."""
        left = (path for path in self._files if path.startswith(f"{LABS if kind == 'lab' else NOTES}/"))
        taken = {*self.slugs, *(path.rpartition("/")[2].partition(".")[0] for path in left)}
        number, slug = 1, stem
        while slug in taken:
            number += 1
            slug = f"{stem[: MAX_SLUG - 5]}-{number}"
        return slug


def _is_step(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("slug"), str)


def _round_trip() -> Any:
    """Return what reads YAML with its comments and writes it back."""
    from ruamel.yaml import YAML  # noqa: PLC0415  nobody else needs it

    yaml = YAML()
    yaml.width = _WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _lab(title: str) -> bytes:
    spec = {"name": PYTHON_KERNEL, "display_name": "Python 3 (NexusAI)", "language": "python"}
    cells = [v4.new_markdown_cell(f"# {title}", id="title"), v4.new_code_cell("", id="first")]
    return (str(nbformat.writes(v4.new_notebook(metadata={"kernelspec": spec}, cells=cells))) + "\n").encode()
