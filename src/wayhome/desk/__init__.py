"""Desk: what an organiser does on their own machine; secret keys never leave it.

Read keyring.py, proposals.py, vouchers.py.
"""
