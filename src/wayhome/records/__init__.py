"""Records: the record, its kinds, the refusals.

Read record.py, kind.py, refused.py, then filter.py, draft.py, signing.py.
"""
