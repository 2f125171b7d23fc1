"""Sealing: from what is said to the envelope that a node takes; all of them look alike."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from wayhome.cases import proof_of_work
from wayhome.cases.body import Place, write
from wayhome.cases.kinds.sealed import NUMBER, Blob
from wayhome.cases.said import PersonalDetails, Statement
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import BadKey, Recipient
from wayhome.crypto.seal import seal
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import to_day
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.signing import sign

_DAY = 86_400
_NONCE = 8  # bytes


@dataclass(frozen=True, slots=True)
class Outside:
    """What an envelope shows beside its place: the day of `now`, the work done, its files."""

    now: int
    bits: int
    blobs: Sequence[Blob] = ()


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What is said, where it belongs, and who writes it."""

    said: Statement = field(repr=False)
    place: Place
    writer: SecretKey = field(repr=False)


def readers(charter: Charter, said: Statement) -> tuple[Recipient, ...]:
    """Give those whom a family's first words are for: intake, or custodians where it is a name."""
    if isinstance(said, PersonalDetails):
        named = (one.custodian for one in charter.caseworkers if one.custodian)
    else:
        named = (one.recipient for one in charter.caseworkers if one.role == "intake")
    return tuple(dict.fromkeys(Recipient(one) for one in named))


def places(charter: Charter) -> int:
    """Give how many recipients every envelope under a charter has, whoever it is for."""
    return max(limits.RECIPIENTS_LEAST, len(charter.caseworkers))


def make_envelope(
    enclosed: Enclosed, recipients: Sequence[Recipient], places_: int, outside: Outside
) -> Record:
    """Seal a statement into an envelope, signed by a key that nobody keeps.

    Raises:
        Refused: `too-large`, `bad-form`, see `cases.body.write`; `bad-form` too where nothing can
            be sealed for the recipients: a stranger may have named one for an answer.
    """
    plain = write(enclosed.said, enclosed.place, enclosed.writer)
    try:
        content = b64encode(seal(plain, recipients, places_)).decode("ascii")
    except BadKey as error:
        raise Refused("bad-form", "a recipient is none that can be sealed for") from error
    secret, day = keys.new_secret_key(), to_day(outside.now)
    asked = _tags(enclosed.place, outside, bytes(_NONCE))
    digest = proof_of_work.digest_of(keys.public_key(secret), day, NUMBER, asked, content)
    nonce = proof_of_work.do(digest, outside.bits) if outside.bits else bytes(_NONCE)
    return sign(Draft(NUMBER, _tags(enclosed.place, outside, nonce), content, day), secret)


def _tags(place: Place, outside: Outside, nonce: bytes) -> tuple[Tag, ...]:
    ends = to_day(outside.now) + limits.ENVELOPE_DAYS * _DAY
    return (
        ("g", place.g),
        ("charter", place.charter),
        ("s", place.s),
        ("expiration", str(ends)),
        ("work", nonce.hex(), str(outside.bits)),
        *(("blob", one.id, str(one.size)) for one in outside.blobs),
    )
