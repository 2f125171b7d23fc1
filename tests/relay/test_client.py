"""The calling end: what it says follows from what the relay said, whoever the relay is."""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

import pytest

from wayhome.codec import limits
from wayhome.relay.answers import BadAnswer, word_of
from wayhome.relay.client import Begun, Came, Client, Done, Effect, Found, Named, News, Say
from wayhome.relay.reconcile import Items, Server

KIND = 3971


def items(numbers: Iterable[int]) -> Items:
    return Items((number // 3, sha256(str(number).encode()).digest()) for number in numbers)


def sent(effects: list[Effect]) -> list[list[object]]:
    return [json.loads(effect.frame) for effect in effects if isinstance(effect, Say)]


def said(*parts: object) -> bytes:
    return json.dumps(parts).encode()


def compared(ours: Items, theirs: Items) -> tuple[set[bytes], set[bytes], list[Effect]]:
    """Let a client find out what differs; ids of ours alone, of theirs alone, the last effects."""
    client, server = Client(), Server(theirs, limits.RELAY_FRAME)
    name, effects = client.compare(KIND, ours)
    alone: tuple[set[bytes], set[bytes]] = (set(), set())
    while not any(isinstance(effect, Done) for effect in effects):
        (frame,) = sent(effects)
        answer = server.answer(bytes.fromhex(str(frame[-1])))
        effects = client.hear(said("NEG-MSG", name, answer.hex()))
        for effect in effects:
            if isinstance(effect, Found):
                alone[0].update(effect.ours)
                alone[1].update(effect.theirs)
    return *alone, effects


def test_two_ends_find_exactly_what_differs_and_part_politely() -> None:
    ours, theirs = set(range(0, 3_000, 2)) | {1}, set(range(0, 3_000, 3))
    only_ours, only_theirs, last = compared(items(ours), items(theirs))
    assert only_ours == {sha256(str(one).encode()).digest() for one in ours - theirs}
    assert only_theirs == {sha256(str(one).encode()).digest() for one in theirs - ours}
    assert [frame[0] for frame in sent(last)] == ["NEG-CLOSE"]


def test_equal_sets_are_in_step_after_one_message() -> None:
    same = items(range(2_000))
    assert compared(same, same)[:2] == (set(), set())


def test_a_comparison_asks_for_one_kind_by_its_filter() -> None:
    name, effects = Client().compare(KIND, items(range(3)))
    assert sent(effects)[0][:3] == ["NEG-OPEN", name, {"kinds": [KIND]}]


@pytest.mark.parametrize(
    "answer",
    [
        ("NOTICE", "ERROR: bad msg: unknown cmd"),
        ("NOTICE", "negentropy disabled"),
    ],
)
def test_a_relay_that_cannot_compare_is_seen_by_its_notice(answer: tuple[str, str]) -> None:
    client = Client()
    name, _ = client.compare(KIND, items(range(3)))
    assert client.hear(said(*answer)) == [Done(name, "unsupported")]


@pytest.mark.parametrize("verb", ["NEG-ERR", "CLOSED"])
def test_a_relay_that_refuses_to_compare_says_why(verb: str) -> None:
    client = Client()
    name, _ = client.compare(KIND, items(range(3)))
    effects = client.hear(said(verb, name, "blocked: this query is too big"))
    assert effects == [Done(name, "blocked")]


def test_a_message_of_negentropy_that_is_none_ends_the_comparison() -> None:
    client = Client()
    name, _ = client.compare(KIND, items(range(3)))
    effects = client.hear(said("NEG-MSG", name, "61ff"))
    assert effects[-1] == Done(name, "bad-reconciliation")


def test_rounds_that_never_end_are_ended() -> None:
    client = Client()
    name, effects = client.compare(KIND, items(range(100)))
    rounds = 0
    while not any(isinstance(effect, Done) for effect in effects):
        # another fingerprint of everything each time: there is always something to find out
        lie = b"\x61\x00\x00\x01" + secrets.token_bytes(16)
        effects = client.hear(said("NEG-MSG", name, lie.hex()))
        rounds += 1
    assert effects[-1] == Done(name, "endless")
    assert rounds == limits.PEER_ROUNDS


def test_records_come_until_all_were_given_and_then_the_question_is_closed() -> None:
    client = Client()
    ids = [bytes([number]) * 32 for number in range(3)]
    name, effects = client.ask_ids(ids)
    assert sent(effects) == [["REQ", name, {"ids": [one.hex() for one in ids]}]]
    assert client.hear(b'["EVENT","' + name.encode() + b'", {"id" : 1} ]') == [Came(b'{"id" : 1}')]
    effects = client.hear(said("EOSE", name))
    assert sent(effects) == [["CLOSE", name]]
    assert effects[-1] == Done(name)
    assert client.hear(said("EVENT", name, {})) == []  # nobody waits for it any more


def test_ids_of_what_comes_are_told_where_the_relay_knows_how() -> None:
    client = Client()
    name, effects = client.listen_by_id([1, 2], {2: {"g": ["x"]}})
    assert sent(effects) == [["IDS", name, {"kinds": [1]}, {"kinds": [2], "#g": ["x"]}]]
    assert client.hear(said("EOSE", name)) == [Begun(name)]
    ids = tuple(bytes([number]) * 32 for number in range(3))
    assert client.hear(said("IDS", name, b64encode(b"".join(ids)).decode())) == [Named(ids)]
    assert client.hear(said("CLOSED", name, "error: x y z.")) == [Done(name, "error")]


@pytest.mark.parametrize("text", ["AAAA", "A", "*" * 44, "é"])
def test_ids_that_are_none_are_told_by_no_relay(text: str) -> None:
    client = Client()
    name, _ = client.listen_by_id([1])
    client.hear(said("EOSE", name))
    with pytest.raises(BadAnswer):
        client.hear(said("IDS", name, text))


@pytest.mark.parametrize(
    "answer", [("NOTICE", "unknown cmd"), ("CLOSED", "w1", "unsupported: no such thing!")]
)
def test_a_relay_that_tells_no_ids_is_seen(answer: tuple[str, ...]) -> None:
    client = Client()
    name, _ = client.listen_by_id([1])
    assert client.hear(said(*answer)) == [Done(name, "unsupported")]


def test_a_page_goes_back_from_a_date() -> None:
    _, effects = Client().ask_page(KIND, (0, 17), 500)
    assert sent(effects)[0][2] == {"kinds": [KIND], "limit": 500, "until": 17}


def test_news_are_told_from_what_was_asked_for() -> None:
    client = Client()
    live, effects = client.listen([3960, KIND])
    assert sent(effects) == [["REQ", live, {"kinds": [3960, KIND], "limit": 0}]]
    asked, _ = client.ask_ids([bytes(32)])
    assert client.hear(said("EOSE", live)) == []
    assert client.hear(said("EVENT", live, 1)) == [News(b"1")]
    assert client.hear(said("EVENT", asked, 2)) == [Came(b"2")]
    assert client.hear(said("CLOSED", live, "error: shutting down")) == [Done(live, "error")]


def test_an_offered_record_is_taken_or_refused_with_a_word() -> None:
    client = Client()
    for said_no in (False, True):
        name, effects = client.offer("ab" * 32, b'{"id":"x"}')
        assert effects == [Say(b'["EVENT",{"id":"x"}]')]
        why = "blocked: unknown-group" if said_no else ""
        effects = client.hear(said("OK", name, not said_no, why))
        assert effects == [Done(name, "unknown-group" if said_no else "")]


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b"null", b'"EVENT"', b"[1]", b'["EVENT"]', b'["EVENT","x"]', b'["OK",1,2]',
     b'["NEG-MSG","x","zz"]', b'["EOSE",' + b'"%b"]' % (b"x" * 65), b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_what_no_relay_says_is_named_so(raw: bytes) -> None:
    with pytest.raises(BadAnswer):
        Client().hear(raw)


@pytest.mark.parametrize("raw", [b'["AUTH","challenge"]', b'["COUNT","x",{"count":1}]', b'["X"]'])
def test_other_parts_of_the_protocol_say_nothing(raw: bytes) -> None:
    assert Client().hear(raw) == []


@pytest.mark.parametrize(
    ("why", "word"),
    [
        ("blocked: unknown-group", "unknown-group"),
        ("rate-limited: slow down, Anna", "rate-limited"),
        ("rate-limited:", "rate-limited"),
        ("blocked: anna-of-samara", "blocked"),
        ("anna-of-samara: unknown-group", "other"),
        ("blocked", "other"),
        ("Anna lives in Samara", "other"),
        ("", "other"),
    ],
)
def test_of_a_reason_only_its_word_is_kept(why: str, word: str) -> None:
    assert word_of(why) == word
