"""Petition: signing, and counting again from the records alone.

Read panel.py and kinds/, then tally.py, listfile.py, footing.py, bounds.py, lists.py, part.py,
recount.py, and what one can do: service.py, signer.py.
"""
