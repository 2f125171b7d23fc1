"""The process that verifies beside: it answers what would be answered here, come what may."""

import os
import resource
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

import toys
from petition_world import stamp_secret
from wayhome.crypto import keys
from wayhome.crypto.claims import Claim
from wayhome.crypto.rawrsa import Signer
from wayhome.crypto.stamps import (
    StampKey,
    blind,
    finalise,
    new_blinding,
    spki_of,
    token_input,
)
from wayhome.journal.verifier import Verifier, ask_here
from wayhome.records.record import Question, holds

MANY = 40  # claims: enough for a process to be asked


@cache
def sig(number: int) -> Claim:
    secret = keys.new_secret_key()
    digest = number.to_bytes(32)
    return bytes.fromhex(keys.public_key(secret)), digest, keys.sign(secret, digest)


@cache
def stamp() -> Claim:
    key = StampKey.of(spki_of(stamp_secret(1)))
    covered = token_input("ab" * 32, "cd" * 32, key.kid)
    salt, factor = new_blinding(key)
    blinded = blind(key, covered, salt, factor)
    signed = Signer(stamp_secret(1)).sign(blinded)
    return key.spki, covered, finalise(key, covered, factor, signed)


def altered(claim: Claim) -> Claim:
    key, covered, proof = claim
    return key, covered, proof[:-1] + bytes([proof[-1] ^ 1])


def mixed() -> list[Question]:
    """Give good and bad ones of each sort, a key that is no point of the curve, and no JSON."""
    good = [sig(number) for number in range(MANY)] + [stamp()]
    nobody = (b"\xff" * 32, *sig(0)[1:])
    line = toys.word("said").line
    lines = [line, line.replace(b"said", b"sait"), line + b" ", line[:-9], b"\xff", b""]
    return [*good, *map(altered, good), nobody, *lines]


def ask(beside: Verifier, parts: Iterable[Sequence[Question]]) -> list[bool]:
    return beside.ask(parts)()


@pytest.fixture
def beside() -> Iterator[Verifier]:
    made = Verifier()
    yield made
    made.close()


def begun(beside: Verifier) -> int:
    """Ask until a process answers; give its number."""
    while beside.pid is None:
        ask(beside, [[sig(number) for number in range(MANY)]])
    return beside.pid


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_holds_here_holds_there_in_parts_of_any_size(beside: Verifier) -> None:
    claims = mixed()
    here = [True] * (MANY + 1) + [False] * (MANY + 2) + [True] + [False] * 5
    assert [holds(claim) for claim in claims] == here
    begun(beside)
    for size in (1, 7, MANY, len(claims)):
        parts = [claims[start : start + size] for start in range(0, len(claims), size)]
        assert ask(beside, parts) == here
        assert ask_here(parts)() == here
    assert ask(beside, []) == []


def test_a_few_claims_begin_no_process(beside: Verifier) -> None:
    assert ask(beside, [[sig(1)], [altered(sig(1))]]) == [True, False]
    assert beside.pid is None


def test_few_claims_are_sent_over_behind_many(beside: Verifier) -> None:
    begun(beside)
    many, few = [sig(number) for number in range(MANY)], [sig(1)]
    sent: list[int] = []

    def parts() -> Iterator[list[Claim]]:
        for part in (few, many, few, []):
            yield part
            sent.append(len(beside._sent))  # noqa: SLF001 - what comes of it is the same

    answers = beside.ask(parts())
    assert sent == [0, 1, 2, 2]
    assert answers() == [True] * (MANY + 2)


def test_what_is_asked_while_other_answers_are_waited_for_is_not_mixed_up_with_them(
    beside: Verifier,
) -> None:
    begun(beside)
    good = [sig(number) for number in range(MANY)]
    bad = [altered(claim) for claim in good]
    first, second, third = (beside.ask([part, part]) for part in (good, bad, good))
    assert second() == [False] * 2 * MANY
    assert first() == third() == [True] * 2 * MANY
    assert second() == [False] * 2 * MANY


def test_a_process_that_dies_is_replaced_and_every_claim_answered(beside: Verifier) -> None:
    first = begun(beside)
    claims = mixed()
    expected = ask_here([claims])()

    def parts() -> Iterator[list[Claim]]:
        yield claims
        os.kill(first, signal.SIGKILL)
        yield claims
        yield claims

    assert ask(beside, parts()) == expected * 3
    assert begun(beside) != first
    assert not is_alive(first)
    assert ask(beside, [claims]) == expected


def test_what_one_process_was_asked_the_next_one_does_not_answer(beside: Verifier) -> None:
    first = begun(beside)
    good = [sig(number) for number in range(MANY)]
    bad = [altered(claim) for claim in good]

    def parts() -> Iterator[list[Claim]]:
        yield bad
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        yield good  # finds it gone
        yield good  # begins another
        line = beside._line  # noqa: SLF001 - to wait until it is ready, and may be asked
        assert line is not None
        select.select([line], [], [])
        yield good

    assert ask(beside, parts()) == [False] * MANY + [True] * MANY * 3
    assert beside.pid != first


def test_what_nobody_took_is_no_answer_to_what_comes_later(beside: Verifier) -> None:
    begun(beside)

    def parts() -> Iterator[list[Claim]]:
        yield [sig(number) for number in range(MANY)]
        raise LookupError

    with pytest.raises(LookupError):
        ask(beside, parts())
    begun(beside)
    assert ask(beside, [[altered(sig(number)) for number in range(MANY)]]) == [False] * MANY


def test_it_is_begun_among_more_connections_than_select_knows(beside: Verifier) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_048), hard))
    many = [os.dup(0) for _ in range(1_024)]
    try:
        begun(beside)
        assert ask(beside, [mixed()]) == ask_here([mixed()])()
    finally:
        for one in many:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_process_that_hangs_is_not_waited_for(beside: Verifier) -> None:
    hanging = begun(beside)
    assert beside._line is not None  # noqa: SLF001 - who is patient once it is begun
    beside._line.settimeout(0.5)  # noqa: SLF001 - the same
    os.kill(hanging, signal.SIGSTOP)
    claims = mixed()
    assert ask(beside, [claims]) == ask_here([claims])()
    assert beside.pid is None
    assert not is_alive(hanging)


def test_where_none_lives_all_is_verified_here_and_trying_ends(
    beside: Verifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried = tmp_path / "tried"
    dying = tmp_path / "dying"
    dying.write_text(f"#!/bin/sh\necho once >> {tried}\n")
    dying.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(dying))
    claims = mixed()
    expected = ask_here([claims])()
    for _ in range(40):
        assert ask(beside, [claims]) == expected
    assert 1 <= len(tried.read_text().splitlines()) <= 3
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    assert ask(Verifier(), [claims, claims]) == expected * 2


def test_nothing_is_left_when_it_is_closed_or_whoever_asked_has_gone(beside: Verifier) -> None:
    pid = begun(beside)
    beside.close()
    beside.close()
    assert not is_alive(pid)
    assert ask(beside, [mixed()]) == ask_here([mixed()])()
    ours, its = socket.socketpair()
    with its, ours:
        command = [sys.executable, "-I", "-m", "wayhome.journal.verifier"]
        left = subprocess.Popen(command, stdin=its.fileno())
        its.close()
        assert ours.recv(1)
    assert left.wait() == 0
