"""Durable: a new, renamed or removed name is on the disk only once its folder is."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have a folder's names, or a file's bytes, written to the disk before anything goes on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
