"""What administrators see of the settings: what is in force, what the site changed, and no secret."""

import json
from uuid import uuid4

import pytest
from traitlets.config import Config

from nexus_server.accounts.oidc.settings import SingleSignOnSettings
from nexus_server.composition import SETTINGS
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.settings import NexusSettings
from nexus_server.settings_in_force import SettingsInForce, SettingView
from nexus_server.tenancy.settings import TenancySettings


def person(role: Role) -> Learner:
    return Learner(uuid4(), "boss@example.org", "Boss", role)


def settings_of(config: Config) -> dict[str, SettingView]:
    groups = SettingsInForce(config, SETTINGS).read(person(Role.ADMIN))
    return {f"{group.name}.{setting.name}": setting for group in groups for setting in group.settings}


def test_every_setting_is_there_with_its_help() -> None:
    found = settings_of(Config())
    expected = {f"{group.__name__}.{name}" for group in SETTINGS for name in group.class_own_traits(config=True)}
    assert set(found) == expected
    assert [name for name, setting in found.items() if not setting.help] == []
    assert [name for name, setting in found.items() if setting.is_changed] == []


def test_what_the_site_changed_is_said() -> None:
    found = settings_of(Config(TenancySettings={"max_file_mb": 99}))
    changed = found["TenancySettings.max_file_mb"]
    assert (changed.value, changed.default, changed.is_changed) == ("99", "16", True)
    assert not found["TenancySettings.max_notebook_mb"].is_changed


def test_passwords_in_addresses_and_secrets_in_tables_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXUS_DATABASE_URL", "postgresql://nexus:hush-1@db.example/nexus")
    providers = [{"name": "school", "client_id": "nexus", "client_secret": "hush-2"}]
    config = Config(
        NexusSettings={"redis_url": "redis://:hush-3@cache.example/0"}, SingleSignOnSettings={"providers": providers}
    )
    found = settings_of(config)
    assert "hush" not in json.dumps([setting.model_dump() for setting in found.values()])
    assert found["NexusSettings.database_url"].value == '"postgresql://…@db.example/nexus"'
    assert '"nexus"' in found["SingleSignOnSettings.providers"].value


def test_a_group_is_given_as_it_is_in_force() -> None:
    groups = SettingsInForce(Config(TenancySettings={"max_file_mb": 99}), [NexusSettings, TenancySettings])
    assert groups.of(TenancySettings).max_file_mb == 99
    assert groups.of(SingleSignOnSettings).providers == []


@pytest.mark.parametrize("role", [Role.STUDENT, Role.INSTRUCTOR])
def test_only_admins_see_them(role: Role) -> None:
    with pytest.raises(ForbiddenError):
        SettingsInForce(Config(), SETTINGS).read(person(role))
