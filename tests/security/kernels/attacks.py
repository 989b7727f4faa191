"""Every attack that is a cell's code, in the order of the table in docs/explanation/security.md."""

from tests.security.kernels.attack import Attack
from tests.security.kernels.attacks_files import SNOOPING, TAMPERING
from tests.security.kernels.attacks_javascript import JAVASCRIPT_ATTACKS
from tests.security.kernels.attacks_outward import NETWORK, RIGHTS
from tests.security.kernels.attacks_resources import EXHAUSTION, MAGICS, SUICIDE

ATTACKS: list[Attack] = [
    *NETWORK,
    *RIGHTS,
    *SNOOPING,
    *TAMPERING,
    *EXHAUSTION,
    *MAGICS,
    *SUICIDE,
    *JAVASCRIPT_ATTACKS,
]
