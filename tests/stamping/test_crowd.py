"""A crowd at a desk: whoever finds the queue full is told to come again, and spends nothing."""

import asyncio
from pathlib import Path

from stamping.desks import blinded, open_desk, parts, request
from wayhome.codec import limits
from wayhome.records.refused import Refused

BEYOND = 5


def test_who_finds_the_queue_full_is_told_so_and_can_ask_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    try:
        secrets = parts(desk, limits.STAMP_QUEUE + BEYOND)
        asked = [request(desk, secret, blinded(desk)) for secret in secrets]

        async def all_at_once() -> list[bytes | BaseException]:
            return await asyncio.gather(*map(desk.stamp, asked), return_exceptions=True)

        answers = asyncio.run(all_at_once())
        refused = [i for i, answer in enumerate(answers) if isinstance(answer, Refused)]
        assert {answers[i].reason for i in refused} == {"busy"}
        assert len(refused) == BEYOND
        assert desk.refresh().issued == limits.STAMP_QUEUE
        for i in refused:
            assert asyncio.run(desk.stamp(asked[i]))
        assert desk.refresh().issued == len(secrets)
    finally:
        desk.close()
