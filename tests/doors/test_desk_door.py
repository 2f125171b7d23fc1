"""The stamping desk's door: each bad request is told its reason, and nothing is spent.

One desk, a process of its own, gets them all; one part of a voucher is named in every request, and
must still be good in the end.
"""

import json
import re
import socket
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from faults.killed_desk import in_book
from faults.life import CLOSE, Life, Question
from faults.processes import Nursery, Process
from petition_world import OPEN

pytestmark = pytest.mark.slow

SOON = 2.0  # seconds a body is waited for; a person's desk waits longer
CORS = {"access-control-allow-origin": "*", "cache-control": "no-store"}


@dataclass
class Door:
    """A running desk, and one part of a voucher that nothing may spend."""

    life: Life
    desk: Process
    good: Question

    def reason(self, raw: bytes) -> tuple[int, str]:
        answer = self.desk.ask("POST", "/stamp", raw)
        assert CORS.items() <= answer.headers.items()
        assert not {"set-cookie", "location", "server"} & answer.headers.keys()
        return answer.verdict

    def changed(self, **fields: Any) -> bytes:
        return json.dumps({**self.good.fields, **fields}).encode()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Iterator[Door]:
    life = Life(tmp_path_factory.mktemp("door"), nursery)
    desk = life.desk(life.world.groups[0], deadlines={"BODY_DEADLINE": SOON})
    life.open_desk(desk)
    desk.start()
    door = Door(life, desk, Question.of(life, life.parts(desk, 1)[0]))
    yield door
    # whatever the tests asked, in whatever order: the part is unused, and the desk well
    spent = in_book(desk, "issued")
    with desk.client() as client:
        another = Question.of(life, door.good.part).ask(client)
    desk.stop()
    life.close()
    assert (spent, another.status) == (0, 200)
    assert_says_nothing_of(door.good, desk.log.read_text())


def assert_says_nothing_of(question: Question, log: str) -> None:
    for value in (*question.fields.values(), question.blinded.hex(), "127.0.0.1"):
        assert value not in log
        assert value[:16] not in log
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]{12}", log)


