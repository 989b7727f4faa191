"""Reading one node: its note, quiz, transcript or notebook."""

import json
from collections.abc import Callable
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
FORMAT_VERSION = "1"

Value = TypeVar("Value")


class NodeLoader:
    """Reads a node once, and gathers every problem of its files instead of stopping at the first."""

    def __init__(self, reader: FolderReader, entry: NodeEntry, named_in: str, line: int) -> None:
        """`named_in` and `line` say where roadmap.yaml names the files."""
        self.problems: list[Problem] = []
        self._reader = reader
        self._entry = entry
        self._named_in = named_in
        self._line = line
        self._parts: list[str | bytes] = [FORMAT_VERSION, entry.model_dump_json()]

    def load(self, order_index: int, requires: Expression) -> NodeSource | None:
        """Return the node, or None when `problems` has errors."""
        self._parts += [str(order_index), json.dumps(requires)]
        front_matter, markdown = self._attempt(self._note, (NoteFrontMatter(), ""))
        quiz = self._attempt(self._quiz, None)
        transcript = self._attempt(self._video, "")
        lab = self._attempt(self._lab, None)
        if self.problems:
            return None
        return NodeSource(
            entry=self._entry,
            order_index=order_index,
            requires=requires,
            path=self._reader.name_of(self._entry.file or self._entry.slug),
            content_hash=digest(self._parts),
            content_md=markdown,
            front_matter=front_matter,
            quiz=quiz,
            transcript_md=transcript,
            lab=lab,
        )

    def _attempt(self, step: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return step()
        except ContentError as error:
            self.problems += error.problems
            return otherwise

    def _text(self, path: str) -> str:
        text = self._reader.read_text(path, self._named_in, self._line)
        self._parts.append(text)
        return text

    def _note(self) -> tuple[NoteFrontMatter, str]:
        if self._entry.type == "lab" or self._entry.file is None:
            return NoteFrontMatter(), ""
        return parse_note(self._text(self._entry.file), self._reader.name_of(self._entry.file))

    def _quiz(self) -> QuizFile | None:
        if self._entry.quiz is None:
            return None
        return parse_quiz(self._text(self._entry.quiz), self._reader.name_of(self._entry.quiz))

    def _video(self) -> str:
        video = self._entry.video
        if video is None:
            return ""
        for path in (video.file, video.captions):
            if path is not None:
                self._reader.locate(path, self._named_in, self._line)
        return self._text(video.transcript) if video.transcript else ""

    def _lab(self) -> LabSource | None:
        if self._entry.type != "lab" or self._entry.file is None:
            return None
        text = self._text(self._entry.file)
        data = data_paths(self._entry.lab.model_dump()) if self._entry.lab else {}
        hashes = [digest([self._reader.read_bytes(path, self._named_in, self._line)]) for path in data.values()]
        self._parts += hashes
        is_drill = self._entry.lab is not None and self._entry.lab.drill
        kernel = (self._entry.lab or LabSpec()).kernel
        return make_lab(text, self._reader.name_of(self._entry.file), hashes, kernel=kernel, is_drill=is_drill)
