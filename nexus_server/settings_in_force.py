"""The settings as they are in force: what the site's files and the environment made of the defaults.

Secrets are no settings: they come from the environment, and are not here. Passwords in addresses are hidden.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from traitlets.config import Config, Configurable

from nexus_server.accounts.permissions import Permission, require
from nexus_server.learner import Learner

G = TypeVar("G", bound=Configurable)

#: the user and the password of an address
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s\"]*@")
#: names whose values nobody has to read
_SECRET = re.compile(r"secret|password|token_key|private_key")
HIDDEN = "…"


class SettingView(BaseModel):
    """A setting: its value and its default as JSON."""

    name: str
    value: str
    default: str
    #: whether the site says something else than the product
    is_changed: bool
    help: str


class SettingsGroupView(BaseModel):
    """A group of settings, as `jupyter_config.py` calls it."""

    name: str
    title: str
    settings: list[SettingView]


class SettingsInForce:
    """Reads the groups of settings with the site's configuration."""

    def __init__(self, config: Config, groups: Sequence[type[Configurable]]) -> None:
        """Show `groups` as `config` sets them."""
        self._config = config
        self._groups = groups

    def of(self, group: type[G]) -> G:
        """Return a group as it is in force."""
        return group(config=self._config)

    def read(self, admin: Learner) -> list[SettingsGroupView]:
        """Return every group.

        Raises:
            ForbiddenError: only admins may.
        """
        require(admin, Permission.SEE_OPERATION)
        return [self._view(group) for group in self._groups]

    def _view(self, group: type[Configurable]) -> SettingsGroupView:
        now, before = self.of(group), group()
        names = sorted(group.class_own_traits(config=True))
        settings = [_setting(now, before, name) for name in names]
        return SettingsGroupView(name=group.__name__, title=_first_line(group.__doc__), settings=settings)


def _setting(now: Configurable, before: Configurable, name: str) -> SettingView:
    value, default = getattr(now, name), getattr(before, name)
    return SettingView(
        name=name,
        value=_shown(name, value),
        default=_shown(name, default),
        is_changed=value != default,
        help=" ".join((now.traits()[name].help or "").split()),
    )


def _shown(name: str, value: Any) -> str:
    if _SECRET.search(name):
        return HIDDEN if value else json.dumps(value)
    text = json.dumps(_without_secrets(value), default=str, ensure_ascii=False)
    return _CREDENTIALS.sub(f"{HIDDEN}@", text)


def _without_secrets(value: Any) -> Any:
    """Hide what tables of settings call a secret."""
    if isinstance(value, dict):
        return {key: HIDDEN if _SECRET.search(str(key)) else _without_secrets(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(each) for each in value]
    return value


def _first_line(docstring: str | None) -> str:
    return (docstring or "").strip().splitlines()[0]
