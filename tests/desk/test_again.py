"""A desk that is started again: what it opened before it need not open once more."""

from pathlib import Path

import msgspec

from cases.nodes import OfGroup
from desk.offices import PASSPHRASE, Family, Offices
from wayhome.cases import said
from wayhome.crypto.asides import aside_key, open_aside, put_aside
from wayhome.crypto.recipients import Identity, new_identity
from wayhome.desk import envelopes, openedfile
from wayhome.desk.desk import Desk
from wayhome.desk.openedfile import OpenedFile
from wayhome.desk.vault import CaseSecret

WORD = "неповторимослово"


def seen(desk: Desk) -> dict[str, tuple[set[str], str, set[str]]]:
    """Give what a desk knows of each case: its bodies, where it stands, what is shut to it."""
    assert desk.work is not None
    load = desk.work.load
    return {
        one.id: (set(one.bodies), str(load.file(one).state), set(one.sealed))
        for one in load.cases.values()
    }


def again(desk: Desk) -> int:
    """Start a desk once more; give how many envelopes it had to open."""
    desk.lock()
    opened: list[str] = []
    each = envelopes.Envelopes.each

    def counted(here: envelopes.Envelopes, names: list[str]) -> object:
        opened.extend(names)
        return each(here, names)

    envelopes.Envelopes.each = counted  # type: ignore[assignment, method-assign]
    try:
        desk.open(PASSPHRASE)
    finally:
        envelopes.Envelopes.each = each  # type: ignore[method-assign]
    return len(opened)


def test_a_desk_that_starts_again_opens_only_what_is_new_and_sees_the_same(  # noqa: PLR0915 - a story
    offices: Offices,
) -> None:
    family = offices.taken()
    family.tell_name("Анна Петрова", "Волгоград")
    offices.work("u").say(offices.case("u"), said.Note, text=WORD)
    offices.pass_hour()
    desk = offices.desks["u"]
    before = seen(desk)
    assert len(offices.case("u").sealed) == 1  # the name, for a custodian to open
    assert again(desk) == 0
    assert seen(desk) == before
    Family(offices).report("Ещё одна.")
    offices.of_group.pass_hour()
    assert again(desk) == 1
    assert len(seen(desk)) == 2
    # lost, cut or spoilt it costs time and nothing else
    whole = seen(desk)
    aside, index = desk.folder / openedfile.NAME, desk.folder / envelopes.INDEX
    for spoil in (aside.unlink, lambda: cut(aside), lambda: flip(aside)):
        spoil()
        assert again(desk) > 0
        assert seen(desk) == whole
        assert again(desk) == 0
    for spoil in (index.unlink, lambda: cut(index)):
        spoil()
        assert again(desk) == 0
        assert seen(desk) == whole
    # what she writes after it lies where the others look for it
    desk.work.say(desk.work.load.cases[next(iter(before))], said.Note, text="дальше")  # type: ignore[union-attr]
    offices.pass_hour()
    notes = {
        one.said.text
        for case in offices.work("v").load.cases.values()
        for one in case.bodies.values()
        if isinstance(one.said, said.Note)
    }
    assert notes == {WORD, "дальше"}


def test_an_envelope_that_was_shut_opens_once_its_case_is_handed_over_also_after_a_start(
    of_group: OfGroup, tmp_path: Path
) -> None:
    offices = Offices(of_group, tmp_path / "desks", "uv/w")
    offices.taken()
    assert offices.work("w").load.cases == {}
    assert again(offices.desks["w"]) == 0
    offices.work("u").hand_over(offices.case("u"), offices.key("w"), "ill")
    offices.pass_hour()
    assert offices.state("w") == "taken"
    assert seen(offices.desks["w"]).keys() == seen(offices.desks["v"]).keys()
    for desk in offices.desks.values():
        desk.lock()


def test_what_is_put_aside_opens_with_the_identity_that_opened_it_and_with_no_other(
    offices: Offices,
) -> None:
    offices.taken()
    offices.work("u").say(offices.case("u"), said.Note, text=WORD)
    desk = offices.desks["u"]
    desk.keep()
    raw = (desk.folder / openedfile.NAME).read_bytes()
    assert WORD.encode() not in raw
    secrets = offices.vaults["u"].secrets
    (own,) = [one for one in secrets if isinstance(one, CaseSecret)]
    assert own.case.encode() not in raw
    aside = OpenedFile(desk.folder, offices.vaults["u"].aside)
    texts = [
        one.body.said.text
        for one in aside.read([Identity(own.identity)], []).opened
        if isinstance(one.body.said, said.Note)
    ]
    assert texts == [WORD]
    # its page overwritten, as erasing does, nothing of the case is left in the file
    assert aside.read([new_identity("x25519")], []).opened == []
    with_other = OpenedFile(desk.folder, b"\0" * 32)
    assert with_other.read([Identity(own.identity)], []).opened == []
    name, key = aside_key(Identity(own.identity))
    sealed = put_aside(key, b"text", name)
    assert open_aside(key, sealed, name) == b"text"
    assert open_aside(key, sealed, b"other") is None


def test_a_file_of_many_parts_becomes_one(offices: Offices) -> None:
    offices.taken()
    desk = offices.desks["u"]
    for number in range(5):
        offices.work("u").say(offices.case("u"), said.Note, text=f"заметка {number}")
        desk.keep()
    aside = OpenedFile(desk.folder, offices.vaults["u"].aside, most=4)
    load = offices.work("u").load
    found = aside.read(load.identities, load.seasons)
    assert aside.is_worn()
    aside.write(found, load.seasons)
    assert not aside.is_worn()
    assert aside.read(load.identities, load.seasons) == found
    assert len(found.opened) == len(offices.case("u").bodies)


def test_what_another_version_put_aside_is_opened_once_more(offices: Offices) -> None:
    offices.taken()
    desk, before = offices.desks["u"], seen(offices.desks["u"])
    key, first = offices.vaults["u"].aside, bytes(4)
    own = Identity(offices.case("u").secrets[0].identity)
    name, its_key = aside_key(own)
    groups = [[name, put_aside(its_key, msgspec.msgpack.encode([["odd"]]), name)]]
    for told in (
        b"\xc1",
        msgspec.msgpack.encode(["odd"]),
        msgspec.msgpack.encode([groups, [], {}]),
    ):
        part = put_aside(key, told, first)
        (desk.folder / openedfile.NAME).write_bytes(len(part).to_bytes(4, "big") + part)
        assert again(desk) > 0
        assert seen(desk) == before
        assert again(desk) == 0


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[20] ^= 1
    path.write_bytes(bytes(raw))
