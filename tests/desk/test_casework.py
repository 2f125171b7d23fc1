"""A case from the report to its erasing, at two desks that hold the same."""

from pathlib import Path
from random import Random

import pytest

from cases.lawful import law
from cases.nodes import OfGroup
from desk.offices import PASSPHRASE, Family, Offices
from desk.photos import photo, sum_of
from wayhome.cases import blobs, said
from wayhome.cases.casefile import Entry, fold
from wayhome.cases.kinds.sealed import Blob
from wayhome.desk.desk import Desk
from wayhome.desk.known import DeskFault
from wayhome.desk.vault import NAME, CaseSecret, Stone

LONG = '«я"\n' * 3_000  # 12,000 characters: quoted once more they are too long for one envelope


def test_a_report_is_taken_answered_and_asked_and_the_family_writes_on(offices: Offices) -> None:
    family = offices.taken()
    assert offices.state("u") == offices.state("v") == "taken"
    offices.work("v").reply(offices.case("v"), "Пришлите справку.", ["Справка"])
    offices.pass_hour()

    answer = family.answer()
    assert answer is not None
    assert (answer.text, answer.status, answer.asks) == ("Пришлите справку.", "asked", ("Справка",))
    assert offices.state("u") == "asked"

    family.write("Вот она.", answer.n + 2)
    offices.pass_hour()
    assert offices.state("u") == offices.state("v") == "taken"
    texts = [
        one.said.text
        for one in offices.case("u").bodies.values()
        if isinstance(one.said, said.Message)
    ]
    assert texts == ["Вот она."]


def test_what_two_desks_see_of_a_case_is_the_same_in_any_order(offices: Offices) -> None:
    # row 26
    offices.taken()
    case, work = offices.case("u"), offices.work("u")
    work.reply(case, "Готово.")
    work.say(case, said.Note, text="Звонила в часть.")
    offices.pass_hour()
    entries = [Entry(name, one.by, one.said) for name, one in case.bodies.items()]
    there = offices.case("v").bodies
    assert {one.id for one in entries} == there.keys()
    first = repr(fold(entries, law(), 2).placed)
    for seed in range(200):
        Random(seed).shuffle(entries)  # noqa: S311 - an order, no secret
        assert repr(fold(entries, law(), 2).placed) == first


def left_of(desk: Desk, sealed: list[bytes]) -> list[object]:
    """Give what a desk's files still have: of these bytes, and of what was opened."""
    raw = b"".join(one.read_bytes() for one in desk.folder.iterdir())
    aside, work = desk._aside, desk.work  # noqa: SLF001 - what lies in it is the claim
    assert aside is not None
    assert work is not None
    opened = aside.read(work.load.identities, work.load.seasons).opened
    return [*(one for one in sealed if one in raw), *opened]


@pytest.mark.slow
def test_a_case_that_one_of_two_erases_is_there_and_after_both_only_a_stone(  # noqa: PLR0915 - a story
    offices: Offices,
) -> None:
    # row 27
    offices.taken().tell_name("Анна", "Волгоград")
    offices.work("u").say(offices.case("u"), said.Outcome, word="helped", text="Дома.")
    offices.pass_hour()
    (secret,) = offices.case("u").secrets
    offices.work("u").erase(offices.case("u"), "просили")
    offices.pass_hour()
    assert offices.state("u") == offices.state("v") == "closed"
    before = {one: (offices.folder / one / NAME).read_bytes() for one in "uv"}
    sealed = [one.content[1_000:1_100].encode() for one in offices.of_group.public]

    offices.work("v").erase(offices.case("v"), "просили")
    offices.pass_hour()
    for one in "uv":
        desk = offices.desks[one]
        assert desk.work is not None
        assert desk.work.load.cases == {}
        after = (desk.folder / NAME).read_bytes()
        pages = [before[one][at : at + 4096] for at in range(0, len(before[one]), 4096)]
        gone = [page for page in pages if page not in after]
        assert len(gone) == 1
        assert secret.identity.encode() not in after
        assert left_of(desk, sealed) == []
        desk.lock()
        desk.open(PASSPHRASE)
        kept = desk._vault.secrets  # noqa: SLF001 - what lies in it is the claim
        assert not [two for two in kept if isinstance(two, CaseSecret)]
        assert len([two for two in kept if isinstance(two, Stone)]) == 1
        assert desk.work is not None
        assert desk.work.load.cases == {}


def test_a_family_that_writes_on_day_179_opens_its_case_again(offices: Offices) -> None:
    family = offices.taken()
    offices.work("u").reply(offices.case("u"), "Всё.")
    offices.work("u").say(offices.case("u"), said.Outcome, word="helped")
    offices.pass_hour()
    assert offices.state("v") == "closed"
    offices.of_group.now += 179 * 86_400
    family.write("Опять.", 9)
    offices.pass_hour()
    assert offices.state("u") == offices.state("v") == "taken"


@pytest.mark.slow
def test_a_worker_sees_the_case_that_is_handed_to_her_whole_and_no_other(
    of_group: OfGroup, tmp_path: Path
) -> None:
    # row 10
    offices = Offices(of_group, tmp_path / "desks", "uv/w")
    offices.taken(LONG)
    other = Family(offices)
    other.report("Другая история.")
    offices.pass_hour()
    assert offices.work("w").load.cases == {}
    (taken,) = [one for one in offices.work("u").load.cases.values() if one.secrets]
    offices.work("u").hand_over(taken, offices.key("w"), "ill")
    offices.pass_hour()
    assert offices.case("w").id == taken.id
    assert offices.state("w") == "taken"
    assert offices.work("w").load.file(offices.case("w")).holders == (
        offices.key("v"),
        offices.key("w"),
    )
    report = offices.case("w").report
    assert report is not None
    assert report.said.story == LONG
    for desk in offices.desks.values():
        desk.lock()


