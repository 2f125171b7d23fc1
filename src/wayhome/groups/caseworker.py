"""Caseworker: one whom a charter names to read families' reports, and her word that she agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Self, TypeAlias, cast, get_args

from wayhome.codec import bech32
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.records.record import Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_public_key

Role: TypeAlias = Literal["intake", "worker"]
ROLES: tuple[str, ...] = get_args(Role)
_RECIPIENT_BYTES = 32  # X25519
_PROOF = 128  # hex digits
_CONSENT = sha256(b"wayhome/caseworker/1").digest()


@dataclass(frozen=True, slots=True)
class Caseworker:
    """A caseworker's writer key and recipient, what she sees, and the custodian's recipient.

    New reports are sealed to those on `intake`; a `worker` sees only what is handed to her. The
    custodian's recipient is empty where she keeps no identities and originals.
    """

    key: str
    recipient: str
    role: Role
    custodian: str
    proof: str

    @classmethod
    def of(cls, tag: Tag) -> Self:
        """Read what stands behind the tag's name.

        Raises:
            Refused: `bad-tags`, `bad-key`, `bad-recipient`, `bad-proof`.
        """
        match tag:
            case (key, recipient, role, custodian, proof) if role in ROLES:
                read_public_key(key)
                _read_recipient(recipient)
                if custodian:
                    _read_recipient(custodian)
                # it is one of ROLES, which are Role's own words
                found = cls(key, recipient, cast("Role", role), custodian, proof)
                found.refuse_unproved()
                return found
        raise Refused("bad-tags", "a caseworker is key, recipient, role, custodian and proof")

    @classmethod
    def agreed(cls, secret: SecretKey, recipient: str, role: Role, custodian: str = "") -> Self:
        """Say as a caseworker, with her secret key, that she agrees to be named so.

        Raises:
            Refused: `bad-recipient`.
        """
        proof = keys.sign(secret, consent(recipient, role, custodian)).hex()
        return cls.of((keys.public_key(secret), recipient, role, custodian, proof))

    @property
    def tag(self) -> Tag:
        """The tag of a charter that names her."""
        return ("caseworker", self.key, self.recipient, self.role, self.custodian, self.proof)

    def refuse_unproved(self) -> None:
        """Refuse a caseworker who did not say so herself: nobody is named without her consent.

        Raises:
            Refused: `bad-proof`.
        """
        digest = consent(self.recipient, self.role, self.custodian)
        spelt = len(self.proof) == _PROOF and set(self.proof) <= set("0123456789abcdef")
        proof = bytes.fromhex(self.proof) if spelt else b""
        if not (spelt and keys.verifies(bytes.fromhex(self.key), digest, proof)):
            raise Refused("bad-proof", "the proof is not the caseworker's sig over what is said")


def consent(recipient: str, role: str, custodian: str) -> bytes:
    """Give the 32 bytes that a caseworker signs: BIP-340's tagged hash of the three fields."""
    said = b"%b\0%b\0%b" % (recipient.encode(), role.encode(), custodian.encode())
    return sha256(_CONSENT + _CONSENT + said).digest()


def refuse_doubles(caseworkers: Sequence[Caseworker]) -> None:
    """Refuse a writer key or a recipient that stands twice: who reads must be countable.

    Raises:
        Refused: `bad-tags`.
    """
    named = [one.key for one in caseworkers]
    read_with = [one.recipient for one in caseworkers]
    read_with += [one.custodian for one in caseworkers if one.custodian]
    if len(set(named)) != len(named) or len(set(read_with)) != len(read_with):
        raise Refused("bad-tags", "a caseworker's key or a recipient stands twice")


def _read_recipient(text: str) -> None:
    found = bech32.read("age", text)
    if found is None or len(found) != _RECIPIENT_BYTES:
        raise Refused("bad-recipient", "a recipient is age1 and 32 bytes in Bech32")
