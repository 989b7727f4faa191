"""JupyterLab's settings, layouts and translations: stock JupyterLab keeps one of each for the whole server."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jsonschema import ValidationError
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from jupyterlab_server.settings_handler import SettingsHandler
from jupyterlab_server.settings_utils import get_settings, save_settings
from jupyterlab_server.translation_utils import DEFAULT_LOCALE, is_valid_locale, translator
from jupyterlab_server.translations_handler import TranslationsHandler
from tornado.web import HTTPError, RequestHandler, authenticated

from nexus_server.jupyter.contents.learner_dirs import state_of
from nexus_server.jupyter.lab.lab_settings import LOCALE_SETTINGS, read_settings
from nexus_server.jupyter.lab.workspaces import LabWorkspaces
from nexus_server.languages import LOCALES
from nexus_server.web.language import language_of
from nexus_server.web.request_context import current_learner, current_services, find_learner

if TYPE_CHECKING:
    from collections.abc import Awaitable

#: a plugin's id, such as ``@jupyterlab/apputils-extension:themes``; JupyterLab would follow ``..`` in it
SCHEMA_NAME = re.compile(r"@?[A-Za-z0-9_-][\w.-]*(/[A-Za-z0-9_-][\w.-]*)*:[A-Za-z0-9_-][\w.-]*", re.ASCII)
LOCALE = re.compile(r"[A-Za-z_-]{0,20}")

#: the translator's language is a global of JupyterLab: one request at a time may set and use it
_translating = asyncio.Lock()


@contextmanager
def _without_paths() -> Iterator[None]:
    """JupyterLab's own messages name paths of the host."""
    try:
        yield
    except HTTPError as error:
        raise HTTPError(error.status_code) from error


class _LearnerSettings:
    """Replaces JupyterLab's one directory of user settings by the learner's own."""

    settings_dir: str

    async def prepare(self, **options: Any) -> None:
        """Find the learner's directory once it is known who asks."""
        await super().prepare(**options)  # type: ignore[misc]
        learner = find_learner()
        if learner is not None:
            self.settings_dir = str(state_of(current_services().settings, learner, "lab-settings"))

    def get_current_locale(self) -> str:
        """Return the locale that the learner chose in JupyterLab; without one, that of the account or the browser."""
        settings = read_settings(Path(self.settings_dir), LOCALE_SETTINGS)
        chosen = settings.get("locale", "default")
        if chosen == "default" or not is_valid_locale(str(chosen)):
            return LOCALES.get(language_of(cast("RequestHandler", self)), DEFAULT_LOCALE)
        return str(chosen)


class LearnerSettingsHandler(_LearnerSettings, SettingsHandler):
    """``/lab/api/settings``, per learner."""

    @authenticated
    async def get(self, schema_name: str = "") -> None:
        """Return one plugin's settings, or all."""
        if schema_name and not SCHEMA_NAME.fullmatch(schema_name):
            raise HTTPError(404)
        async with _translating:
            with _without_paths():
                result, warnings = await asyncio.to_thread(self._read, schema_name)
        for warning in filter(None, warnings):
            self.log.warning(warning)
        self.finish(result)

    def _read(self, schema_name: str) -> tuple[dict[str, Any], list[Any]]:
        translator.set_locale(self.get_current_locale())
        found: tuple[dict[str, Any], list[Any]] = get_settings(
            self.app_settings_dir,
            self.schemas_dir,
            self.settings_dir,
            labextensions_path=self.labextensions_path,
            schema_name=schema_name,
            overrides=self.overrides,
            translator=translator.translate_schema,
            ids_only=self.get_query_argument("ids_only", "") == "true",
        )
        return found

    @authenticated
    async def put(self, schema_name: str) -> None:
        """Keep the learner's settings of one plugin."""
        if not SCHEMA_NAME.fullmatch(schema_name):
            raise HTTPError(404)
        limit = current_services().tenancy.lab_setting_kb * 1024
        raw = (self.get_json_body() or {}).get("raw")
        if not isinstance(raw, str):
            raise HTTPError(400, "The body is {'raw': the settings as text}.")
        if len(raw) > limit:
            raise HTTPError(413, f"Settings of one plugin may have {limit} characters at most.")
        try:
            with _without_paths():
                await asyncio.to_thread(self._write, schema_name, raw)
        except (ValueError, RecursionError, ValidationError) as error:
            raise HTTPError(400, f"These settings are not valid: {type(error).__name__}.") from None
        self.set_status(204)

    def _write(self, schema_name: str, raw: str) -> None:
        save_settings(self.schemas_dir, self.settings_dir, schema_name, raw, self.overrides, self.labextensions_path)


class LearnerTranslationsHandler(_LearnerSettings, TranslationsHandler):
    """``/lab/api/translations``, with the learner's own language."""

    @authenticated
    async def get(self, locale: str | None = None) -> None:
        """Return the language packs, or one of them."""
        if locale is not None and not LOCALE.fullmatch(locale):
            raise HTTPError(404)
        async with _translating:
            wanted = self.get_current_locale() if locale == "default" else locale
            await cast("Awaitable[None]", super().get(wanted))


class LearnerWorkspacesHandler(ExtensionHandlerMixin, APIHandler):
    """``/lab/api/workspaces``, per learner."""

    def initialize(self, name: str, **_: Any) -> None:
        """Ignore the shared manager that JupyterLab passes."""
        self.name = name

    @property
    def workspaces(self) -> LabWorkspaces:
        """The layouts of whoever asks."""
        services = current_services()
        return LabWorkspaces(
            state_of(services.settings, current_learner(), "lab-workspaces"),
            max_layouts=services.tenancy.lab_workspaces,
            max_bytes=services.tenancy.lab_workspace_kb * 1024,
        )

    @authenticated
    async def get(self, space_name: str = "") -> None:
        """Return one layout, or all."""
        if space_name:
            self.finish(await asyncio.to_thread(self.workspaces.load, space_name))
            return
        layouts = await asyncio.to_thread(self.workspaces.list)
        ids = [layout["metadata"]["id"] for layout in layouts]
        self.finish({"workspaces": {"ids": ids, "values": layouts}})

    @authenticated
    async def put(self, space_name: str) -> None:
        """Keep a layout."""
        await asyncio.to_thread(self.workspaces.save, space_name, self.request.body)
        self.set_status(204)

    @authenticated
    async def delete(self, space_name: str) -> None:
        """Forget a layout."""
        await asyncio.to_thread(self.workspaces.delete, space_name)
        self.set_status(204)
