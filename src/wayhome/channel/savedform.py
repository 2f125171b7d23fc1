"""Saved form: the help page's form as one file, and whether a group has signed these very bytes.

A file cannot vouch for itself: what it shows is what its maker wanted. So the group signs a post
that names the SHA-256 of all its bytes, and the node puts the proof of that post behind them, as a
comment that no browser looks at. Another program tells whether the two belong together.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from wayhome.channel.proof import Proof, read_proof
from wayhome.codec import limits
from wayhome.records.refused import Refused

_BEGINS = b"<!doctype html>"
_BEHIND = re.compile(rb"<!-- wayhome-proof ([A-Za-z0-9+/]+={0,2}) -->\n\Z")

Word = Literal["genuine", "altered", "unsigned"]


@dataclass(frozen=True, slots=True)
class SavedForm:
    """A form in a file; `proof` is of the post behind it, where it is one that can be read."""

    word: Word
    sum: str
    proof: Proof | None = None


def line_of(digest: str) -> str:
    """Give the line that a group's post has when it signs a form.

    A line by itself, so that a post that warns of a file does not sign it.
    """
    return f"wayhome-form sha256 {digest}"


def signs(text: str, digest: str) -> bool:
    """Tell whether a post's text signs a form."""
    return line_of(digest) in (one.strip() for one in text.splitlines())


def write_signed(body: bytes, proof: bytes) -> bytes:
    """Put the proof of the post behind a form."""
    return b"%b<!-- wayhome-proof %b -->\n" % (body, b64encode(proof))


def is_form(raw: bytes) -> bool:
    """Tell whether a file means to be a form; whether it is one of a group, `read_form` tells."""
    return raw.startswith(_BEGINS) and b' data-records="' in raw


def read_form(raw: bytes) -> SavedForm:
    """Judge a file by itself, believing nobody.

    Raises:
        Refused: `too-large`.
    """
    if len(raw) > limits.FORM_BYTES:
        raise Refused("too-large", f"a form has at most {limits.FORM_BYTES} bytes")
    found = _BEHIND.search(raw)
    body = raw[: found.start()] if found else raw
    digest = sha256(body).hexdigest()
    if found is None:
        return SavedForm("unsigned", digest)
    try:
        proof = read_proof(b64decode(found[1], validate=True))
    except (Refused, ValueError):  # ValueError: what stands there is no base64
        return SavedForm("altered", digest)
    is_signed = proof.is_official and signs(proof.record.content, digest)
    # whom it seals for is what that charter says, and the form has to have it
    has_charter = proof.post.charter.encode() in body
    return SavedForm("genuine" if is_signed and has_charter else "altered", digest, proof)
