"""Store: an append-only set of records.

Read store.py, the promise; memory.py, which keeps it in the plainest way; then sqlite.py with
database.py (one file and its threads), shelf.py and shelving.py (how records lie in it, and get
there), line.py, rows.py, heldfile.py and migrate.py.
"""
