"""Journal: the way of a record through a node.

Read intake.py first, then fold.py, held.py, feed.py.
"""
