"""Peers: other nodes and relays, whose records are fetched without knowing what they mean.

Read in_step.py, one peer while it is connected; judging.py, what becomes of what it sends; then
service.py, which peer and when again. first_load.py takes a node's record files; offering.py gives
a relay what it lacks. Beside them: quota, patience, portion, memory, asking, paging, peer, way.
"""
