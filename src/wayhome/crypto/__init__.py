"""Crypto: the only source of chance.

Read keys.py, stamps.py, rawrsa.py, codes.py, keypage.py.
"""
