"""Talking: both ends of a reconciliation in one process, from its first message to the last."""

from typing import NamedTuple

from wayhome.relay.reconcile import Client, Items, Server


class Talked(NamedTuple):
    """How many ids were found that one side lacks, and what that took."""

    found: int
    sent: int  # bytes, of both ends together
    rounds: int


def talk(ours: Items, theirs: Items, limit: int) -> Talked:
    """Reconcile in frames of so many bytes; 0: of any length."""
    client, server = Client(ours, limit), Server(theirs, limit)
    found = sent = 0
    message: bytes | None = client.begin()
    while message is not None:
        answer = server.answer(message)
        sent += len(message) + len(answer)
        message, have, need = client.next(answer)
        found += len(have) + len(need)
    return Talked(found, sent, client.rounds)
