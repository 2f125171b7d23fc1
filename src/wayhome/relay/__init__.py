"""Relay: the Nostr language, both ends. Read reconcile.py."""
