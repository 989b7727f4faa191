"""Why a kernel ended, and that every reason tells what to do."""

import pytest

from nexus_server.kernels.death_reason import SENTENCES, DeathReason, reason_of


@pytest.mark.parametrize(
    ("code", "oom_killed", "engine_gone", "reason"),
    [
        (137, True, False, DeathReason.MEMORY),
        (137, None, False, DeathReason.MEMORY),  # nobody else sends that, as a rule
        (137, False, False, DeathReason.CRASHED),  # the kernel killed itself
        (1, True, False, DeathReason.CRASHED),  # a child died for want of memory, the kernel of something else
        (139, False, False, DeathReason.CRASHED),
        (0, False, False, DeathReason.EXITED),
        (None, False, True, DeathReason.ENGINE_GONE),
    ],
)
def test_the_exit_tells_the_reason(
    code: int | None,
    oom_killed: bool | None,  # noqa: FBT001  parametrized
    engine_gone: bool,  # noqa: FBT001  parametrized
    reason: DeathReason,
) -> None:
    assert reason_of(code, oom_killed=oom_killed, engine_gone=engine_gone) is reason


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(DeathReason)
