"""Whole programs, and what comes to their doors."""

from faults.fixtures import life, nursery

__all__ = ["life", "nursery"]
