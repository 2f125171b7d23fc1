"""Cases: a family's trouble, whom to write to, by when they must answer, and what is known of it.

What a campaign says: `rules`, `calendars`, `authorities`, `casekinds`; together they are the `law`.
What follows from it: `derivation`, told in words by `telling`, kept in a case as a `storedsum`.
A letter and its way: `letters`, `likeness`, `legs`, `grades`, `moved`, `agenda`.
What is known of one case: `casefile`, and what its family reads, `familytalk`.
What is sealed: `said`, the closed shapes; `body`, their frame with its sig; `blobs`, the files
beside it; `mailbox`, how a family finds its answer.
"""
