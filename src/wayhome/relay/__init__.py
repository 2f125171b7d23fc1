"""Relay: the Nostr language, both ends.

Read talks.py and messages.py, conversation.py; then ledger.py and stored.py; then connection.py and
server.py. Reconciliation is reconcile.py.
"""
