"""Codec: bytes to values and back. Read limits.py, then strict.py, nip01.py, prose.py."""
