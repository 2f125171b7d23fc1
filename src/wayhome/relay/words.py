"""Words: what a relay says no with: NIP-01's prefix for programs of any kind, then our own word."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from wayhome.records.refused import Reason

Prefix: TypeAlias = Literal["blocked", "closed", "error", "invalid", "rate-limited", "unsupported"]
# what is wrong with a message, and not with the record in it
Word: TypeAlias = Literal[
    "bad-message",
    "unknown-message",
    "bad-subscription",
    "bad-filter",
    "unknown-filter",
    "too-large",
    "too-many-filters",
    "too-many-values",
    "too-many-subscriptions",
    "too-many-reconciliations",
    "too-broad",
    "too-slow",
    "bad-reconciliation",
    "unknown-reconciliation",
    "storage",
]

WORDS: Mapping[Word, Prefix] = {
    "bad-message": "invalid",
    "unknown-message": "unsupported",
    "bad-subscription": "invalid",
    "bad-filter": "invalid",
    "unknown-filter": "unsupported",
    "too-large": "invalid",
    "too-many-filters": "invalid",
    "too-many-values": "invalid",
    "too-many-subscriptions": "rate-limited",
    "too-many-reconciliations": "rate-limited",
    "too-broad": "blocked",
    "too-slow": "rate-limited",
    "bad-reconciliation": "invalid",
    "unknown-reconciliation": "closed",
    "storage": "error",
}

# with which relays begin a reason: those of ours, and the others of NIP-01 and NIP-42
PREFIXES: frozenset[str] = frozenset(
    {*get_args(Prefix), "auth-required", "duplicate", "mute", "pow", "restricted"}
)
OWN: frozenset[str] = frozenset({*WORDS, *get_args(Reason)})

# what this node does not carry, now or ever; the record may be good, and another relay may take it
_BLOCKED: frozenset[Reason] = frozenset(
    {
        "unknown-kind",
        "unknown-group",
        "unknown-charter",
        "unknown-record",
        "unknown-petition",
        "unknown-signature",
        "unknown-desk",
        "unknown-author",
        "not-open",
        "not-yet",
        "closed",
        "superseded",
    }
)
REFUSALS: Mapping[Reason, Prefix] = {
    **dict.fromkeys(get_args(Reason), "invalid"),
    **dict.fromkeys(_BLOCKED, "blocked"),
    "over-quota": "rate-limited",
    "proposal-quota": "rate-limited",
    "busy": "rate-limited",
    "storage": "error",
}


def said(word: Word) -> str:
    """Write a word with its prefix."""
    return f"{WORDS[word]}: {word}"


def refused(reason: Reason) -> str:
    """Write a reason with its prefix."""
    return f"{REFUSALS[reason]}: {reason}"
