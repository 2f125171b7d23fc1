"""Journal: the way of a record through a node.

Read intake.py first, then judge.py, trial.py, held.py, fold.py, feed.py; workers.py has the
threads, verifier.py a process beside, waiting.py and lines.py what comes before its time.
"""
