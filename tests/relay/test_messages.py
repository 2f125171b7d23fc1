"""Whatever bytes come, they are a message of the page or are answered with the page's word."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monsters import MONSTERS, Monster
from wayhome.codec import limits
from wayhome.records.record import read as read_record
from wayhome.records.refused import Refused
from wayhome.relay import messages
from wayhome.relay.messages import (
    BadMessage,
    Close,
    Count,
    Event,
    NegClose,
    NegMsg,
    NegOpen,
    Req,
    read,
)
from wayhome.relay.wanted import Wanted

ID = "ab" * 32


def answer(raw: bytes) -> list[object]:
    with pytest.raises(BadMessage) as caught:
        read(raw)
    said = json.loads(caught.value.answer)
    assert isinstance(said, list)
    return said


def test_every_verb_is_read() -> None:
    every = Wanted()
    assert read(b'["REQ","a",{},{"limit":1}]') == Req("a", (every, Wanted(limit=1)))
    assert read(b'["COUNT","a",{}]') == Count("a", (every,))
    assert read(b'["CLOSE","a"]') == Close("a")
    assert read(b'["NEG-OPEN","a",{},"6100"]') == NegOpen("a", every, b"\x61\x00")
    assert read(b'["NEG-MSG","a","61"]') == NegMsg("a", b"\x61")
    assert read(b'["NEG-CLOSE","a"]') == NegClose("a")
    assert read(b' [ "REQ" ,\t"a",\r\n{} ] ') == Req("a", (every,))
    assert read(b'["R\\u0045Q","a",{}]') == Req("a", (every,))


@pytest.mark.parametrize(
    "raw",
    [b'["EVENT",{"id":1}]', b' [ "EVENT" , {"id":1}]\n', b'["\\u0045VENT",{"id":1}]'],
)
def test_a_record_goes_on_as_it_came(raw: bytes) -> None:
    assert read(raw) == Event(b'{"id":1}')


@pytest.mark.parametrize(
    "raw",
    [b'["EVENT",{}', b'["EVENT",{},{}]', b'["EVENT",]', b'["EVENT", ', b'["EVENT",{}]]'],
)
def test_what_is_cut_short_or_too_long_is_no_record_either(raw: bytes) -> None:
    said = read(raw)
    assert isinstance(said, Event)
    with pytest.raises(Refused, match="bad-form"):
        read_record(said.raw)


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.name)
def test_a_monster_in_a_message_gets_the_reason_it_gets_elsewhere(monster: Monster) -> None:
    said = read(b'["EVENT",' + monster.raw + b"]")
    assert isinstance(said, Event)
    with pytest.raises(Refused) as caught:
        read_record(said.raw)
    assert caught.value.reason == monster.reason


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", ["NOTICE", "invalid: bad-message"]),
        (b"\xff", ["NOTICE", "invalid: bad-message"]),
        (b"{}", ["NOTICE", "invalid: bad-message"]),
        (b"[]", ["NOTICE", "invalid: bad-message"]),
        (b"[" * 100_000, ["NOTICE", "invalid: bad-message"]),
        (b'["EVENT"]', ["NOTICE", "invalid: bad-message"]),
        (b'["REQ"]', ["NOTICE", "invalid: bad-message"]),
        (b"[1]", ["NOTICE", "invalid: bad-message"]),
        (b'["req","a",{}]', ["NOTICE", "unsupported: unknown-message"]),
        (b'["AUTH","a"]', ["NOTICE", "unsupported: unknown-message"]),
        (b'["REQ","",{}]', ["NOTICE", "invalid: bad-subscription"]),
        (b'["REQ",1,{}]', ["NOTICE", "invalid: bad-subscription"]),
        (b'["REQ","a\\u0007",{}]', ["NOTICE", "invalid: bad-subscription"]),
        (b'["REQ","' + b"a" * 65 + b'",{}]', ["NOTICE", "invalid: bad-subscription"]),
        (b'["REQ","a"]', ["CLOSED", "a", "invalid: bad-message"]),
        (b'["REQ","a",[]]', ["CLOSED", "a", "invalid: bad-filter"]),
        (b'["COUNT","a",{"search":""}]', ["CLOSED", "a", "unsupported: unknown-filter"]),
        (b'["CLOSE","a",1]', ["CLOSED", "a", "invalid: bad-message"]),
        (b'["NEG-OPEN","a",{}]', ["NEG-ERR", "a", "invalid: bad-message"]),
        (b'["NEG-OPEN","a",{},"6"]', ["NEG-ERR", "a", "invalid: bad-reconciliation"]),
        (b'["NEG-OPEN","a",{},"6A"]', ["NEG-ERR", "a", "invalid: bad-reconciliation"]),
        (b'["NEG-OPEN","a",1,"61"]', ["NEG-ERR", "a", "invalid: bad-filter"]),
        (b'["NEG-MSG","a",61]', ["NEG-ERR", "a", "invalid: bad-message"]),
        (b'["NEG-CLOSE","a","61"]', ["NEG-ERR", "a", "invalid: bad-message"]),
    ],
)
def test_what_is_no_message_gets_its_word(raw: bytes, said: list[object]) -> None:
    assert answer(raw) == said


def test_one_filter_too_many_is_one_too_many() -> None:
    ten = b",{}" * limits.RELAY_FILTERS
    assert isinstance(read(b'["REQ","a"' + ten + b"]"), Req)
    assert answer(b'["REQ","a"' + ten + b",{}]") == ["CLOSED", "a", "invalid: too-many-filters"]


def test_a_message_has_a_size() -> None:
    padded = b'["CLOSE","a"]'.ljust(limits.RELAY_MESSAGE)
    assert read(padded) == Close("a")
    assert answer(padded + b" ") == ["NOTICE", "invalid: too-large"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_that_comes_is_a_fault_of_ours(raw: bytes) -> None:
    for one in (raw, b"[" + raw + b"]", b'["REQ",' + raw + b"]", b'["NEG-OPEN","a",' + raw + b"]"):
        with contextlib.suppress(BadMessage):
            read(one)


@given(st.text(min_size=1, max_size=64))
def test_a_name_is_written_as_any_reader_reads_it(name: str) -> None:
    line = b'{"id":"a"}'
    assert json.loads(messages.event(name, line)) == ["EVENT", name, {"id": "a"}]
    assert json.loads(messages.eose(name)) == ["EOSE", name]
    assert json.loads(messages.count(name, 3)) == ["COUNT", name, {"count": 3}]
    assert json.loads(messages.closed(name, "too-slow")) == [
        "CLOSED",
        name,
        "rate-limited: too-slow",
    ]
    assert json.loads(messages.neg_msg(name, b"\x61")) == ["NEG-MSG", name, "61"]
    assert json.loads(messages.neg_err(name, "storage")) == ["NEG-ERR", name, "error: storage"]


def test_a_refused_record_is_answered_under_the_id_it_claims() -> None:
    assert messages.claimed_id(b'{"id":"' + ID.encode() + b'","kind":1}') == ID
    for none in (b"", b"[]", b'{"id":1}', b'{"id":"ab"}', b'{"id":"' + b"AB" * 32 + b'"}'):
        assert messages.claimed_id(none) == ""
