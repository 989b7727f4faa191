"""Each learner's own files behind Jupyter's contents API."""

import asyncio
from functools import partial
from typing import Any

from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado.web import HTTPError
from traitlets import Type, default

from nexus_server.files.directory import ConfinedDirectory
from nexus_server.files.entry import Entry
from nexus_server.files.errors import BadPathError, NoSuchFileError
from nexus_server.files.paths import is_hidden
from nexus_server.jupyter.contents import models, notebook_tasks
from nexus_server.jupyter.contents.checkpoints import LearnerCheckpoints
from nexus_server.jupyter.contents.encoded import EncodedNotebook, PreparedContent, notebook_json
from nexus_server.jupyter.contents.files_handler import LearnerFilesHandler
from nexus_server.jupyter.contents.learner_dirs import current_files, task_options
from nexus_server.jupyter.contents.models import BadContentError, Model
from nexus_server.offload.messages import Task
from nexus_server.web.request_context import current_learner, current_services, for_jupyter


class LearnerContentsManager(AsyncContentsManager):
    """Contents rooted at the workspace of whoever asks; nothing above or beside it exists.

    Hidden files are neither listed nor served, links neither followed nor shown.
    """

    checkpoints_class = Type(LearnerCheckpoints, config=True)

    @default("files_handler_class")
    def _default_files_handler(self) -> type:
        return LearnerFilesHandler

    @for_jupyter
    async def dir_exists(self, path: str) -> bool:
        """Whether there is a directory at `path`."""
        entry = await self._find(path)
        return entry is not None and entry.is_directory

    @for_jupyter
    async def file_exists(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        entry = await self._find(path)
        return entry is not None and not entry.is_directory

    def is_hidden(self, path: str) -> bool:
        """Whether `path` has a hidden component; a path that is none is as good as hidden."""
        try:
            return is_hidden(path)
        except BadPathError:
            return True

    @for_jupyter
    async def get(
        self,
        path: str,
        content: Any = True,  # noqa: FBT002  Jupyter's signature
        type: str | None = None,  # noqa: A002  Jupyter's name
        format: str | None = None,  # noqa: A002  Jupyter's name
        require_hash: Any = False,  # noqa: FBT002  as above
    ) -> Model:
        """Return the model of a file, notebook or directory.

        Raises:
            HTTPError: 404 there is nothing; 400 it is not of this type or format; 413 it is too large.
        """
        files = await self._visible(path)
        entry = await asyncio.to_thread(files.get, path)
        kind = self._kind(entry, type)
        if kind == "directory":
            return await self._directory(files, entry, with_content=bool(content))
        model = models.describe(entry, kind)
        if not content and not require_hash:
            return model
        # A kernel may have written a notebook that is larger than what a save leaves.
        most = current_services().tenancy.max_notebook_bytes if kind == "notebook" else None
        entry, data = await asyncio.to_thread(partial(files.read, path, max_bytes=most))
        model = models.describe(entry, kind)
        if require_hash:
            model = models.with_hash(model, data)
        if content:
            model |= await self._content(entry, kind, data, format)
        return model

    @for_jupyter
    async def save(self, model: Model, path: str) -> Model:
        """Write a file, notebook or directory; returns its model without content."""
        files = await self._visible(path)
        message = None
        match model.get("type"):
            case "directory":
                await asyncio.to_thread(files.make_directory, path, exist_ok=True)
            case "notebook":
                message = await self._save_notebook(files, model, path)
            case "file":
                await self._save_file(files, model, path)
            case _:
                raise BadContentError("The type is directory, notebook or file.")
        saved = await self.get(path, content=False, type=model["type"])
        return saved | {"message": message} if message else saved

    @for_jupyter
    async def delete_file(self, path: str) -> None:
        """Remove a file, or a directory with everything in it."""
        files = await self._visible(path)
        await asyncio.to_thread(files.remove, path)
        await current_services().versions.forget(current_learner(), path)

    @for_jupyter
    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Move a file or directory; nothing is ever overwritten."""
        if self.is_hidden(old_path):
            raise NoSuchFileError
        files = await self._visible(new_path)
        await asyncio.to_thread(files.rename, old_path, new_path)
        await current_services().versions.move(current_learner(), old_path, new_path)

    @for_jupyter
    async def copy(self, from_path: str, to_path: str | None = None) -> Model:
        """Copy a file, or a folder with everything visible in it, into a folder; return the copy's model."""
        source = from_path.strip("/")
        if not await self.dir_exists(source):
            copied: Model = await super().copy(from_path, to_path)
            return copied
        parent, _, name = source.rpartition("/")
        place = parent if to_path is None else to_path.strip("/")
        if await self.dir_exists(place):
            name = await self.increment_filename(name, place, insert="-Copy")
        target = f"{place}/{name}".strip("/")
        files = await self._visible(target)
        limit = current_services().tenancy.max_listed_files
        await asyncio.to_thread(partial(files.copy_directory, source, target, max_entries=limit))
        return await self.get(target, content=False)

    def get_kernel_path(self, path: str, model: Model | None = None) -> str:  # noqa: ARG002  Jupyter's signature
        """Return the API path of the directory that a document's kernel starts in."""
        return path.strip("/").rpartition("/")[0]

    @for_jupyter
    async def trust_notebook(self, path: str) -> None:
        """Trust a notebook as it is now."""
        _, data = await asyncio.to_thread((await self._visible(path)).read, path)
        await self._run(notebook_tasks.trust_notebook, data)

    async def _visible(self, path: str) -> ConfinedDirectory:
        if is_hidden(path):
            raise NoSuchFileError
        return await current_files()

    async def _run(self, task: Task, data: bytes) -> tuple[Any, bytes | bytearray]:
        """Run a task of `notebook_tasks` for the learner."""
        services, learner = current_services(), current_learner()
        return await services.offload.run(str(learner.id), task, data, **task_options(services, learner))

    async def _find(self, path: str) -> Entry | None:
        if is_hidden(path):
            return None
        files = await current_files()
        return await asyncio.to_thread(files.find, path)

    def _kind(self, entry: Entry, wanted: str | None) -> str:
        if entry.is_directory or wanted == "directory":
            if not entry.is_directory or wanted not in (None, "directory"):
                found = f"a directory, not a {wanted}" if entry.is_directory else "not a directory"
                raise HTTPError(400, f"{entry.path} is {found}")
            return "directory"
        return wanted or models.kind_of(entry)

    async def _directory(self, files: ConfinedDirectory, entry: Entry, *, with_content: bool) -> Model:
        model = models.describe(entry)
        if with_content:
            entries = await asyncio.to_thread(files.scan, entry.path)
            shown = (each for each in entries if not each.is_hidden and self.should_list(each.name))
            model |= {"content": [models.describe(each) for each in shown], "format": "json"}
        return model

    async def _content(self, entry: Entry, kind: str, data: bytes, wanted: str | None) -> Model:
        if kind == "file":
            return models.file_content(entry.name, data, wanted)
        message, encoded = await self._run(notebook_tasks.open_notebook, data)
        found: Model = {"content": EncodedNotebook(encoded), "format": "json"}
        return found | {"message": message} if message else found

    async def _save_notebook(self, files: ConfinedDirectory, model: Model, path: str) -> str | None:
        content, said = model.get("content"), model
        if not isinstance(content, PreparedContent):
            said, data = await self._run(notebook_tasks.prepare_notebook, notebook_json(content))
            content = PreparedContent(data)
        async with current_services().versions.replacing(current_learner(), files, path, said["work"]):
            await asyncio.to_thread(files.write, path, content.data)
        message: str | None = said["message"]
        return message

    async def _save_file(self, files: ConfinedDirectory, model: Model, path: str) -> None:
        content = model.get("content")
        if not isinstance(content, PreparedContent):
            content = PreparedContent(models.file_bytes(content, model.get("format")))
        chunk = model.get("chunk")
        # JupyterLab uploads large files in pieces numbered from 1; the last is -1.
        later_piece = isinstance(chunk, int) and chunk not in (0, 1)
        await asyncio.to_thread(files.append if later_piece else files.write, path, content.data)
