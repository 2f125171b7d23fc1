"""Store: an append-only set of records.

Read store.py, the promise; then memory.py and sqlite.py, which keep it.
"""
