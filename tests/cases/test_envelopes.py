"""Envelopes at a node: what it takes, when it shows them, how they end."""

import asyncio
import json
import secrets
from base64 import b64encode
from collections.abc import Sequence

import pytest

from agefiles import sealed_file
from cases.envelopes import DAY, NOW, Sealed, amend
from cases.kind_cases import LARGE, blob
from cases.nodes import SEALED, OfGroup
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.slots import Slots, shard_bits, shard_of, slot_row
from wayhome.records.record import read_line
from wayhome.records.refused import Refused
from wayhome.web.mirror import leaves


def refusal(reason: str) -> tuple[int, dict[str, str]]:
    return 400, {"refused": reason}


def reasons(answers: Sequence[object]) -> list[str]:
    return [one.reason if isinstance(one, Refused) else "" for one in answers]


def test_three_recipients_and_the_smallest_body_are_3260_characters(of_group: OfGroup) -> None:
    envelope = Sealed(of_group.charter, file=sealed_file(3, 2_048))
    assert len(envelope.file) == 2_444
    assert len(envelope.record.content) == 3_260
    assert of_group.send(envelope.record.line)[0][0] == 202
    for more in (-1, 1, 3):
        other = envelope.but(file=sealed_file(3, 2_048 + more))
        assert of_group.send(other.line) == [refusal("bad-size")]


def test_eight_hybrid_recipients_and_the_largest_body_fit_a_record(of_group: OfGroup) -> None:
    blobs = tuple(blob(n, 4_194_304) for n in range(10))
    envelope = Sealed(of_group.charter, file=sealed_file(8, 32_768, "hybrid"), blobs=blobs)
    record = envelope.record
    assert len(record.content) == 60_436
    assert len(record.line) < 65_536
    assert Envelope.of(record).outside.recipients == 8
    nine = envelope.but(file=sealed_file(9, 2_048, "hybrid"), bits=0)
    assert of_group.send(nine.line) == [refusal("too-many-recipients")]
    # the charter's own recipients are of the other sort: the weaker one would decide
    assert of_group.send(record.line) == [refusal("recipient-count")]


def test_eleven_attachments_and_sixty_one_mebibytes_are_refused(of_group: OfGroup) -> None:
    eleven = tuple(blob(n) for n in range(11))
    more = (blob(1, LARGE), blob(2, LARGE), blob(3, 8_388_608), blob(4, 4_194_304))
    sent = [Sealed(of_group.charter, blobs=blobs, bits=0).record.line for blobs in (eleven, more)]
    assert of_group.send(*sent) == [refusal("bad-tags"), refusal("bad-blob")]


def test_what_a_person_gives_is_shown_at_the_next_full_hour_by_id(of_group: OfGroup) -> None:
    sent = []
    for minute in (0, 7, 33):
        of_group.now = NOW + 40 * 3_600 + 60 * minute
        record = Sealed(of_group.charter, at=NOW + DAY, slot=secrets.token_hex(16)).record
        answer = of_group.send(record.line)[0]
        assert answer == (202, {"held": record.id, "until": NOW + 41 * 3_600})
        sent.append(record)
    of_group.tick()
    assert of_group.public == []
    assert of_group.get(f"/envelopes/{of_group.charter.id}/slots").content == b""
    of_group.again()
    assert of_group.held == 3
    of_group.now = NOW + 41 * 3_600 + 900
    of_group.tick()
    assert of_group.held == 0
    released = [line[7:71].decode() for line in of_group.node.store.lines(SEALED)]
    assert released == sorted(one.id for one in sent)
    assert not list(of_group.folder.glob("held/*.page")), "nothing tells any more when they came"


def test_what_a_peer_gives_is_public_at_once(of_group: OfGroup) -> None:
    record = Sealed(of_group.charter).record
    of_group.take([record])
    assert of_group.public == [record]


def test_an_amendment_while_the_form_is_open_asks_to_seal_again_and_stops_nothing_older(
    of_group: OfGroup,
) -> None:
    before = Sealed(of_group.charter).record
    after = amend(of_group.world, of_group.charter, "vw")
    of_group.take([after])
    assert of_group.send(before.line) == [refusal("old-recipients")]
    # the same text, sealed again for those in office now
    again = Sealed(after, file=sealed_file(2)).record
    assert of_group.send(again.line)[0][0] == 202
    # what another node took before the amendment still spreads
    of_group.take([before])
    assert of_group.public == [before]


def test_a_group_that_is_no_home_gets_no_envelopes(of_group: OfGroup) -> None:
    other = Sealed(of_group.charter, group="9" * 64).record
    assert of_group.send(other.line) == [refusal("unknown-group")]
    assert reasons(of_group.take([other])) == ["unknown-group"]


