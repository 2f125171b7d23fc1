"""From a draft to a record. Only the composition root, the desk's modules and tests come here."""

import orjson

from wayhome.codec import nip01
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.records.draft import Draft
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused


def sign(draft: Draft, secret_key: SecretKey) -> Record:
    """Sign ``draft``; what comes back was read again as a stranger would.

    Raises:
        Refused: the draft is not one that anyone would take (a control character, too large).
    """
    pubkey = keys.public_key(secret_key)
    try:
        parts = nip01.body(draft.tags, draft.content)
    except orjson.JSONEncodeError:  # a terminal gives bytes that are no text as lone surrogates
        raise Refused("bad-form", "a text that is not UTF-8") from None
    digest = nip01.id_of(pubkey, draft.created_at, draft.kind, parts)
    head = (digest.hex(), pubkey, draft.created_at, draft.kind)
    return read_line(nip01.line(head, parts, keys.sign(secret_key, digest).hex()))
