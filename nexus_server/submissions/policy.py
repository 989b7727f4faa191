"""What a submission counts, and which of several attempts decides. Pure.

A share is points over possible points, 0 to 1.
"""

from collections.abc import Sequence
from typing import Literal

from nexus_server.decimals import decimal_share, exact

AttemptPolicy = Literal["best", "last", "first"]


def share_of(score: float, max_score: float, penalty: float = 0.0) -> float:
    """Return the share that a grade is worth; a lab without points is passed by handing it in."""
    share = decimal_share(score, max_score) if max_score > 0 else 1.0
    return float(exact(share) * (1 - exact(penalty)))


def decisive_share(shares: Sequence[float], policy: AttemptPolicy) -> float:
    """Return which attempt's share counts; `shares` are in the order of receipt, at least one."""
    if policy == "best":
        return max(shares)
    return shares[-1] if policy == "last" else shares[0]
