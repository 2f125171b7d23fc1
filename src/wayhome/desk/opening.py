"""Opening: from a sealed text to what its writer said, or to the drawer it belongs in."""

from collections.abc import Sequence

from wayhome.cases import blobs
from wayhome.cases.blobs import BadBlob
from wayhome.cases.body import Body, Drawer, Place
from wayhome.cases.said import File
from wayhome.codec.age_header import BadFile
from wayhome.crypto.recipients import BadKey, Identity
from wayhome.crypto.unseal import NotForUs, unseal


def open_body(sealed: bytes, place: Place, identities: Sequence[Identity]) -> Body:
    """Open an envelope's text with whichever of these identities it was sealed to.

    Whether its writer may say such a thing is asked later: `cases.body.is_by_right`.

    Raises:
        Drawer: it is not for us, or nothing that a case is made of.
    """
    try:
        plain = unseal(sealed, identities)
    except NotForUs as error:
        raise Drawer("not-for-us") from error
    except BadFile as error:
        raise Drawer("bad-body") from error
    return Body.read(plain, place)


def open_body_with(
    sealed: bytes, place: Place, identities: Sequence[Identity]
) -> tuple[Body, Identity]:
    """Open as `open_body` does, and say with which identity it was.

    Raises:
        Drawer: as `open_body`.
    """
    for one in identities:
        try:
            return open_body(sealed, place, [one]), one
        except Drawer as drawer:
            if drawer.word != "not-for-us":
                raise
    raise Drawer("not-for-us")


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
