"""Polls: a petition with options, read by option. Read results.py."""