def test_with_sixty_percent_of_a_day_taken_work_is_asked_and_the_slow_lane_is_closed(
    of_group: OfGroup,
) -> None:
    envelope = Sealed(of_group.charter, bits=0)
    slow = [envelope.but(slot=secrets.token_hex(16)).line for _ in range(21)]
    answers = of_group.send(*slow)
    assert [status for status, _ in answers[:20]] == [202] * 20
    assert answers[20] == refusal("slow-lane-full")
    state = json.loads(of_group.get(f"/envelopes/{of_group.charter.id}.json").content)
    assert (state["bits"], state["slow"]) == (16, False)
    of_group.pass_hour()
    assert of_group.send(slow[20])[0][0] == 202, "a new hour"
    of_group.take([envelope.but(slot=secrets.token_hex(16)) for _ in range(300 - 21)])
    state = json.loads(of_group.get(f"/envelopes/{of_group.charter.id}.json").content)
    assert (state["bits"], state["slow"]) == (20, False)
    assert of_group.send(envelope.record.line) == [refusal("slow-lane-full")]
    assert of_group.send(envelope.but(bits=18).line) == [refusal("need-work")]
    assert of_group.send(envelope.but(bits=20).line)[0][0] == 202


def test_what_is_held_counts_after_a_restart_too(of_group: OfGroup) -> None:
    envelope = Sealed(of_group.charter, bits=0)
    of_group.send(*(envelope.but(slot=secrets.token_hex(16)).line for _ in range(20)))
    of_group.again()
    assert of_group.send(envelope.record.line) == [refusal("slow-lane-full")]


def test_an_envelope_lapses_after_a_year_and_nobody_brings_it_back(of_group: OfGroup) -> None:
    old, young = Sealed(of_group.charter).record, Sealed(of_group.charter, at=NOW + DAY).record
    of_group.take([old, young])
    slots = f"/envelopes/{of_group.charter.id}/slots"
    of_group.now = NOW + 365 * DAY - 1
    of_group.tick()
    assert of_group.public == sorted([old, young], key=lambda one: one.id)
    of_group.now = NOW + 365 * DAY
    of_group.tick()
    assert of_group.public == [young]
    assert len(of_group.get(slots).content) == 16
    assert of_group.node.store.lapsed() == [old.id]
    assert reasons(of_group.take([old])) == ["expired"]
    assert old.line not in b"".join(of_group.node.store.lines(SEALED))
    of_group.now = NOW  # a clock that was set back
    assert reasons(of_group.take([old])) == ["expired"]
    of_group.again()
    assert of_group.public == [young]


def test_a_clock_that_is_years_ahead_lets_go_of_nothing(of_group: OfGroup) -> None:
    families = [Sealed(of_group.charter).record, Sealed(of_group.charter, at=NOW + DAY).record]
    of_group.take(families)
    of_group.now = NOW + 3_650 * DAY  # a battery that died, or a lie over the network
    of_group.tick()
    assert of_group.node.store.lapsed() == []
    of_group.now = NOW
    of_group.tick()
    assert of_group.public == sorted(families, key=lambda one: one.id)
    of_group.now = NOW + (366 + 60) * DAY  # two months off, and not longer
    of_group.tick()
    assert of_group.public == []


def test_a_return_visit_takes_the_list_and_one_whole_shard_and_there_are_five_bits(
    of_group: OfGroup,
) -> None:
    rows = [slot_row(1, secrets.token_hex(16), secrets.token_hex(32)) for _ in range(1_000)]
    view = Slots.of(rows[:600]).noting(rows[700:]).noting(rows[500:])
    assert view.list == Slots.of(rows[::-1]).list
    assert view.of_day(1) == len(view) == 1_000
    assert view.bits == shard_bits(1_000) == 5
    assert [shard_bits(n) for n in (0, 1, 31, 32, 63, 64, 20_000)] == [0, 0, 0, 1, 1, 2, 10]
    shards = [view.shard(number) for number in range(32)]
    assert sum(map(len, shards)) == 1_000
    for row in rows[:100]:
        assert row[:32].hex() in shards[shard_of(row[36:], 5)]
    slots = [view.list[at : at + 16] for at in range(0, 16_000, 16)]
    assert slots == sorted(row[36:] for row in rows)

    made = [Sealed(of_group.charter, slot=f"{n:02x}" + "0" * 30, bits=0).record for n in range(40)]
    of_group.take(made)
    at = f"/envelopes/{of_group.charter.id}"
    listed = of_group.get(f"{at}/slots").content
    assert listed == b"".join(bytes([n]) + bytes(15) for n in range(40))
    low = of_group.get(f"{at}/1/0.jsonl")
    assert {read_line(line).id for line in low.content.splitlines()} == {one.id for one in made}
    assert of_group.get(f"{at}/1/1.jsonl").content == b""
    assert low.headers["cache-control"] == "no-store"
    assert low.headers["access-control-allow-origin"] == "*"
    for gone in ("0/0", "2/0", "1/2", "1/-1", "01/0", "1/x"):
        assert of_group.get(f"{at}/{gone}.jsonl").status_code == 404
    assert of_group.get(f"/envelopes/{'9' * 64}/slots").status_code == 404


