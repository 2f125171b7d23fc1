"""Stamping: a group's stamping desk. It knows vouchers and numbers, and no room, journal or store.

Read service.py, then book.py.
"""
