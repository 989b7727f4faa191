"""Changing a draft by forms instead of files: its steps, its notes, and the data files of its labs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal
from uuid import UUID

from nexus_server.authoring.drafts import Drafts
from nexus_server.authoring.errors import NotATextFileError, TextNotFoundError
from nexus_server.authoring.forms import MEDIA, place_of_media, read_quiz, video_values, write_quiz
from nexus_server.authoring.steps import Outline
from nexus_server.authoring.trees import Tree, write_workspace
from nexus_server.authoring.views import DraftView, ImportedStepView, ImportOutcome, MediaView
from nexus_server.courses.imports.report import ImportedStep
from nexus_server.courses.imports.task import import_task, received
from nexus_server.files.errors import BadPathError, NoSuchFileError
from nexus_server.files.names import is_nobodys
from nexus_server.files.paths import split_name
from nexus_server.learner import Learner
from nexus_server.offload.pool import Offload
from nexus_server.roadmaps.files.loader import ROADMAP_FILE
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import VideoSpec
from nexus_server.roadmaps.learning.lab_workspace import OpenWorkspace

StepKind = Literal["note", "lab", "video"]
#: suffixes of the texts that forms edit
TEXTS = (".md", ".yaml", ".csv", ".txt", ".vtt")


class DraftEditor:
    """Writes into the drafts of their authors."""

    def __init__(self, drafts: Drafts, open_workspace: OpenWorkspace, offload: Offload) -> None:
        """`drafts` says whose each is; `offload` reads what is imported."""
        self._drafts = drafts
        self._open_workspace = open_workspace
        self._offload = offload

    async def add_step(self, instructor: Learner, draft_id: UUID, kind: StepKind, title: str) -> DraftView:
        """Add a step with its file at the end.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError
        """
        return await self._change(instructor, draft_id, lambda outline: outline.add(kind, title))

    async def order_steps(self, instructor: Learner, draft_id: UUID, slugs: Sequence[str]) -> DraftView:
        """Put the steps into another order.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError
        """
        return await self._change(instructor, draft_id, lambda outline: outline.order(slugs))

    async def change_step(self, instructor: Learner, draft_id: UUID, slug: str, values: Mapping[str, Any]) -> DraftView:
        """Change a step's title, its points, or what it requires.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError
        """
        return await self._change(instructor, draft_id, lambda outline: outline.change(slug, values))

    async def remove_step(self, instructor: Learner, draft_id: UUID, slug: str) -> DraftView:
        """Take a step out; its files stay.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError
        """
        return await self._change(instructor, draft_id, lambda outline: outline.remove(slug))

    async def add_data(self, instructor: Learner, draft_id: UUID, slug: str, name: str, data: bytes) -> DraftView:
        """Put a data file beside a lab; one of this name is replaced.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError
            BadPathError: it is no name of a file.
            FileTooLargeError, StorageFullError
        """
        return await self._change(instructor, draft_id, lambda outline: {outline.add_data(slug, only_name(name)): data})

    async def read_quiz(self, instructor: Learner, draft_id: UUID, slug: str) -> QuizFile | None:
        """Return a step's quiz; None where it has none.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError, UnreadableQuizError
        """
        draft = await self._drafts.find(instructor, draft_id)
        tree, _ = await self._drafts.trees(instructor, draft.slug, draft.folder)
        return await asyncio.to_thread(read_quiz, tree, Outline(tree).quiz_file(slug))

    async def write_quiz(self, instructor: Learner, draft_id: UUID, slug: str, quiz: QuizFile) -> DraftView:
        """Write a step's quiz; a step without one gets it.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError, UnreadableQuizError
        """
        data = write_quiz(quiz)
        return await self._change(instructor, draft_id, lambda outline: {outline.quiz_file(slug): data})

    async def remove_quiz(self, instructor: Learner, draft_id: UUID, slug: str) -> DraftView:
        """Take a step's quiz away; its file stays.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError
        """
        return await self._change(instructor, draft_id, lambda outline: outline.remove_quiz(slug))

    async def set_video(
        self, instructor: Learner, draft_id: UUID, slug: str, video: VideoSpec, transcript: str
    ) -> DraftView:
        """Say where a step's video is, and write what is said in it.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError, StepNotFoundError
        """
        path = f"{MEDIA}/{slug}.md" if transcript.strip() else None
        values = video_values(video.model_dump(exclude={"transcript"}), path)

        def change(outline: Outline) -> Mapping[str, bytes]:
            outline.set_video(slug, values)
            return {path: transcript.encode()} if path else {}

        return await self._change(instructor, draft_id, change)

    async def add_media(self, instructor: Learner, draft_id: UUID, name: str, data: bytes) -> MediaView:
        """Put a picture, a video or its captions into the draft; one of this name is replaced.

        Raises:
            DraftNotFoundError, NotAnAuthorError, BadPathError, NotAPictureError
            FileTooLargeError, StorageFullError
        """
        path = place_of_media(only_name(name))
        draft = await self._drafts.find(instructor, draft_id)
        files = await self._open_workspace(instructor)
        await asyncio.to_thread(write_workspace, files, draft.folder, {path: data})
        return MediaView(path=path, link=f"../{path}")

    async def import_file(self, instructor: Learner, draft_id: UUID, name: str, data: bytes) -> ImportOutcome:
        """Add the steps that another tool's file holds, and say of each of its parts what became of it.

        Raises:
            DraftNotFoundError, NotAnAuthorError, UnreadableOutlineError
            UnreadableImportError, NothingToImportError, ImportTooLargeError: nothing is added then.
            FileTooLargeError, StorageFullError
        """
        draft = await self._drafts.find(instructor, draft_id)
        told, body = await self._offload.run(str(instructor.id), import_task, data, name=name)
        steps = received(told, body)
        tree, _ = await self._drafts.trees(instructor, draft.slug, draft.folder)
        slugs, changed = place_imports(tree, steps)
        files = await self._open_workspace(instructor)
        await asyncio.to_thread(write_workspace, files, draft.folder, changed)
        imported = [ImportedStepView.of(slug, step) for slug, step in zip(slugs, steps, strict=True)]
        return ImportOutcome(draft=await self._drafts.view(instructor, draft_id), steps=imported)

    async def read_text(self, instructor: Learner, draft_id: UUID, path: str) -> str:
        """Return a text file of the draft; `path` is relative to the roadmap.

        Raises:
            DraftNotFoundError, NotAnAuthorError
            TextNotFoundError: there is none of this name, or it is not UTF-8.
        """
        draft = await self._drafts.find(instructor, draft_id)
        files = await self._open_workspace(instructor)
        try:
            _, data = await asyncio.to_thread(files.read, f"{draft.folder}/{_text_path(path)}")
            return data.decode("utf-8-sig")
        except (NoSuchFileError, NotATextFileError, UnicodeDecodeError):
            raise TextNotFoundError(path=path) from None

    async def write_text(self, instructor: Learner, draft_id: UUID, path: str, text: str) -> None:
        """Write a text file of the draft.

        Raises:
            DraftNotFoundError, NotAnAuthorError, NotATextFileError, FileTooLargeError, StorageFullError
        """
        draft = await self._drafts.find(instructor, draft_id)
        files = await self._open_workspace(instructor)
        await asyncio.to_thread(write_workspace, files, draft.folder, {_text_path(path): text.encode()})

    async def _change(
        self, instructor: Learner, draft_id: UUID, change: Callable[[Outline], Mapping[str, bytes] | None]
    ) -> DraftView:
        """Change the outline, and write what files come with it."""
        draft = await self._drafts.find(instructor, draft_id)
        tree, _ = await self._drafts.trees(instructor, draft.slug, draft.folder)
        outline = Outline(tree)
        more = change(outline) or {}
        files = await self._open_workspace(instructor)
        await asyncio.to_thread(write_workspace, files, draft.folder, {**more, ROADMAP_FILE: outline.text()})
        return await self._drafts.view(instructor, draft_id)


def place_imports(tree: Tree, steps: Sequence[ImportedStep]) -> tuple[list[str], dict[str, bytes]]:
    """Add imported steps to a roadmap's outline; return their slugs, and what of its files is new or changed.

    Raises:
        UnreadableOutlineError
    """
    outline = Outline(tree)
    placed = [outline.add_import(step) for step in steps]
    files = {path: data for _, each in placed for path, data in each.items()}
    return [slug for slug, _ in placed], {**files, ROADMAP_FILE: outline.text()}


def only_name(name: str) -> str:
    """Return the name of a file that may lie in a lab's folder of data.

    Raises:
        BadPathError: it is a path, is hidden, or no name at all.
    """
    parent, last = split_name(name)
    if parent or is_nobodys(PurePosixPath(last)):
        raise BadPathError("Give the file a plain name.")
    return last


def _text_path(path: str) -> str:
    if not path.endswith(TEXTS):
        raise NotATextFileError(path=path)
    return path
