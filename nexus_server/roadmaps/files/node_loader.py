"""Reading one node: its note, quiz, transcript or notebook."""

import json
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from nexus_server.roadmaps.files.folder_reader import FolderReader, digest
from nexus_server.roadmaps.files.lab_data import data_paths
from nexus_server.roadmaps.files.lab_file import make_lab
from nexus_server.roadmaps.files.note_file import NoteFrontMatter
from nexus_server.roadmaps.files.parsing import parse_note, parse_quiz
from nexus_server.roadmaps.files.prerequisites import Expression
from nexus_server.roadmaps.files.problem import ContentError, Problem
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import LabSpec, NodeEntry
from nexus_server.roadmaps.files.source import LabSource, NodeSource

#: part of every hash: raise it when the same files have to be synced again
FORMAT_VERSION = "2"

Value = TypeVar("Value")


class NodeLoader:
    """Reads a node once, and gathers every problem of its files instead of stopping at the first.

    Reading comes before parsing, which takes most of the time: whoever knows the hash may stop there.
    """

    def __init__(self, reader: FolderReader, entry: NodeEntry, named_in: str, line: int) -> None:
        """`named_in` and `line` say where roadmap.yaml names the files."""
        self.problems: list[Problem] = []
        #: of all files; empty while one of them is missing
        self.content_hash = ""
        self._reader = reader
        self._entry = entry
        self._named_in = named_in
        self._line = line
        #: by path; those that could not be read are missing
        self._texts: dict[str, str] = {}
        self._data_hashes: list[str] = []

    def read(self, order_index: int, requires: Expression) -> None:
        """Read every file of the node that stands at this place of the roadmap, and find its hash."""
        parts = [FORMAT_VERSION, self._entry.model_dump_json(), str(order_index), json.dumps(requires)]
        self._attempt(self._find_video, None)
        for path in self._text_files():
            if (text := self._attempt(partial(self._read_text, path), None)) is not None:
                self._texts[path] = text
                parts.append(text)
        self._data_hashes = self._attempt(self._hash_data, [])
        self.content_hash = "" if self.problems else digest([*parts, *self._data_hashes])

    def parse(self, order_index: int, requires: Expression) -> NodeSource | None:
        """Return the node as its files say, or None when `problems` has errors."""
        front_matter, markdown = self._attempt(self._note, (NoteFrontMatter(), ""))
        quiz = self._attempt(self._quiz, None)
        lab = self._attempt(self._lab, None)
        if self.problems:
            return None
        video = self._entry.video
        return NodeSource(
            entry=self._entry,
            order_index=order_index,
            requires=requires,
            path=self._reader.name_of(self._entry.file or self._entry.slug),
            content_hash=self.content_hash,
            content_md=markdown,
            front_matter=front_matter,
            quiz=quiz,
            transcript_md=self._texts[video.transcript] if video and video.transcript else "",
            lab=lab,
        )

    def _text_files(self) -> list[str]:
        video = self._entry.video
        named = [self._entry.file, self._entry.quiz, video.transcript if video else None]
        return [path for path in named if path is not None]

    def _attempt(self, step: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return step()
        except ContentError as error:
            self.problems += error.problems
            return otherwise

    def _read_text(self, path: str) -> str:
        return self._reader.read_text(path, self._named_in, self._line)

    def _find_video(self) -> None:
        video = self._entry.video
        for path in (video.file, video.captions) if video else ():
            if path is not None:
                self._reader.locate(path, self._named_in, self._line)

    def _hash_data(self) -> list[str]:
        """Return the hash of each file that a lab has beside its notebook."""
        if self._entry.type != "lab" or self._entry.lab is None:
            return []
        paths = data_paths(self._entry.lab.model_dump()).values()
        return [digest([self._reader.read_bytes(path, self._named_in, self._line)]) for path in paths]

    def _note(self) -> tuple[NoteFrontMatter, str]:
        path = self._entry.file
        if self._entry.type == "lab" or path not in self._texts:
            return NoteFrontMatter(), ""
        return parse_note(self._texts[path], self._reader.name_of(path))

    def _quiz(self) -> QuizFile | None:
        path = self._entry.quiz
        return None if path not in self._texts else parse_quiz(self._texts[path], self._reader.name_of(path))

    def _lab(self) -> LabSource | None:
        path = self._entry.file
        if self._entry.type != "lab" or path not in self._texts:
            return None
        spec = self._entry.lab or LabSpec()
        name = self._reader.name_of(path)
        return make_lab(self._texts[path], name, self._data_hashes, kernel=spec.kernel, is_drill=spec.drill)
