"""Envelopes and their attachments between running nodes: to those of the group, and to no other."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cases.envelopes import DAY, Sealed, found
from cases.nodes import SEALED
from cases.test_attachments import Blob, made
from cli.town import Town, town
from groups.world import World
from ports import free_port
from wayhome.records.record import Record

pytestmark = pytest.mark.slow


@dataclass
class Passing:
    """Two nodes of one group and one of another, each fetching; the first was handed envelopes."""

    town: Town
    addresses: list[str]
    charter: Record
    blob: Blob
    today: int

    def held(self) -> list[int]:
        return [self.town.nodes[one].store.count(SEALED) for one in self.addresses]

    def get(self, node: int, path: str) -> bytes:
        return httpx.get(self.addresses[node] + path, timeout=120).content


@pytest.fixture
def passing(tmp_path: Path) -> Iterator[Passing]:
    with town() as nodes:
        today = nodes.clock.at - nodes.clock.at % DAY
        world = World(lambda: today)
        charter, other = found(world), found(world, "uv", "Урал ждёт")
        addresses: list[str] = []
        for number, one in enumerate((charter, charter, other)):
            folder = tmp_path / str(number)
            addresses.append(nodes.serve(folder, one.id, free_port(), tuple(addresses)))
        blob = made(524_288)
        said = Sealed(charter, at=today, bits=0, blobs=(("blob", blob.id, str(blob.size)),))
        more = [said.but(blobs=(), slot=secrets.token_hex(16)) for _ in range(3)]
        assert post(addresses[0], [charter]) == post(addresses[2], [other]) == [200]
        assert post(addresses[0], [said.record, *more]) == [202] * 4
        httpx.put(
            f"{addresses[0]}/blob/{blob.id}/list", content=blob.hashes, timeout=120
        ).raise_for_status()
        for number, chunk in enumerate(blob.pieces):
            answer = httpx.put(
                f"{addresses[0]}/blob/{blob.id}/{number}", content=chunk, timeout=120
            )
            answer.raise_for_status()
        yield Passing(nodes, addresses, charter, blob, today)


def post(node: str, records: list[Record]) -> list[int]:
    return [
        httpx.post(f"{node}/records", content=one.line, timeout=120).status_code for one in records
    ]


def test_an_envelope_reaches_the_groups_other_node_after_the_hour_and_no_other(
    passing: Passing,
) -> None:
    nodes = passing.town
    nodes.settle()
    assert passing.held() == [0, 0, 0], "nothing before the hour"
    nodes.clock.at += 3_600 - nodes.clock.at % 3_600
    nodes.settle()
    assert passing.held() == [4, 4, 0]
    slots = f"/envelopes/{passing.charter.id}/slots"
    assert passing.get(0, slots) == passing.get(1, slots) != b""
    asked = nodes.nodes[passing.addresses[2]].peers.all
    assert [dict(one.not_taken) for one in asked] == [{}, {}], "it was not even offered any"


def test_a_file_follows_its_envelope_and_both_lapse_after_a_year(passing: Passing) -> None:
    nodes, blob = passing.town, passing.blob
    nodes.clock.at += 3_600 - nodes.clock.at % 3_600
    nodes.settle()
    there = nodes.nodes[passing.addresses[1]]
    nodes.call(there.attachments.fetch(there.peers.files))
    assert passing.get(1, f"/blob/{blob.id}/2") == blob.pieces[2]
    nodes.clock.at = passing.today + 365 * DAY
    nodes.settle()
    assert passing.held() == [0, 0, 0]
    assert not there.attachments.there
