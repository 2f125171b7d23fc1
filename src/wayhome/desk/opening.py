"""Opening: from a sealed text to what its writer said, or to the drawer it belongs in."""

from base64 import b64decode
from collections.abc import Sequence

from wayhome.cases import blobs
from wayhome.cases.blobs import BadBlob
from wayhome.cases.body import Body, Drawer, Place
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.said import File
from wayhome.codec.age_header import BadFile
from wayhome.crypto.recipients import BadKey, Identity
from wayhome.crypto.unseal import NotForUs, Opener, unseal, unseal_with
from wayhome.records.record import Record


def open_body(sealed: bytes, place: Place, identities: Sequence[Identity]) -> Body:
    """Open an envelope's text with whichever of these identities it was sealed to.

    Whether its writer may say such a thing is asked later: `cases.body.is_by_right`.

    Raises:
        Drawer: it is not for us, or nothing that a case is made of.
    """
    return open_body_with(sealed, place, identities)[0]


def open_ready(sealed: bytes, place: Place, openers: Sequence[Opener]) -> tuple[Body, Identity]:
    """Open it with identities that were made ready, and tell with which.

    Raises:
        Drawer: as above.
    """
    try:
        plain, opener = unseal_with(sealed, openers)
    except NotForUs as error:
        raise Drawer("not-for-us") from error
    except BadFile as error:
        raise Drawer("bad-body") from error
    return Body.read(plain, place), opener.identity


def open_body_with(
    sealed: bytes, place: Place, identities: Sequence[Identity]
) -> tuple[Body, Identity]:
    """Open as `open_body` does, and say with which identity it was.

    Raises:
        Drawer: as `open_body`.
    """
    return open_ready(sealed, place, [Opener.of(one) for one in identities])


def open_envelope(record: Record, identity: Identity) -> Body:
    """Open an envelope as it travels.

    Raises:
        Drawer: as `open_body`.
    """
    envelope = Envelope.of(record)
    place = Place(envelope.group, envelope.charter, envelope.slot)
    return open_body(b64decode(record.content), place, [identity])


def open_file(file: File, hashes: bytes, chunks: Sequence[bytes | None]) -> bytes:
    """Open a file that a body names, from its list and its chunks. It is bytes, and not safe yet.

    Raises:
        BadBlob: chunks are missing, or it is not the file that the body promised.
    """
    sealed = blobs.joined(file.id, hashes, chunks)
    try:
        plain = unseal(sealed, [Identity(file.key)])
    except (NotForUs, BadFile, BadKey) as error:
        raise BadBlob("the key of the body does not open it") from error
    return blobs.content_of(plain, file.size, file.sha256)
