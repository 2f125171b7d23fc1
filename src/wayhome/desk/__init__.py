"""Desk: what an organiser does on their own machine; secret keys never leave it.

Read keyring.py, known.py, proposals.py, charters.py, petitions.py; then vouchers.py and sheets.py.
"""
