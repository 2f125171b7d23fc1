"""Chance: a number that nobody can foresee, for those who shall not all act at once."""

import secrets

_PARTS = 1 << 32


def part() -> float:
    """Give a number from 0 to below 1."""
    return secrets.randbelow(_PARTS) / _PARTS
