"""Pages: what both sites draw with. Read render.py, words.py, charts.py, guard.py."""
