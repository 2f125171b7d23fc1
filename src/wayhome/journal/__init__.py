"""Journal: the way of a record through a node.

Read intake.py first, then judge.py, trial.py, held.py, fold.py, feed.py; workers.py has the threads, and
waiting.py and lines.py what comes before its time, verifier.py a process of its own.
"""
