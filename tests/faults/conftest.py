"""Whole programs, and what befalls them."""

from faults.fixtures import life, nursery

__all__ = ["life", "nursery"]
