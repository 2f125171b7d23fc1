"""wayhome: a petition anyone can recount, words signed by k of n, and no centre to take away."""
