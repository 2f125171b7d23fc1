"""Claims: that a sig is somebody's, as plain values: many can be verified together, or elsewhere.

A stamp is a sig like another here: its key is a group's, and it covers a one-time key.
"""

from functools import lru_cache
from typing import TypeAlias

from wayhome.crypto import keys
from wayhome.crypto.stamps import SPKI_BYTES, StampKey

# the key's bytes: a public key, or a stamp key's SPKI; what the sig covers; the sig
Claim: TypeAlias = tuple[bytes, bytes, bytes]


def verifies(claim: Claim) -> bool:
    """Tell whether the sig is the key's over what it covers."""
    key, covered, sig = claim
    if len(key) == SPKI_BYTES:
        return _stamp_key(key).verifies(covered, sig)
    return keys.verifies(key, covered, sig)


_stamp_key = lru_cache(maxsize=64)(StampKey.of)  # petitions that take signatures at one time
