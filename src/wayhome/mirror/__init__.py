"""Mirrors: a whole site as plain files, written, fetched and checked.

What stands in the files is `web/mirror.py`'s business. Read manifest.py, the signed list of them;
folder.py, the one place where a name becomes a path; then writing.py, fetching.py and checking.py.
"""