def test_a_declined_report_is_told_to_the_family_and_to_everybody_on_intake(
    offices: Offices,
) -> None:
    family = Family(offices)
    family.report()
    offices.pass_hour()
    offices.work("u").decline(offices.case("u"), "not-ours", "Это не к нам.")
    offices.pass_hour()
    assert offices.state("v") == "declined"
    answer = family.answer()
    assert answer is not None
    assert answer.status == "declined"


def test_a_step_that_does_not_fit_is_refused_before_anything_is_sent(offices: Offices) -> None:
    offices.taken()
    there = len(offices.work("u").post)
    with pytest.raises(DeskFault, match="where the case stands"):
        offices.work("u").say(offices.case("u"), said.Grade, letter=1, word="substance")
    assert len(offices.work("u").post) == there


def test_a_case_of_one_reader_is_refused_where_there_are_two(offices: Offices) -> None:
    Family(offices).report()
    offices.pass_hour()
    with pytest.raises(DeskFault, match="two must be able"):
        offices.work("u").take(offices.case("u"), "раненый", [])


def test_a_custodian_opens_a_name_with_a_reason_that_the_family_and_the_others_read(
    offices: Offices,
) -> None:
    family, taken = offices.taken(), photo()
    blob = blobs.make(taken)
    named = (blob.id, blob.key, "board.jpg", "image/jpeg", len(taken), sum_of(taken), "original")
    outside = [Blob(blob.id, blob.bucket)]
    family.tell_name("Анна Петрова", "Волгоград", outside, originals=(said.File(*named),))
    for name, part in (("list", blob.hashes), *enumerate(blob.chunks)):
        offices.of_group.ask("PUT", f"/blob/{blob.id}/{name}", part)
    offices.pass_hour()
    assert offices.work("u").details == {}
    with pytest.raises(DeskFault, match="names no such file"):
        offices.work("u").attachment(offices.case("u"), blob.id)
    sealed = offices.case("u").sealed
    assert len(sealed) == 1
    with pytest.raises(DeskFault, match="say why"):
        offices.work("u").open_identity(offices.case("u"), "")
    offices.work("u").open_identity(offices.case("u"), "письмо в комиссию")
    assert offices.work("u").details[offices.case("u").id].name == "Анна Петрова"
    assert offices.work("u").attachment(offices.case("u"), blob.id) == taken
    offices.pass_hour()
    answer = family.answer()
    assert answer is not None
    assert "письмо в комиссию" in answer.text
    told = [one.said for one in offices.case("v").bodies.values()]
    assert [one.reason for one in told if isinstance(one, said.IdentityOpened)] == [
        "письмо в комиссию"
    ]
    assert offices.work("v").details == {}


@pytest.mark.slow
def test_a_closed_case_is_erased_after_180_days_by_the_desks_themselves(offices: Offices) -> None:
    offices.taken()
    offices.work("u").say(offices.case("u"), said.Outcome, word="helped")
    offices.pass_hour()
    offices.of_group.now += 179 * 86_400
    offices.pass_hour()
    offices.pass_hour()
    assert offices.state("u") == offices.state("v") == "closed"
    offices.of_group.now += 86_400
    offices.pass_hour()
    offices.pass_hour()
    assert offices.work("u").load.cases == offices.work("v").load.cases == {}


@pytest.mark.slow
def test_an_open_case_outlives_its_envelopes(offices: Offices) -> None:
    family = offices.taken()
    offices.work("u").reply(offices.case("u"), "Ждите.")
    offices.pass_hour()
    known = set(offices.case("u").bodies)
    offices.of_group.now += 340 * 86_400
    offices.pass_hour()
    offices.pass_hour()
    there = len(offices.work("u").post)
    offices.pass_hour()
    assert len(offices.work("u").post) == there  # once is enough
    offices.of_group.now += 30 * 86_400
    offices.pass_hour()
    # the first envelopes have left her folder, and nothing of the case with them
    assert offices.work("u").post.envelopes.ended(offices.of_group.now) == []
    offices.desks["u"].lock()
    offices.desks["u"].open(PASSPHRASE)
    assert known <= set(offices.case("u").bodies)
    answer = family.answer()
    assert answer is not None
    assert [one.text for one in answer.earlier] == ["Ждите."]
    # another desk of hers, which was never on while the first envelopes were there
    again = offices.elsewhere("v", *offices.vaults["v"].secrets)
    assert again.work is not None
    (case,) = again.work.load.cases.values()
    assert known <= set(case.bodies)
    assert again.work.load.file(case).state == "taken"


def test_a_group_that_is_amended_while_the_desk_is_open_goes_on(offices: Offices) -> None:
    # row 9, at the desk: what is sealed next is sealed under the new charter
    offices.taken()
    before = offices.work("u").load.group.head
    offices.amend(list(offices.work("u").colleagues[::-1]))
    offices.pass_hour()
    assert offices.work("u").load.group.head == offices.charter.id != before
    offices.work("u").say(offices.case("u"), said.Note, text="Дальше.")
    offices.pass_hour()
    notes = [one for one in offices.case("v").bodies.values() if isinstance(one.said, said.Note)]
    assert [one.place.charter for one in notes] == [offices.charter.id]
