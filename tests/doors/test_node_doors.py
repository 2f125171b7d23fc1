"""A node's machine doors: what comes in gets its reason, what goes out is exact.

Two nodes, processes of their own, get the same records in another order.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from doors.altered import again, altered
from faults.life import CLOSE, LISTS, Life, ids_of
from faults.processes import Answer, Nursery, Process, wait_until
from monsters import MONSTERS, ODD
from petition_world import DAY, OPEN
from wayhome.codec import limits
from wayhome.records.record import Record

pytestmark = pytest.mark.slow

SOON = 1.0  # seconds a client is waited for; a person's node waits longer
PUBLIC = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


@dataclass
class Doors:
    """Two nodes; what is good was sent to both, the first day is public."""

    life: Life
    first: Process
    second: Process
    good: list[Record] = field(default_factory=list)

    @property
    def at(self) -> str:
        return f"/petition/{self.life.petition}"

    def send(self, raw: bytes) -> Answer:
        """Bring a record to the first node."""
        return self.first.ask("POST", f"{self.at}/records", raw)

    def get(self, path: str) -> Answer:
        return self.first.ask("GET", path)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Iterator[Doors]:
    life = Life(tmp_path_factory.mktemp("doors"), nursery)
    # of the second alone, which is asked little: whoever speaks to the first has time
    doors = Doors(life, life.node("first"), life.node("second", deadlines={"BODY_DEADLINE": SOON}))
    doors.good = life.signatures(20)
    for node, records in ((doors.first, doors.good), (doors.second, doors.good[::-1])):
        node.start()
        life.publish(node)
        with node.client() as client:
            assert {life.send(client, record).status for record in records} == {202}
    life.clock.set(OPEN + DAY)
    for node in (doors.first, doors.second):
        life.wait_for(node, ids_of(doors.good))
    yield doors
    doors.first.stop()
    doors.second.stop()
    life.close()
    for log in (doors.first.log, doors.second.log):
        said = log.read_text()
        assert "Traceback" not in said, said
        assert "127.0.0.1" not in said


def test_every_monster_is_refused_with_its_reason(doors: Doors) -> None:
    for path in ("/records", f"{doors.at}/records"):
        found = {one.name: doors.first.ask("POST", path, one.raw) for one in MONSTERS}
        for one in MONSTERS:
            status = 413 if len(one.raw) > limits.HTTP_BODY else 400
            assert found[one.name].verdict == (status, one.reason), one.name
    for name, raw in ODD.items():  # good, but of a kind that no node carries
        assert doors.first.ask("POST", "/records", raw).verdict == (400, "unknown-kind"), name


def test_every_altered_signature_is_refused_with_its_reason_and_never_shown(doors: Doors) -> None:
    doors.life.clock.set(OPEN)
    try:
        tried = list(altered(doors.life))
        found = {one.name: doors.send(one.raw).verdict for one in tried}
    finally:
        doors.life.clock.set(OPEN + DAY)
    wrong = {one.name: (found[one.name], one.reason) for one in tried}
    assert {name: pair for name, pair in wrong.items() if pair[0] != (400, pair[1])} == {}
    assert len(found) > 35
    public = set(doors.life.public(doors.first))
    assert not {json.loads(one.raw)["id"] for one in tried if one.reason != "bad-form"} & (
        public - ids_of(doors.good)
    )


def test_the_same_again_is_harmless_in_any_spelling(doors: Doors) -> None:
    record = doors.life.signatures(1, day=1)[0]
    told = {"held": record.id, "until": OPEN + 2 * DAY}
    spelt = json.dumps(dict(reversed(json.loads(record.line).items())), indent=1).encode()
    for raw in (spelt, record.line, record.line + b"\n", spelt):
        answer = doors.send(raw)
        assert (answer.status, answer.said) == (202, told)
    kept = doors.send(doors.good[0].line)
    assert (kept.status, kept.said) == (200, {"kept": doors.good[0].id})


def test_of_two_signatures_by_one_key_the_lower_id_stays(doors: Doors) -> None:
    signer = doors.life.world.signer()
    both = [doors.life.signature_of(signer, day) for day in (0, 1)]
    low, high = sorted(both, key=lambda record: record.id)
    assert doors.send(high.line).status == 202
    assert doors.send(low.line).status == 202
    assert doors.send(high.line).verdict == (400, "superseded")
    assert doors.send(low.line).status == 202


def test_what_comes_in_is_bounded_in_size_and_time(doors: Doors) -> None:
    for path in ("/records", f"{doors.at}/records"):
        large = doors.first.ask("POST", path, b" " * (limits.HTTP_BODY + 1))
        assert large.verdict == (413, "too-large")
        head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n" % path.encode()
        late = doors.second.say(head, b"{")
        assert late.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in late.lower()


def test_records_are_given_in_pieces_that_do_not_change(doors: Doors) -> None:
    told = doors.get("/records/pieces").said["3971"]
    lines = []
    for _start, number, name in told:
        piece = doors.get(f"/records/3971/{name}.jsonl").body.splitlines()
        ids = [json.loads(line)["id"] for line in piece]
        assert len(ids) == number
        assert sha256(bytes.fromhex("".join(ids))).hexdigest() == name
        lines += piece
    assert b"\n".join(lines) + b"\n" == doors.get("/records/3971.jsonl").body
    assert doors.get(f"/records/3971/{'0' * 64}.jsonl").status == 404
    assert doors.get(f"/records/1/{told[0][2]}.jsonl").status == 404


@pytest.mark.parametrize("path", ["/records", "/petition/{id}/records"])
def test_a_page_of_any_site_may_bring_a_record(doors: Doors, path: str) -> None:
    at = path.format(id=doors.life.petition)
    asked = doors.first.ask("OPTIONS", at, origin="https://volga.example")
    assert asked.status in {200, 204}
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "content-type" in asked.headers["access-control-allow-headers"]
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-max-age"] == "86400"
    assert "access-control-allow-credentials" not in asked.headers


def test_what_a_page_asks_for_it_may_read(doors: Doors) -> None:
    doors_out = [f"{doors.at}.json", f"{doors.at}/tally.json", f"{doors.at}/sheet.jsonl"]
    doors_out += [f"{doors.at}/ids/{OPEN}", "/records", "/records/3971.ids", "/records/3970.jsonl"]
    for path in doors_out:
        got, head = doors.get(path), doors.first.ask("HEAD", path)
        assert (got.status, head.status, head.body) == (200, 200, b""), path
        for answer in (got, head):
            assert PUBLIC.items() <= answer.headers.items(), path
            assert not {"set-cookie", "server", "etag"} & answer.headers.keys() - {"etag"}


def test_a_window_is_given_whole_and_in_order(doors: Doors) -> None:
    body = doors.get(f"{doors.at}/ids/{OPEN}").body
    ids = [body[at : at + 32].hex() for at in range(0, len(body), 32)]
    assert ids == sorted(ids_of(doors.good))
    for start in (OPEN + 1, OPEN + DAY, 0, 10**15 - 1):
        answer = doors.get(f"{doors.at}/ids/{start}")
        assert (answer.status, answer.body) == (200, b"")
    for start in ("-1", "x", "1.5", 2**64, "9" * 5_000, "%D9%A3"):
        assert doors.get(f"{doors.at}/ids/{start}").status == 404


def test_the_same_set_gives_the_same_bytes_on_two_nodes(doors: Doors) -> None:
    for path in (f"{doors.at}/sheet.jsonl", f"{doors.at}/ids/{OPEN}", "/records/3971.jsonl"):
        bodies = {doors.first.ask("GET", path).body, doors.second.ask("GET", path).body}
        assert len(bodies) == 1, path
    sheet = doors.get(f"{doors.at}/sheet.jsonl").body
    assert sheet.endswith(b"\n")
    places = [(one["kind"], one["id"]) for one in map(json.loads, sheet.splitlines())]
    assert places == sorted(places)
    assert ids_of(doors.good) <= {name for _, name in places}


ODD_IDS = [
    "zz",
    "",
    "x" * 64,
    "AB" * 32,
    "ab" * 31,
    "ab" * 33,
    "ab" * 32,
    "%00" * 64,
    "-1",
    "%C3%A9",
]


@pytest.mark.parametrize("odd", ODD_IDS)
def test_what_is_not_there_is_not_found(doors: Doors, odd: str) -> None:
    for end in (".json", "/sheet.jsonl", "/tally.json", f"/ids/{OPEN}", f"/lists/{odd}"):
        assert doors.get(f"/petition/{odd}{end}").status == 404, end


def test_a_kind_that_is_not_carried_is_not_found(doors: Doors) -> None:
    for kind in ("5", "0", "-1", "x", "3971.0", "03971", "9" * 30, "9" * 5_000, "%D9%A3"):
        for end in ("ids", "jsonl"):
            assert doors.get(f"/records/{kind}.{end}").status == 404, kind


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "LOCK"])
def test_nothing_is_changed_by_another_method(doors: Doors, method: str) -> None:
    before = doors.life.public(doors.first)
    for path in ("/records", f"{doors.at}/records", f"{doors.at}.json", "/records/3971.ids"):
        assert doors.first.ask(method, path, doors.good[0].line).status == 405, path
    assert doors.first.ask("GET", f"{doors.at}/records").status in {404, 405}
    for path in (f"{doors.at}.json", f"{doors.at}/sheet.jsonl", "/records/3971.ids"):
        assert doors.first.ask("POST", path, doors.good[0].line).status == 405, path
    assert doors.life.public(doors.first) == before


def test_nobody_is_sent_to_an_address_that_a_stranger_chose(doors: Doors) -> None:
    for path in ("/records/", f"{doors.at}/records/", "//evil.example/records", "/petitions/"):
        answer = doors.first.ask("POST", path, doors.good[0].line, host="evil.example")
        assert "evil" not in answer.headers.get("location", ""), path
        assert answer.status in {404, 405}


def test_lists_are_what_their_names_say_and_survive_a_disk_that_lost_half(life: Life) -> None:
    node = life.node_of(life.world.groups[0])
    node.start()
    life.publish(node)
    with node.client() as client:
        signed = life.signatures(3)
        assert {life.send(client, record).status for record in signed} == {202}
    life.clock.set(CLOSE)
    life.wait_for(node, ids_of(signed))
    life.clock.set(LISTS)
    wait_until("it has listed", lambda: node.ask("GET", "/records/3975.ids").body)
    sums = re.findall(
        rb'\["(?:count|withdrawn)","\d+","([0-9a-f]{64})"\]',
        node.ask("GET", "/records/3975.jsonl").body,
    )
    assert len(sums) == 2
    files = {}
    for name in map(bytes.decode, sums):
        found = node.ask("GET", f"/petition/{life.petition}/lists/{name}")
        assert found.status == 200
        assert sha256(found.body).hexdigest() == name
        files[name] = found.body
    assert {len(body) for body in files.values()} == {0, 96}
    node.stop()
    whole = next(name for name, body in files.items() if body)
    (node.folder / "lists" / whole).write_bytes(files[whole][:40])
    node.start()
    assert node.ask("GET", f"/petition/{life.petition}/lists/{whole}").status == 404
    node.stop()


def test_two_choices_by_one_key_in_a_poll_count_for_nothing(
    nursery: Nursery, tmp_path: Path
) -> None:
    life = Life(tmp_path, nursery, options=("да", "нет"))
    node = life.node()
    node.start()
    life.publish(node)
    signer, other = life.world.signer(), life.world.signer()
    both = [life.signature_of(signer, option=option) for option in ("1", "2")]
    one = life.signature_of(other, option="1")
    none = again(other, one, tags=(one.tags[0], *one.tags[2:]))
    with node.client() as client:
        assert [life.send(client, record).status for record in (*both, one)] == [202] * 3
        assert life.send(client, none).verdict == (400, "bad-option")
        third = again(other, one, tags=(one.tags[0], ("option", "3"), *one.tags[2:]))
        assert life.send(client, third).verdict == (400, "bad-option")
    assert life.public(node) == []  # nobody sees a result before close
    life.clock.set(CLOSE)
    life.wait_for(node, ids_of([*both, one]))
    counted = node.ask("GET", f"/petition/{life.petition}/tally.json").said
    assert counted["counted"] == 1
    life.close()
