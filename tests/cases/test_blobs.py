"""A file travels in chunks, shows one of ten sizes, and comes out as it went in or not at all."""

import random
from hashlib import sha256

import pytest
from msgspec.structs import replace

from wayhome.cases import blobs
from wayhome.cases.blobs import BUCKETS, CHUNK, BadBlob
from wayhome.cases.said import File
from wayhome.crypto.recipients import new_identity
from wayhome.desk.opening import open_file
from wayhome.records.refused import Refused

MIB = 2**20


def chance(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311 - any bytes do


def named(blob: blobs.Blob, content: bytes) -> File:
    digest = sha256(content).hexdigest()
    return File(blob.id, blob.key, "a.pdf", "application/pdf", len(content), digest, "document")


def opened(blob: blobs.Blob, content: bytes) -> bytes:
    return open_file(named(blob, content), blob.hashes, blob.chunks)


@pytest.mark.parametrize("size", [0, 1, 65_528, 65_529, MIB - 1, MIB, MIB + 1])
def test_a_file_comes_out_as_it_went_in(size: int) -> None:
    content = chance(size)
    blob = blobs.make(content)
    assert opened(blob, content) == content
    assert tuple(map(len, blob.chunks)) == blobs.chunk_sizes(blob.bucket)


@pytest.mark.slow
def test_the_largest_file_goes_on_where_the_line_was_cut() -> None:
    # row 11: 101 chunks, and the 61 after the fortieth are sent again
    content = chance(25 * MIB - 8)
    blob = blobs.make(content)
    assert len(blob.chunks) == len(blob.hashes) // 32 == 101
    arrived: list[bytes | None] = [*blob.chunks[:40], *[None] * 61]
    wanted = list(blobs.missing(blob.hashes, arrived))
    assert wanted == list(range(40, 101))
    for number in wanted:
        arrived[number] = blob.chunks[number]
    assert blobs.joined(blob.id, blob.hashes, arrived) == b"".join(blob.chunks)
    assert opened(blob, content) == content


def test_files_of_any_length_show_ten_sizes() -> None:
    rng = random.Random(5)  # noqa: S311 - any lengths do
    seen = {blobs.bucket_of(rng.randint(0, 25 * MIB - 8)) for _ in range(5_000)}
    seen |= {blobs.bucket_of(2**k) for k in range(25)}
    assert seen == set(BUCKETS)
    assert len(BUCKETS) == 10
    assert BUCKETS[8] == 16 * MIB
    with pytest.raises(Refused, match="too-large"):
        blobs.bucket_of(25 * MIB - 7)


def test_ten_files_have_ten_names_and_keys_even_when_they_are_equal() -> None:
    made = [blobs.make(b"the same") for _ in range(10)]
    assert len({one.id for one in made}) == 10
    assert len({one.key for one in made}) == 10
    assert all(opened(one, b"the same") == b"the same" for one in made)


def test_one_flipped_bit_in_a_chunk_is_seen_before_it_is_opened() -> None:
    # row 12
    content = chance(3 * CHUNK)
    blob = blobs.make(content)
    for number, chunk in enumerate(blob.chunks):
        wrong = bytearray(chunk)
        wrong[len(wrong) // 2] ^= 1
        assert blobs.is_chunk(blob.hashes, number, chunk)
        assert not blobs.is_chunk(blob.hashes, number, bytes(wrong))
        chunks = [*blob.chunks[:number], bytes(wrong), *blob.chunks[number + 1 :]]
        with pytest.raises(BadBlob):
            blobs.joined(blob.id, blob.hashes, chunks)


def test_chunks_that_are_missing_swapped_or_of_another_list_are_not_joined() -> None:
    blob, other = blobs.make(chance(3 * CHUNK)), blobs.make(chance(3 * CHUNK))
    one, two, *rest = blob.chunks
    for chunks in ([one, two], [two, one, *rest], [None, two, *rest], [*blob.chunks, b""]):
        with pytest.raises(BadBlob):
            blobs.joined(blob.id, blob.hashes, chunks)
    with pytest.raises(BadBlob):
        blobs.joined(blob.id, other.hashes, other.chunks)


def test_a_file_that_is_not_the_promised_one_is_not_given_out() -> None:
    digest = sha256(b"file").hexdigest()
    plain = (4).to_bytes(8, "big") + b"file"
    right = plain.ljust(BUCKETS[0], b"\0")
    assert blobs.content_of(right, 4, digest) == b"file"
    longer, other = right[:7] + b"\5" + right[8:], right[:8] + b"life" + right[12:]
    for wrong in (plain, right[:-1] + b"1", longer, other):
        with pytest.raises(BadBlob):
            blobs.content_of(wrong, 4, digest)
    with pytest.raises(BadBlob):
        blobs.content_of(right, 5, digest)


def test_the_key_of_another_file_opens_nothing() -> None:
    blob = blobs.make(b"file")
    for key in (new_identity("x25519"), new_identity("hybrid"), blob.key[:-1]):
        with pytest.raises(BadBlob):
            open_file(replace(named(blob, b"file"), key=key), blob.hashes, blob.chunks)


def test_a_blob_prints_neither_its_key_nor_its_bytes() -> None:
    blob = blobs.make(b"secret")
    assert "AGE-SECRET" not in repr(blob)
    assert "chunks" not in repr(blob)
