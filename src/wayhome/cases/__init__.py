"""Cases: a family's trouble, whom to write to, by when they must answer, and what is known of it.

What a campaign says: `rules`, `calendars`, `authorities`, `casekinds`; together they are the `law`.
What follows from it: `derivation`, told in words by `telling`, kept in a case as a `storedsum`.
What is sealed: `said`, the closed shapes; `body`, their frame with its sig; `blobs`, the files
beside it; `mailbox`, how a family finds its answer.
"""
