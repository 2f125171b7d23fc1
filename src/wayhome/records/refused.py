"""Refused: the other side's fault, said with a word that never changes.

The words are part of the protocol: `docs/protocol/refusals.md` lists them, tests assert on them and
each language has a sentence for each. Anything that is not `Refused` is our own fault and rises.
"""

from typing import Literal, TypeAlias, get_args

Reason: TypeAlias = Literal[
    # a record alone, whatever its kind
    "too-large",
    "bad-form",
    "bad-id",
    "bad-sig",
    "unknown-kind",
    "bad-tags",
    "bad-content",
    # a group's records
    "bad-text",
    "bad-number",
    "bad-key",
    "bad-url",
    "bad-recipient",
    "bad-proof",
    "unknown-group",
    "unknown-charter",
    "unknown-record",
    # petition and acceptance
    "bad-times",
    "bad-quorum",
    "bad-panel",
    "bad-options",
    "bad-regions",
    "bad-spki",
    "unknown-petition",
    "not-on-panel",
    "wrong-kid",
    "bad-successor",
    # signature and withdrawal
    "bad-stamp-form",
    "not-open",
    "bad-time",
    "bad-option",
    "bad-region",
    "no-quorum",
    "unknown-stamp-key",
    "bad-stamp",
    "not-yet",
    "closed",
    "unknown-signature",
    "superseded",
    # counter and closing list
    "unknown-desk",
    "unknown-author",
    # the stamping desk
    "bad-blinded",
    "unknown-voucher",
    "already-stamped",
    "busy",
    # sealed envelopes
    "bad-expiration",
    "too-many-recipients",
    "bad-size",
    "bad-blob",
    "bad-work",
    "no-caseworkers",
    "old-recipients",
    "recipient-count",
    "stale",
    "expired",
    "need-work",
    "slow-lane-full",
    "unknown-blob",
    "chunk-mismatch",
    "blob-late",
    "blob-quota",
    # a group's figures
    "bad-period",
    "unknown-table",
    "not-tens",
    "period-overlap",
    # a letter
    "missing-field",
    "no-sender",
    "no-address",
    "way-not-accepted",
    "wrong-recipient",
    # a node's state
    "over-quota",
    "proposal-quota",
    "storage",
]

REASONS: tuple[str, ...] = get_args(Reason)


class Refused(Exception):  # noqa: N818 - a refusal is not an error of ours
    """What came was refused; `reason` is for programs, the message says what was expected.

    The message never repeats what a person wrote.
    """

    def __init__(self, reason: Reason, message: str = "") -> None:
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason: Reason = reason
