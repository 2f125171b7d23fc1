"""A running node's relay is at the node's own address, and its door is the one door."""

import asyncio
import json
from pathlib import Path

import pytest

from faults.life import Life
from petition_world import DAY, OPEN
from relaying import calling

pytestmark = pytest.mark.slow


def test_a_signature_by_websocket_is_held_and_told_when_its_window_ends(life: Life) -> None:
    node = life.node()
    node.start()
    life.publish(node)
    signed = life.signatures(3)
    address = f"{node.address.replace('http', 'ws')}/"
    of_petition = {"kinds": [3971], "#e": [life.petition]}

    async def run() -> list[str]:
        async with calling(address) as caller:
            assert await caller.stored("s", of_petition) == []
            for one in signed[:2]:
                held = ["OK", one.id, True, f"held: until {OPEN + DAY}"]
                assert await caller.offer(one) == held
                assert await caller.offer(one) == held
            with node.client() as client:
                assert life.send(client, signed[2]).status == 202
            assert await caller.count(of_petition) == 0
            opened = await caller.ask("NEG-OPEN", "n", {"kinds": [3971]}, "6100000200")
            assert opened == ["NEG-MSG", "n", "6100000200"]
            life.clock.set(OPEN + DAY)
            told = [(await caller.hear())[2]["id"] for _ in signed]
            assert await caller.count(of_petition) == len(signed)
        return told

    # ascending by id: nothing tells in which order, or by which door, they came
    assert asyncio.run(run()) == sorted(one.id for one in signed)


def test_its_introduction_is_there_too_and_nothing_else_by_websocket(life: Life) -> None:
    node = life.node()
    node.start()
    answer = node.ask("GET", "/", Accept="application/nostr+json")
    assert (answer.status, 77 in answer.said["supported_nips"]) == (200, True)
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert node.ask("GET", "/records", **upgrade).status == 403


def test_what_was_told_by_websocket_is_on_the_disk_when_the_node_dies(life: Life) -> None:
    node = life.node()
    node.start()
    life.publish(node)
    signed = life.signatures(1)[0]
    address = f"{node.address.replace('http', 'ws')}/"

    async def offered() -> None:
        async with calling(address) as caller:
            assert (await caller.offer(signed))[2] is True
            node.kill()

    asyncio.run(offered())
    node.start()
    life.clock.set(OPEN + DAY)
    life.wait_for(node, {signed.id})
    assert "Traceback" not in Path(node.log).read_text()
    assert json.loads(node.ask("GET", "/", Accept="application/nostr+json").body)["self"]
