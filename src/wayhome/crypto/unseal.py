"""Unseal: open what was sealed to us. Only the desk may import this.

A file is opened whole or not at all. What fails is told apart, because a desk puts it into
different drawers: nobody here is meant, or the file is broken.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from wayhome.codec.age import Sort
from wayhome.codec.age_header import BadFile, Header, Stanza, read_header, read_unpadded
from wayhome.crypto.recipients import (
    Identity,
    curve_identity,
    curve_recipient,
    hybrid_identity,
    read_identity,
)
from wayhome.crypto.seal import (
    CHUNK,
    CURVE_LABEL,
    ENCAPSULATED,
    FILE_KEY_BYTES,
    HYBRID,
    HYBRID_LABEL,
    NONCE_BYTES,
    STANZA_NAMES,
    TAG_BYTES,
    chunk_nonce,
    derived,
    header_mac,
)

_NO_NONCE = bytes(12)
_POINT = 32  # bytes of a point of the curve
_TOP_BIT = 0x7F  # of a point's last byte: X25519 does not read it
# all points of low order, as they are spelled: 0, 1, the two of order eight, p - 1, p, p + 1.
# https://cr.yp.to/ecdh.html
LOW_ORDER = frozenset(
    bytes.fromhex(one)
    for one in (
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
_WRAPPED = FILE_KEY_BYTES + TAG_BYTES


class NotForUs(Exception):  # noqa: N818 - the sender meant others
    """None of these identities opens it."""


@dataclass(frozen=True, slots=True)
class Opener:
    """An identity made ready to open many files; it is as secret as the identity itself."""

    identity: Identity = field(repr=False)
    sort: Sort
    curve: X25519PrivateKey = field(repr=False)
    public: bytes = field(repr=False)
    hybrid: MLKEM768X25519PrivateKey | None = field(repr=False)

    @classmethod
    def of(cls, identity: Identity) -> Self:
        """Make an identity ready: reading it and finding its public half cost as much as opening.

        Raises:
            BadKey: it is none.
        """
        sort, seed = read_identity(identity)
        curve = curve_identity(seed)
        hybrid = hybrid_identity(seed) if sort == "hybrid" else None
        return cls(identity, sort, curve, curve.public_key().public_bytes_raw(), hybrid)


def unseal(raw: bytes, identities: Sequence[Identity]) -> bytes:
    """Open a file with whichever of our identities it was sealed to.

    Raises:
        NotForUs: with none of them.
        BadFile: its header or its text is not what was sealed.
        BadKey: what was given is no identity.
    """
    return unseal_with(raw, [Opener.of(one) for one in identities])[0]


def unseal_with(raw: bytes, openers: Sequence[Opener]) -> tuple[bytes, Opener]:
    """Open a file with whichever of these it was sealed to, and tell which that was.

    Raises:
        NotForUs, BadFile: as `unseal`.
    """
    header = read_header(raw)
    file_key, opener = _file_key(header, openers)
    if not hmac.compare_digest(header_mac(file_key, header.covered), header.mac):
        raise BadFile("mac: the header was changed")
    nonce, text = raw[header.size :][:NONCE_BYTES], raw[header.size + NONCE_BYTES :]
    if len(nonce) != NONCE_BYTES:
        raise BadFile("header: it ends before its text")
    return _opened_text(derived(file_key, nonce, b"payload"), text), opener


def _file_key(header: Header, openers: Sequence[Opener]) -> tuple[bytes, Opener]:
    if any(stanza.args[0] == "scrypt" for stanza in header.stanzas):
        raise NotForUs("sealed with a passphrase; none is used here")
    for opener in openers:
        for stanza in header.stanzas:
            if stanza.args[0] == STANZA_NAMES[opener.sort]:
                file_key = _unwrapped(opener, stanza)
                if file_key is not None:
                    return file_key, opener
    raise NotForUs("sealed to others")


def _unwrapped(opener: Opener, stanza: Stanza) -> bytes | None:
    share = read_unpadded(stanza.args[1]) if len(stanza.args) == 2 else b""  # noqa: PLR2004 - name, share
    if len(share) != ENCAPSULATED[opener.sort] or len(stanza.body) != _WRAPPED:
        raise BadFile("header: a stanza is not of the length of its kind")
    # a share of either kind ends with a point. Of low order it is for every identity alike, and the
    # hybrid suite calls that a wrong key, where the file is at fault
    if is_low_order(share[-_POINT:]):
        raise BadFile("header: a share of low order")
    try:
        if opener.hybrid is not None:
            return HYBRID.decrypt(share + stanza.body, opener.hybrid, HYBRID_LABEL)
        secret = opener.curve.exchange(curve_recipient(share))
        key = derived(secret, share + opener.public, CURVE_LABEL)
        return ChaCha20Poly1305(key).decrypt(_NO_NONCE, stanza.body, None)
    except InvalidTag:
        return None  # meant for somebody else


def is_low_order(point: bytes) -> bool:
    """Tell whether a point gives the same secret with every key; asking OpenSSL costs 40 us."""
    return point[:-1] + bytes((point[-1] & _TOP_BIT,)) in LOW_ORDER


def _opened_text(key: bytes, text: bytes) -> bytes:
    cipher, plain = ChaCha20Poly1305(key), []
    size = CHUNK + TAG_BYTES
    starts = range(0, max(len(text), 1), size)
    for i, at in enumerate(starts):
        is_last = at + size >= len(text)
        try:
            nonce = chunk_nonce(i, is_last=is_last)
            plain.append(cipher.decrypt(nonce, text[at : at + size], None))
        except (InvalidTag, ValueError) as error:
            raise BadFile("text: it was changed or cut") from error
    if len(plain) > 1 and not plain[-1]:
        raise BadFile("text: its last chunk is empty")
    return b"".join(plain)
