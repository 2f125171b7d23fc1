"""Web: the site of a node, and the doors of a node and of a stamping desk.

Read app.py; one page file a room.
"""
