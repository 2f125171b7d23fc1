"""The browser client is the program's twin: same files, same numbers, same words."""

import re

import tree
from wayhome.codec import limits
from wayhome.crypto import codes, stamps
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
