"""Blobs: a sealed file in chunks, named by the hash of the list of its chunks.

The file is filled up to one of ten sizes, so that its length tells next to nothing, and sealed to a
key of its own, which only the body that names it holds. So a case can be sealed anew for others
without touching its files, and a node can check every chunk without reading any.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from wayhome.codec.age import size_of
from wayhome.crypto.recipients import Identity, new_identity, recipient_of
from wayhome.crypto.seal import seal
from wayhome.records.refused import Refused

CHUNK: Final = 256 * 1024  # bytes; a lost line costs one of them
SMALLEST: Final = 64 * 1024
LARGEST: Final = 25 * 2**20
BUCKETS: Final = (*(SMALLEST << k for k in range(9)), LARGEST)
LENGTH_BYTES: Final = 8
HASH_BYTES: Final = 32


class BadBlob(Exception):  # noqa: N818 - whoever sealed or kept it is at fault
    """Chunks are missing or changed, or what comes out is not what was promised."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A sealed file, and the key that opens it. An envelope names its id and its bucket."""

    id: str
    bucket: int
    hashes: bytes  # the list: 32 bytes a chunk
    chunks: tuple[bytes, ...] = field(repr=False)
    key: Identity = field(repr=False)


def bucket_of(size: int) -> int:
    """Give the size that a file of so many bytes is filled up to.

    Raises:
        Refused: too-large.
    """
    for bucket in BUCKETS:
        if LENGTH_BYTES + size <= bucket:
            return bucket
    raise Refused("too-large", f"a file has at most {BUCKETS[-1] - LENGTH_BYTES} bytes")


def make(content: bytes) -> Blob:
    """Seal a file to a new key and cut it.

    Raises:
        Refused: too-large.
    """
    bucket, key = bucket_of(len(content)), new_identity("x25519")
    plain = (len(content).to_bytes(LENGTH_BYTES, "big") + content).ljust(bucket, b"\0")
    sealed = seal(plain, [recipient_of(key)])
    chunks = tuple(sealed[at : at + CHUNK] for at in range(0, len(sealed), CHUNK))
    hashes = b"".join(sha256(chunk).digest() for chunk in chunks)
    return Blob(blob_id(hashes), bucket, hashes, chunks, key)


def blob_id(hashes: bytes) -> str:
    """Give the id of a list of chunks."""
    return sha256(hashes).hexdigest()


def chunk_sizes(bucket: int) -> tuple[int, ...]:
    """Give the length of each chunk of a blob of this bucket."""
    whole = size_of("x25519", 1, bucket)
    return tuple(min(CHUNK, whole - at) for at in range(0, whole, CHUNK))


def is_chunk(hashes: bytes, number: int, chunk: bytes) -> bool:
    """Tell whether these bytes are the chunk of that number."""
    return sha256(chunk).digest() == hashes[number * HASH_BYTES : (number + 1) * HASH_BYTES]


def missing(hashes: bytes, chunks: Sequence[bytes | None]) -> Iterator[int]:
    """Give the numbers of chunks that are not there, or not the ones of the list."""
    for number in range(len(hashes) // HASH_BYTES):
        chunk = chunks[number] if number < len(chunks) else None
        if chunk is None or not is_chunk(hashes, number, chunk):
            yield number


def joined(blob: str, hashes: bytes, chunks: Sequence[bytes | None]) -> bytes:
    """Join all chunks of a blob, each of them checked: the sealed file.

    Raises:
        BadBlob: a chunk is missing or another, or the list is another blob's.
    """
    if blob_id(hashes) != blob or len(chunks) * HASH_BYTES != len(hashes):
        raise BadBlob("the list is not this blob's")
    if any(True for _ in missing(hashes, chunks)):
        raise BadBlob("chunks are missing or changed")
    return b"".join(chunk for chunk in chunks if chunk is not None)


def content_of(plain: bytes, size: int, digest: str) -> bytes:
    """Take the file out of what was sealed, and see that it is the one that the body promised.

    Raises:
        BadBlob: it is another, or was filled up with something.
    """
    end = LENGTH_BYTES + int.from_bytes(plain[:LENGTH_BYTES], "big")
    content = plain[LENGTH_BYTES:end]
    if len(plain) not in BUCKETS or len(content) != size or any(plain[end:]):
        raise BadBlob("the file is not of the length that was promised")
    if sha256(content).hexdigest() != digest:
        raise BadBlob("the file is not the one that was promised")
    return content
