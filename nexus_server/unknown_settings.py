"""Settings of a site that no group has: misspelt, gone, or called otherwise since an upgrade."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from traitlets.config import Config, Configurable

#: settings that had another name in an earlier version: the old one, and today's
RENAMED: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class UnknownSetting:
    """A setting that has no effect. `name` is as in the file: ``Group.setting``."""

    name: str
    #: what it is called today, as far as anybody knows
    successor: str | None

    def __str__(self) -> str:
        """Say what to do about it."""
        advice = f"write c.{self.successor}" if self.successor else "remove it"
        return f"c.{self.name} has no effect: {advice}"


def unknown_settings(
    config: Config, groups: Iterable[type[Configurable]], renamed: Mapping[str, str] = RENAMED
) -> list[UnknownSetting]:
    """Return what `config` sets of the product's `groups` without effect. Jupyter's own groups are Jupyter's affair."""
    known = {group.__name__: sorted(group.class_trait_names(config=True)) for group in groups}
    names = [f"{group}.{name}" for group, settings in known.items() for name in settings]
    return [
        UnknownSetting(name, renamed.get(name) or next(iter(difflib.get_close_matches(name, names, 1, 0.85)), None))
        for name in _named(config, known, renamed)
        if name not in names
    ]


def _named(config: Config, known: Mapping[str, list[str]], renamed: Mapping[str, str]) -> Iterator[str]:
    """Yield each setting of a group that is ours, was ours, or looks like one of ours."""
    earlier = {name.partition(".")[0] for name in renamed}
    for group, settings in config.items():
        if group in known or group in earlier or difflib.get_close_matches(group, known, 1, 0.9):
            yield from (f"{group}.{name}" for name in settings)