def test_a_mirror_has_the_list_and_every_shard_as_the_node_gives_them(of_group: OfGroup) -> None:
    made = [Sealed(of_group.charter, slot=f"{n:02x}" * 16, bits=0).record for n in range(0, 240, 6)]
    of_group.take(made)
    found = {leaf.path: b"".join(leaf.chunks()) for leaf in leaves(of_group.node.site)}
    at = f"envelopes/{of_group.charter.id}"
    names = [f"{at}/slots", f"{at}/1/0.jsonl", f"{at}/1/1.jsonl"]
    assert sorted(path for path in found if path.startswith("envelopes/")) == sorted(names)
    for path in names:
        assert found[path] == of_group.get(f"/{path}").content != b""


def test_a_page_is_given_every_charter_and_cosign_to_check_for_itself(of_group: OfGroup) -> None:
    after = amend(of_group.world, of_group.charter, "vw")
    of_group.take([after])
    said = json.loads(of_group.get(f"/envelopes/{of_group.charter.id}.json").content)
    assert {one["id"] for one in said["records"]} == {one.id for one in of_group.world.records}
    assert said["now"] == of_group.now
    assert (said["bits"], said["slow"]) == (16, True)


WORDS = ("Мужа второй раз отправляют в часть", "canary-of-a-family", "+7 900 000 00 00")


def bodies(number: int, of_group: OfGroup) -> list[bytes]:
    """Give so many bodies of every sort that is no envelope."""
    good = Sealed(of_group.charter, bits=0, author="x")
    plain = good.record
    armour = "-----BEGIN AGE ENCRYPTED FILE-----\n{}\n-----END AGE ENCRYPTED FILE-----"
    head = plain.content[: 4 * (len(plain.content) // 8)]
    made: list[bytes] = []
    while len(made) < number:
        words = f"{WORDS[len(made) % 3]} {secrets.token_hex(4)}"
        contents = (
            words,
            f"<p onclick=x>{words}</p>",
            b64encode(words.encode() * 60).decode(),
            armour.format(b64encode(words.encode() * 60).decode()),
            head + b64encode(words.encode()).decode(),
            plain.content[: -4 * (1 + len(made) % 600)],
            f'{{"encrypted": true, "body": "{words}"}}',
            plain.content + words,
        )
        tags = plain.tags
        made += [good.but(content=one, tags=tags).line for one in contents]
        made += [
            good.but(at=NOW + 1 + len(made)).line,
            good.but(ends=str(NOW + (29 + len(made) % 330) * DAY)).line,
            good.but(ends=str(NOW + (366 + len(made) % 50) * DAY)).line,
            good.but(tags=(*tags, ("encrypted", words))).line,
            good.but(tags=(*tags[:4], ("client_side_encrypted", "true"))).line,
            plain.line.replace(plain.content.encode(), words.encode()),
            words.encode(),
            f"<html><body>{words}</body></html>".encode(),
            f"message={words}&client_side_encrypted=true".encode(),
        ]
    return made[:number]


REFUSED = {
    *("bad-content", "bad-size", "bad-time", "bad-expiration", "bad-tags"),
    *("bad-form", "bad-id"),
}


def files(of_group: OfGroup) -> dict[str, bytes]:
    """Give every file of the node but the memory that SQLite's connections share."""
    found = (path for path in of_group.folder.rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in found if not path.name.endswith("-shm")}


def test_four_hundred_bodies_that_are_no_envelopes_leave_no_byte(of_group: OfGroup) -> None:
    before = files(of_group)
    answers = of_group.send(*bodies(400, of_group))
    assert {status for status, _ in answers} == {400}
    assert {said["refused"] for _, said in answers} == REFUSED
    assert files(of_group) == before


def none_of_ten_thousand_reaches_the_disk(of_group: OfGroup) -> None:
    async def offered() -> list[object]:
        lines = bodies(10_000, of_group)
        return [one async for one in of_group.node.intake.receive_lines(lines, "person")]

    before = files(of_group)
    assert set(reasons(asyncio.run(offered()))) == REFUSED
    assert files(of_group) == before


@pytest.mark.slow
def test_ten_thousand_bodies_that_are_no_envelopes_leave_no_byte(of_group: OfGroup) -> None:
    none_of_ten_thousand_reaches_the_disk(of_group)


@pytest.mark.slow
@pytest.mark.soak
def test_a_million_bodies_that_are_no_envelopes_leave_no_byte(of_group: OfGroup) -> None:
    for _ in range(100):
        none_of_ten_thousand_reaches_the_disk(of_group)
