"""Echo: a node says what groups have said once more, elsewhere, under its own key; off by default.

Read notes.py, what is said; done.py, what needs no more saying; relays.py and messengers.py, how it
gets there; then service.py, when again.
"""
