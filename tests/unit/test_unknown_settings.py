"""Which lines of a site's settings have no effect, and what is said of them."""

import pytest
from traitlets.config import Config

from nexus_server.composition import SETTINGS
from nexus_server.unknown_settings import RENAMED, unknown_settings


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"NexusSettings": {"public_url": "http://x"}}, []),
        (
            {"GradingQueueSettings": {"sweeps_s": 5}},
            ["c.GradingQueueSettings.sweeps_s has no effect: write c.GradingQueueSettings.sweep_s"],
        ),
        ({"NexusSettings": {"colour": "red"}}, ["c.NexusSettings.colour has no effect: remove it"]),
        (
            {"NexusSetings": {"public_url": "http://x"}},
            ["c.NexusSetings.public_url has no effect: write c.NexusSettings.public_url"],
        ),
        ({"ServerApp": {"anything": 1}, "MappingKernelManager": {"cull_interval": 1}}, []),
        (
            {"OldSettings": {"size": 1, "other": 2}},
            [
                "c.OldSettings.size has no effect: write c.SandboxSettings.pool_size",
                "c.OldSettings.other has no effect: remove it",
            ],
        ),
    ],
    ids=str,
)
def test_a_setting_that_no_group_has_is_named(config: dict[str, dict[str, object]], said: list[str]) -> None:
    renamed = {"OldSettings.size": "SandboxSettings.pool_size"}
    assert [str(each) for each in unknown_settings(Config(config), SETTINGS, renamed)] == said


def test_whatever_was_renamed_leads_to_a_setting() -> None:
    names = {f"{group.__name__}.{name}" for group in SETTINGS for name in group.class_trait_names(config=True)}
    assert set(RENAMED.values()) <= names
    assert not set(RENAMED) & names
