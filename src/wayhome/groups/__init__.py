"""Groups: who may speak. The ground room; the other rooms ask it.

Read kinds/charter.py, offices.py, standing.py, reach.py, speech.py, then service.py.
"""