def forms(good: Question) -> dict[str, bytes]:
    """Give requests that have not the one form there is."""
    raw, fields = good.raw, good.fields
    found = {
        "nothing": b"",
        "no object": b"[]",
        "a word": b"null",
        "text": b"voucher=1",
        "cut": raw[:-1],
        "cut in half": raw[: len(raw) // 2],
        "two": raw + raw,
        "garbage behind": raw + b"x",
        "a byte order mark": b"\xef\xbb\xbf" + raw,
        "utf-16": raw.decode().encode("utf-16"),
        "not utf-8": raw.replace(b'"kid"', b'"k\xff"'),
        "a field more": raw[:-1] + b',"more":1}',
        "deep": b"[" * 1_000,
    }
    for name, value in fields.items():
        rest = {key: said for key, said in fields.items() if key != name}
        found[f"without {name}"] = json.dumps(rest).encode()
        found[f"{name} twice"] = raw[:-1] + f',"{name}":"{value}"}}'.encode()
        escaped = f"\\u{ord(name[0]):04x}{name[1:]}"
        found[f"{name} twice, once escaped"] = raw[:-1] + f',"{escaped}":"{value}"}}'.encode()
        wrong = (None, 1, 1.5, True, [value], {"": value}, "", value[:-1], value + value[-1])
        spelt = (f" {value}", f"{value}\n", "g!" + value[2:], value + "\x00")
        for odd in (
            *wrong,
            *spelt,
            value.swapcase() if name != "blinded" else "\uff11" + value[1:],
        ):
            if odd != value:
                found[f"{name} is {odd!r:.20}"] = json.dumps({**fields, name: odd}).encode()
    number = fields["blinded"]
    found["blinded without its end"] = raw.replace(b"==", b"")
    found["blinded with other last bits"] = json.dumps(
        {**fields, "blinded": number[:-3] + _next_sign(number[-3]) + "=="}
    ).encode()
    found["blinded in hex"] = json.dumps({**fields, "blinded": good.blinded.hex()}).encode()
    for size in (0, 255, 257):
        short = b64encode(b"\1" * size).decode()
        found[f"blinded of {size}"] = json.dumps({**fields, "blinded": short}).encode()
    return found


def _next_sign(sign: str) -> str:
    """Give a base64 sign that differs from this one in the bits that are cut off."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return signs[signs.index(sign) ^ 1]


def test_what_has_not_the_one_form_is_refused(door: Door) -> None:
    found = {name: door.reason(raw) for name, raw in forms(door.good).items()}
    assert {name: said for name, said in found.items() if said != (400, "bad-form")} == {}
    assert len(found) > 70


def test_numbers_outside_the_modulus_are_refused(door: Door) -> None:
    modulus = door.good.key.modulus
    for number in (0, modulus, modulus + 1, 2**2048 - 1):
        assert door.reason(replace(door.good, number=number).raw) == (400, "bad-blinded")


def test_what_is_too_large_is_refused_however_it_is_sent(door: Door) -> None:
    assert door.reason(door.changed() + b" " * 2_048) == (413, "too-large")
    assert door.reason(b"x" * 2_049) == (413, "too-large")
    chunk = b"800\r\n" + b" " * 0x800 + b"\r\n"
    head = b"POST /stamp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    assert b"413" in door.desk.say(head, chunk, chunk, b"0\r\n\r\n").split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"petition": "cd" * 32}, (404, "unknown-petition")),
        ({"kid": "cd" * 32}, (409, "wrong-kid")),
        ({"voucher": "00" * 10}, (403, "unknown-voucher")),
        ({"petition": "cd" * 32, "kid": "cd" * 32}, (404, "unknown-petition")),
        ({"kid": "cd" * 32, "blinded": "A" * 342 + "=="}, (409, "wrong-kid")),
        ({"blinded": "A" * 342 + "==", "voucher": "00" * 10}, (400, "bad-blinded")),
        ({"petition": "cd" * 32, "more": 1}, (400, "bad-form")),
    ],
)
def test_what_does_not_fit_gets_the_first_reason_that_fits(
    door: Door, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert door.reason(door.changed(**changed)) == expected


def test_before_open_and_after_close_nothing_is_stamped(door: Door) -> None:
    try:
        for at, expected in (
            (OPEN - 1, (403, "not-open")),
            (CLOSE, (410, "closed")),
            (CLOSE + 1, (410, "closed")),
        ):
            door.life.clock.set(at)
            assert door.reason(door.good.raw) == expected
            assert door.reason(door.changed(voucher="00" * 10)) == expected
            assert door.reason(door.changed(kid="cd" * 32)) == (409, "wrong-kid")
    finally:
        door.life.clock.set(OPEN)


def test_a_body_that_dawdles_is_told_so_and_cut_off(door: Door) -> None:
    head = b"POST /stamp HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    said = door.desk.say(head % len(door.good.raw), door.good.raw[:-1])
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in said.lower()


def test_a_request_broken_off_spends_nothing(door: Door) -> None:
    head = b"POST /stamp HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", door.desk.port)) as connection:
            connection.sendall(head % len(door.good.raw) + door.good.raw[:-1])
    assert door.desk.ask("GET", "/").status == 200
    assert in_book(door.desk, "issued") == 0


def test_a_page_of_any_site_may_ask(door: Door) -> None:
    asked = door.desk.ask("OPTIONS", "/stamp", origin="https://volga.example")
    assert asked.status in {200, 204}
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "content-type" in asked.headers["access-control-allow-headers"]
    assert asked.headers["access-control-max-age"] == "86400"
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in asked.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
def test_a_stamp_is_asked_for_by_post_alone(door: Door, method: str) -> None:
    answer = door.desk.ask(method, "/stamp", door.good.raw)
    assert (answer.status, answer.body) == (405, b"")
    assert CORS.items() <= answer.headers.items()


@pytest.mark.parametrize(
    "path", ["/stamp/", "/Stamp", "//stamp", "/x", "/stamp/../stamp", "/stamp%00", "/petitions"]
)
def test_there_is_no_other_way_in_and_nobody_is_sent_elsewhere(door: Door, path: str) -> None:
    answer = door.desk.ask("POST", path, door.good.raw)
    assert (answer.status, answer.body) == (404, b"")
    assert "location" not in answer.headers


def test_what_is_no_http_is_hung_up_on_and_not_repeated_in_the_log(door: Door) -> None:
    door.desk.say(door.good.raw + b"\r\n\r\n")
    door.desk.say(b"\x16\x03\x01\x02\x00" + bytes(300))
    assert_says_nothing_of(door.good, door.desk.log.read_text())
