"""Doctor: what is not well with a node or a desk, in words that say what to do.

Read finding.py first, then machine.py, folder.py, proposals.py, network.py; holds.py looks for one
given text.
"""
