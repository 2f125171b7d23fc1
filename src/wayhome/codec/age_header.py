"""The header of an age file, in its one spelling: who can open it, without opening it.

https://c2sp.org/age: a line of the version, a stanza per recipient, and a line with the header's
MAC. Whatever follows is the sealed text, which only `crypto` can read.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = b"age-encryption.org/v1\n"
MAC_BYTES = 32
_LINE = 64  # columns of a stanza's body; the last line is shorter, if need be empty
_ARROW = re.compile(rb"->(?: [\x21-\x7e]+)+")
_MARK = b"-> "
_END = b"---"
_LAST = {2: b"AQgw", 3: b"AEIMQUYcgkosw048"}


class BadFile(Exception):  # noqa: N818 - whoever made the file is at fault
    """It is no age file, or was changed; the message says which part, never what stands there."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """What one recipient needs to open the file: a kind with its arguments, and a body."""

    args: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it was read; `covered` is what the MAC is over, `size` where the text begins."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    covered: bytes
    size: int


def write_header(stanzas: Iterable[Stanza]) -> bytes:
    """Write all that the MAC is over; after it come a space, the MAC and a line feed."""
    return VERSION + b"".join(_written(stanza) for stanza in stanzas) + _END


def write_mac(mac: bytes) -> bytes:
    """Write the end of the header's last line."""
    return b" " + _unpadded(mac) + b"\n"


def read_header(raw: bytes) -> Header:
    """Read a header strictly.

    Raises:
        BadFile: it is spelled in any other way.
    """
    if not raw.startswith(VERSION):
        raise BadFile("header: not an age file of version 1")
    stanzas, at = [], len(VERSION)
    while not raw.startswith(_END, at):
        stanza, at = _stanza(raw, at)
        stanzas.append(stanza)
    line, end = _line(raw, at)
    if not stanzas or line[: len(_END) + 1] != _END + b" ":
        raise BadFile("header: stanzas, then three hyphens and a space")
    mac = _decoded(line[len(_END) + 1 :])
    if len(mac) != MAC_BYTES:
        raise BadFile("header: a MAC is 32 bytes")
    return Header(tuple(stanzas), mac, raw[: at + len(_END)], end)


def _stanza(raw: bytes, at: int) -> tuple[Stanza, int]:
    line, at = _line(raw, at)
    if not _ARROW.fullmatch(line):
        raise BadFile("header: a stanza begins with an arrow and its arguments")
    args, body = line[len(_MARK) :].decode("ascii"), bytearray()
    while True:
        line, at = _line(raw, at)
        body += line
        if len(line) != _LINE:
            break
    if len(line) > _LINE:
        raise BadFile("header: a line of a stanza has 64 columns at most")
    return Stanza(tuple(args.split(" ")), _decoded(bytes(body))), at


def _line(raw: bytes, at: int) -> tuple[bytes, int]:
    end = raw.find(b"\n", at)
    if end < 0:
        raise BadFile("header: it ends in the middle of a line")
    return raw[at:end], end + 1


def _written(stanza: Stanza) -> bytes:
    body = _unpadded(stanza.body)
    lines = [body[at : at + _LINE] for at in range(0, len(body) + 1, _LINE)]
    return b"-> " + " ".join(stanza.args).encode("ascii") + b"\n" + b"\n".join(lines) + b"\n"


def read_unpadded(text: str) -> bytes:
    """Read an argument in base64 without padding.

    Raises:
        BadFile: it is spelled in any other way.
    """
    return _decoded(text.encode("ascii"))


def write_unpadded(raw: bytes) -> str:
    """Write an argument in base64 without padding."""
    return _unpadded(raw).decode("ascii")


def _unpadded(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    over = len(text) % 4  # signs behind the last whole group
    # the last sign of such a rest has bits that say nothing: in the one spelling they are zero
    is_spelled = over != 1 and text[-1:] in _LAST.get(over, text[-1:]) and text[-1:] != b"="
    try:
        if is_spelled:
            return binascii.a2b_base64(text + b"=" * (-over % 4), strict_mode=True)
    except binascii.Error:
        pass
    raise BadFile("header: base64 without padding, in its one spelling")
