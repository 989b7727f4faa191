"""The whole list."""

from tests.security.hostile.attacks import resources

ATTACKS = [*resources.ATTACKS]
