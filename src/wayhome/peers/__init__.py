"""Peers: other nodes, from whom records are fetched without knowing what they mean.

Read in_step.py, one peer once; then service.py, which peer and when again.
"""
