"""What is packed comes out as it was, and what is no parcel of ours costs next to nothing."""

import asyncio
import zlib

import pytest

from wayhome.codec import limits
from wayhome.relay.outbox import Outbox, Together
from wayhome.relay.parcels import BadParcel, is_parcel, pack, unpack

MANY = [b'["EOSE","%d"]' % number for number in range(limits.RELAY_PARCEL)]
BOMB = zlib.compress(bytes(64 * 1024 * 1024))


@pytest.mark.parametrize("texts", [MANY, MANY[:1], [b'["NOTICE","%b"]' % (b"x" * 200_000)]])
def test_what_is_packed_comes_out_text_by_text(texts: list[bytes]) -> None:
    packed = pack(texts)
    assert is_parcel(packed)
    assert not any(map(is_parcel, texts))
    assert unpack(packed) == texts


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"x", id="nothing packed"),
        pytest.param(b"x\x9cno", id="not packed"),
        pytest.param(pack(MANY)[:-1], id="cut short"),
        pytest.param(pack(MANY) + b"!", id="more behind it"),
        pytest.param(pack([*MANY, b"[]"]), id="a text too many"),
        pytest.param(pack([b"x" * (limits.PEER_MESSAGE + 1)]), id="a byte too many"),
        pytest.param(BOMB, id="64 MiB"),
    ],
)
def test_what_is_no_parcel_or_holds_too_much_is_refused(said: bytes) -> None:
    with pytest.raises(BadParcel):
        unpack(said)


def test_what_waits_together_is_never_more_than_a_parcel_may_hold() -> None:
    async def story() -> list[bytes]:
        outbox = Outbox(Together(limits.RELAY_UNREAD))
        for _ in range(2 * limits.RELAY_PARCEL):
            outbox.put(b"[]")
        return await outbox.first()

    together = asyncio.run(story())
    assert unpack(pack(together)) == together
