"""Relay: the Nostr language, both ends. Read messages.py, wanted.py, words.py, reconcile.py."""
