"""Files that look like age's from outside, as nobody can open them: for what never opens one."""

import secrets
from base64 import b64encode

from wayhome.codec import age


def sealed_file(recipients: int = 3, inside: int = 2_048, sort: age.Sort = "x25519") -> bytes:
    """Give a file of the right form, of random bytes."""
    size = {"x25519": 32, "hybrid": 1_120}[sort]
    name = {"x25519": "X25519", "hybrid": "mlkem768x25519"}[sort]
    stanzas = b"".join(stanza(name, size) for _ in range(recipients))
    chunks = max(1, -(-inside // 65_536))
    payload = secrets.token_bytes(16 + inside + 16 * chunks)
    return b"age-encryption.org/v1\n" + stanzas + b"--- " + plain(32) + b"\n" + payload


def stanza(name: str, size: int) -> bytes:
    return f"-> {name} ".encode() + plain(size) + b"\n" + plain(32) + b"\n"


def plain(size: int) -> bytes:
    """Give random bytes in base64 without padding."""
    return b64encode(secrets.token_bytes(size)).rstrip(b"=")
