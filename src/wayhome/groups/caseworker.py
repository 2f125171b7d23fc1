"""Caseworker: one whom a charter names to read families' reports, and her word that she agrees."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal, Self, TypeAlias, cast, get_args

from wayhome.codec import bech32, limits
from wayhome.codec.age import Sort
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.records.record import Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_public_key

Role: TypeAlias = Literal["intake", "worker"]
ROLES: tuple[str, ...] = get_args(Role)
_RECIPIENT_BYTES = 32  # X25519
HYBRID = "age1pq1"  # how a recipient begins that is too long for a charter's tag
_SUM = re.compile("[0-9a-f]{64}")
_PROOF = 128  # hex digits
_CONSENT = sha256(b"wayhome/caseworker/1").digest()


@dataclass(frozen=True, slots=True)
class Caseworker:
    """A caseworker's writer key and recipient, what she sees, and the custodian's recipient.

    New reports are sealed to those on `intake`; a `worker` sees only what is handed to her. The
    custodian's recipient is empty where she keeps no identities and originals. A charter names a
    hybrid recipient by its SHA-256; the recipient itself is in a record of kind `season`.
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
                sorts = {_sort_of(one) for one in (recipient, custodian or recipient)}
                if len(sorts) > 1:
                    raise Refused("bad-recipient", "recipients of one sort: the weaker one decides")
                # it is one of ROLES, which are Role's own words
                found = cls(key, recipient, cast("Role", role), custodian, proof)
                found.refuse_unproved()
                return found
        raise Refused("bad-tags", "a caseworker is key, recipient, role, custodian and proof")

    @classmethod
    def told(cls, line: str) -> "Caseworker":
        """Read the line that she gave to the organisers.

        Raises:
            Refused: as `of`.
        """
        match line.split(","):
            case [key, recipient, role, custodian, proof]:
                names = (named_by(recipient), named_by(custodian))
                found = cls.of((key, names[0], role, names[1], proof))
                return found.with_keys(dict(zip(names, (recipient, custodian), strict=True)))
        raise Refused("bad-tags", "a caseworker is key, recipient, role, custodian and proof")

    @classmethod
    def agreed(cls, secret: SecretKey, recipient: str, role: Role, custodian: str = "") -> Self:
        """Say as a caseworker, with her secret key, that she agrees to be named so.

        Raises:
            Refused: `bad-recipient`.
        """
        recipient, custodian = named_by(recipient), named_by(custodian)
        proof = keys.sign(secret, consent(recipient, role, custodian)).hex()
        return cls.of((keys.public_key(secret), recipient, role, custodian, proof))

    @property
    def tag(self) -> Tag:
        """The tag of a charter that names her."""
        recipient, custodian = named_by(self.recipient), named_by(self.custodian)
        return ("caseworker", self.key, recipient, self.role, custodian, self.proof)

    @property
    def line(self) -> str:
        """What she gives to the organisers: the same with her recipients whole."""
        return f"{self.key},{self.recipient},{self.role},{self.custodian},{self.proof}"

    @property
    def hybrid(self) -> tuple[str, ...]:
        """Her recipients that a charter names by their sums, as far as they are whole here."""
        return tuple(one for one in (self.recipient, self.custodian) if one.startswith(HYBRID))

    @property
    def sort(self) -> Sort:
        """Of which sort her recipients are."""
        return "hybrid" if is_sum(self.recipient) or self.recipient.startswith(HYBRID) else "x25519"

    def with_keys(self, keys_: Mapping[str, str]) -> "Caseworker":
        """Give her with the recipients themselves, as far as they are among these, by their sum."""
        recipient, custodian = (keys_.get(one, one) for one in (self.recipient, self.custodian))
        return replace(self, recipient=recipient, custodian=custodian)

    def refuse_unproved(self) -> None:
        """Refuse a caseworker who did not say so herself: nobody is named without her consent.

        Raises:
            Refused: `bad-proof`.
        """
        digest = consent(named_by(self.recipient), self.role, named_by(self.custodian))
        spelt = len(self.proof) == _PROOF and set(self.proof) <= set("0123456789abcdef")
        proof = bytes.fromhex(self.proof) if spelt else b""
        if not (spelt and keys.verifies(bytes.fromhex(self.key), digest, proof)):
            raise Refused("bad-proof", "the proof is not the caseworker's sig over what is said")


def named_by(recipient: str) -> str:
    """Give what a charter says of a recipient: itself, or the SHA-256 of one that is too long."""
    return sha256(recipient.encode()).hexdigest() if recipient.startswith(HYBRID) else recipient


def is_sum(text: str) -> bool:
    """Tell whether a charter's word is the SHA-256 of a recipient."""
    return bool(_SUM.fullmatch(text))


def consent(recipient: str, role: str, custodian: str) -> bytes:
    """Give the 32 bytes that a caseworker signs: BIP-340's tagged hash of the three fields."""
    said = b"%b\0%b\0%b" % (recipient.encode(), role.encode(), custodian.encode())
    return sha256(_CONSENT + _CONSENT + said).digest()


def refuse_doubles(caseworkers: Sequence[Caseworker]) -> None:
    """Refuse a writer key or a recipient that stands twice: who reads must be countable.

    Raises:
        Refused: `bad-tags`; `bad-recipient` where two sorts are mixed.
    """
    named = [one.key for one in caseworkers]
    read_with = [one.recipient for one in caseworkers]
    read_with += [one.custodian for one in caseworkers if one.custodian]
    if len(set(named)) != len(named) or len(set(read_with)) != len(read_with):
        raise Refused("bad-tags", "a caseworker's key or a recipient stands twice")
    sorts = {one.sort for one in caseworkers}
    if len(sorts) > 1:
        raise Refused("bad-recipient", "recipients of one sort: the weaker one decides")
    if "hybrid" in sorts and len(caseworkers) > limits.RECIPIENTS_HYBRID:
        raise Refused("bad-tags", f"at most {limits.RECIPIENTS_HYBRID} with hybrid recipients")


def _sort_of(text: str) -> Sort:
    if is_sum(text):
        return "hybrid"
    found = bech32.read("age", text)
    if found is None or len(found) != _RECIPIENT_BYTES:
        raise Refused(
            "bad-recipient", "age1 and 32 bytes in Bech32, or the SHA-256 of a hybrid one"
        )
    return "x25519"
