"""The browser client is the program's twin: same files, same numbers, same words."""

import re
from typing import get_args

import tree
from wayhome.cases import blobs, body
from wayhome.cases.said import LEAP, TYPES
from wayhome.codec import limits
from wayhome.crypto import codes, receipts, slots, stamps
from wayhome.petition.kinds import acceptance, petition
from wayhome.records.refused import REASONS

CLIENT = tree.ROOT / "web" / "src"
TWINS = [path for path in tree.under(CLIENT, ".ts") if path.parent == CLIENT]
NUMBER = re.compile(r"^export const ([A-Z_]+) = ([0-9_]+)n?;", re.MULTILINE)
OWN_REASONS = {
    "bad-answer"
}  # a desk's answer that does not verify: nobody ever refuses a record so


def test_every_module_of_the_client_has_a_python_twin() -> None:
    modules = {path.stem for path in tree.modules()}
    assert TWINS
    assert not [path.name for path in TWINS if path.stem not in modules]


def test_the_clients_numbers_are_the_programs() -> None:
    program = {
        **vars(limits),
        **vars(petition),
        "URLS": acceptance.URLS,
        "CODE_BLOCKS": codes.BLOCKS,
        "CODE_BYTES": receipts.CODE_BYTES,
        "RECEIPT_WORDS": receipts.RECEIPT_WORDS,
        "WORD_LIST": receipts.WORD_LIST,
        "SLOT_BYTES": slots.SLOT_BYTES,
        "BODY_HEAD": body.HEAD,
        "LEAP": LEAP,
        "BLOB_CHUNK": blobs.CHUNK,
        "BLOB_SMALLEST": blobs.SMALLEST,
        "BLOB_LARGEST": blobs.LARGEST,
        "MODULUS_BYTES": stamps.MODULUS_BYTES,
        "SALT_BYTES": stamps.SALT_BYTES,
        "EXPONENT": stamps.EXPONENT,
    }
    said = dict(NUMBER.findall((CLIENT / "limits.ts").read_text("utf-8")))
    assert len(said) > 20
    differing = {name for name, value in said.items() if program[name] != int(value)}
    assert not differing


def test_the_client_refuses_in_the_protocols_words() -> None:
    said = {
        reason
        for path in TWINS
        for reason in re.findall(r'Refused\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    assert said
    assert not said - set(REASONS) - OWN_REASONS


def test_the_client_puts_nothing_into_a_drawer_that_a_desk_does_not_know() -> None:
    said = re.findall(r'new Drawer\("([a-z-]+)"\)', (CLIENT / "body.ts").read_text("utf-8"))
    assert set(said) <= set(get_args(body.DrawerWord))
    assert len(set(said)) == 4


def test_the_client_knows_every_type_of_statement_by_name() -> None:
    text = (CLIENT / "said.ts").read_text("utf-8")
    listed = text.split("new Set([")[1].split("]);")[0]
    assert set(re.findall(r'"([a-z-]+)"', listed)) == TYPES
