"""Stamps: a group's blind word on a one-time key (RFC 9474, RSABSSA-SHA384-PSS-Deterministic).

    blind      the person hides the message in a number that only they can take away again
    (sign)     the group signs the number: rawrsa.py
    finalise   the person takes the hiding away; what is left is an ordinary RSA-PSS sig
    verifies   by anyone, with the stamp key

The message is RFC 9578's token input of type 2: the one-time key as nonce, the petition's id as
challenge. A bare random nonce would be a bearer token; a key signs what it was stamped for.
"""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from wayhome.crypto import pss

MODULUS_BITS = 2048
MODULUS_BYTES = MODULUS_BITS // 8
EXPONENT = 65_537
SALT_BYTES = 48
SPKI_BYTES = 342

# RFC 9578, 8.2.2: id-RSASSA-PSS with SHA-384, MGF1-SHA-384, salt 48. One spelling, so that no ASN.1
# is parsed and a key has one hash.
_SPKI_HEAD = bytes.fromhex(
    "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d"
    "010108300b0609608648016503040202a2030201300382010f003082010a0282010100"
)
_SPKI_TAIL = bytes.fromhex("0203010001")
_TOKEN_TYPE = b"\x00\x02"
_SHA384 = hashes.SHA384()
_PSS = padding.PSS(padding.MGF1(_SHA384), SALT_BYTES)


class BadSpki(Exception):  # noqa: N818 - turned into a refusal one floor up
    """The bytes are not a stamp key in the one form that is read."""


class BadAnswer(Exception):  # noqa: N818 - the stamping desk's fault
    """What the stamping desk answered is not its stamp on what was asked."""


@dataclass(frozen=True, slots=True)
class StampKey:
    """A group's public stamp key for one petition; `kid` is the hash that a petition names."""

    spki: bytes
    kid: str
    modulus: int = field(repr=False)
    _public: rsa.RSAPublicKey = field(repr=False, compare=False)

    @classmethod
    def of(cls, spki: bytes) -> "StampKey":
        """Read a key.

        Raises:
            BadSpki: not exactly this form, or the modulus is even or too short.
        """
        modulus = spki[len(_SPKI_HEAD) : -len(_SPKI_TAIL)]
        if spki != _SPKI_HEAD + modulus + _SPKI_TAIL or len(modulus) != MODULUS_BYTES:
            raise BadSpki("342 bytes as RFC 9578 writes a token key")
        if modulus[0] < 0x80 or not modulus[-1] & 1:  # noqa: PLR2004 - the first bit
            raise BadSpki("the modulus has its first bit set and is odd")
        number = int.from_bytes(modulus, "big")
        public = rsa.RSAPublicNumbers(EXPONENT, number).public_key()
        return cls(spki, sha256(spki).hexdigest(), number, public)

    @property
    def kid16(self) -> str:
        """The first 16 hex digits of the kid: how a signature names a stamp's key."""
        return self.kid[:16]

    def verifies(self, message: bytes, stamp: bytes) -> bool:
        """Tell whether ``stamp`` is this key's on ``message`` (RFC 8017, 8.1.2)."""
        try:
            self._public.verify(stamp, message, _PSS, _SHA384)
        except InvalidSignature:
            return False
        return True


def token_input(petition: str, one_time_key: str, kid: str) -> bytes:
    """Give the 98 bytes that a stamp covers (RFC 9578, 6.1); three times 64 hex digits."""
    return _TOKEN_TYPE + bytes.fromhex(one_time_key + petition + kid)


def new_blinding(key: StampKey) -> tuple[bytes, int]:
    """Make salt and blinding factor for one stamp; both are secrets until it is finalised."""
    while True:
        factor = secrets.randbelow(key.modulus - 1) + 1
        if gcd(factor, key.modulus) == 1:
            return secrets.token_bytes(SALT_BYTES), factor


def blind(key: StampKey, message: bytes, salt: bytes, factor: int) -> bytes:
    """Hide ``message``: the 256 bytes that go to the stamping desk (RFC 9474, 4.2)."""
    return blind_number(key.modulus, EXPONENT, pss.encode(message, salt, MODULUS_BITS), factor)


def finalise(key: StampKey, message: bytes, factor: int, blind_sig: bytes) -> bytes:
    """Take the hiding away; the stamp (RFC 9474, 4.4).

    Raises:
        BadAnswer: what comes out does not verify.
    """
    if len(blind_sig) != MODULUS_BYTES:
        raise BadAnswer("a blind stamp has 256 bytes")
    stamp = unblind_number(key.modulus, blind_sig, factor)
    if not key.verifies(message, stamp):
        raise BadAnswer("the stamp does not verify")
    return stamp


def blind_number(modulus: int, exponent: int, encoded: bytes, factor: int) -> bytes:
    """RFC 9474, 4.2, for a modulus of any size; `pow` is only ever given public exponents here."""
    number = int.from_bytes(encoded, "big")
    blinded = number * pow(factor, exponent, modulus) % modulus
    return blinded.to_bytes((modulus.bit_length() + 7) // 8, "big")


def unblind_number(modulus: int, blind_sig: bytes, factor: int) -> bytes:
    """RFC 9474, 4.4, for a modulus of any size; the caller verifies what comes out."""
    number = int.from_bytes(blind_sig, "big") * pow(factor, -1, modulus) % modulus
    return number.to_bytes((modulus.bit_length() + 7) // 8, "big")


def spki_of(secret: bytes) -> bytes:
    """Give the public half of a PKCS#8 stamp key in the form that petitions name."""
    loaded = serialization.load_der_private_key(secret, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("a stamp key is an RSA key")
    modulus = loaded.public_key().public_numbers().n
    return _SPKI_HEAD + modulus.to_bytes(MODULUS_BYTES, "big") + _SPKI_TAIL
