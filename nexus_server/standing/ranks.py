"""The ranks, from the original specification: 0-500 Novice, 501-2000 Scripter, 2001-10000 AI Architect (and beyond)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rank:
    """A title, and the least XP that gives it."""

    name: str
    from_xp: int


RANKS = (Rank("Novice", 0), Rank("Scripter", 501), Rank("AI Architect", 2001))


def rank_of(xp: int) -> Rank:
    """Return the rank that `xp` gives."""
    return next(rank for rank in reversed(RANKS) if xp >= rank.from_xp)


def find_next_rank(xp: int) -> Rank | None:
    """Return the rank after the present one, or None at the top."""
    return next((rank for rank in RANKS if rank.from_xp > xp), None)
