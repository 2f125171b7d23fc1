"""A season ends, a colleague leaves: the desks of the others seal anew what they hold open."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from cases.body_cases import CASEWORKER, DAY, FAMILY, FILE, IDENTITY, PLACE, report
from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.offices import PASSPHRASE, Family, InProcess, Offices
from wayhome.cases import said
from wayhome.cases.body import Body, Place, write
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.mailbox import Mailbox
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import Identity, Recipient, kind_of, new_identity, recipient_of
from wayhome.crypto.slots import family_slot
from wayhome.desk.case import Case, Way, case_of
from wayhome.desk.conversation import CHANGED, HIDDEN, answers_found, given_files, turns
from wayhome.desk.desk import Desk
from wayhome.desk.known import DeskFault
from wayhome.desk.post import Post
from wayhome.desk.readable import unread
from wayhome.desk.sealing import Enclosed, Outside, make_envelope
from wayhome.desk.vault import CaseSecret, Met, Season, Secret, Writer
from wayhome.records.record import Record


def name_anew(offices: Offices, letter: str) -> Sequence[Secret]:
    """Let her begin a season, and the charter name it; give what is in her vault then."""
    line = offices.begin_season(letter)
    named = offices.work(letter).colleagues
    offices.amend([line if one.key == line.key else one for one in named])
    return offices.vaults[letter].secrets


def newest_alone(offices: Offices, letter: str, secrets: Sequence[Secret]) -> Desk:
    """Open a desk of hers that has her writer key and her newest season, and no case's key."""
    last = max(one.no for one in secrets if isinstance(one, Season))
    kept = [one for one in secrets if isinstance(one, Writer) or getattr(one, "no", 0) == last]
    return offices.elsewhere(letter, *kept)


def sigs(cases: Sequence[Case]) -> set[str]:
    return {body.sig for case in cases for body in case.first_said}


def cases_of(desk: Desk) -> list[Case]:
    assert desk.work is not None
    return list(desk.work.load.cases.values())


@pytest.mark.slow
def test_a_new_season_opens_all_that_the_old_one_did_once_a_colleague_has_looked(
    offices: Offices,
) -> None:
    family = offices.taken()
    offices.work("u").say(offices.case("u"), said.Note, text="Звонила в часть.")
    family.tell_name("Анна", "Волгоград")
    Family(offices).report("Никто ещё не взял.")
    offices.pass_hour()
    before = sigs(cases_of(offices.desks["u"]))

    secrets = name_anew(offices, "u")
    offices.desks["u"].lock()  # she is away: the other seals it to her new season
    offices.pass_hour()
    offices.of_group.now += 86_400
    offices.pass_hour()
    offices.pass_hour()

    new = newest_alone(offices, "u", secrets)
    assert new.work is not None
    assert before <= sigs(cases_of(new))
    assert {new.work.load.file(one).state for one in cases_of(new)} == {"taken", "waiting"}
    # her own desk does the same for what only she opens: a name, as a custodian
    offices.desks["u"].open(PASSPHRASE)
    offices.pass_hour()
    new.fetch()
    (held,) = [one for one in cases_of(new) if one.key]
    assert [one.body.said.name for one in new.work.names(held)] == ["Анна"]
    # and then nothing is left to do: who looks again writes nothing
    there = len(offices.of_group.public)
    offices.pass_hour()
    assert len(offices.of_group.public) == there


def dismissed(offices: Offices, letter: str) -> Desk:
    """Let the group name her no more; give her desk, which nobody opens for her again."""
    key = offices.key(letter)
    gone = offices.desks.pop(letter)
    offices.others.append(gone)
    first = next(iter(offices.desks))
    offices.amend([one for one in offices.work(first).colleagues if one.key != key])
    offices.pass_hour()
    offices.pass_hour()
    return gone


def texts_of(cases: Sequence[Case]) -> set[str]:
    return {getattr(body.said, "text", "") for one in cases for body in one.first_said}


@pytest.mark.slow
def test_who_was_dismissed_opens_nothing_that_is_said_after_it_and_the_family_is_told(
    of_group: OfGroup, tmp_path: Path
) -> None:
    offices = Offices(of_group, tmp_path / "desks", "uvw")
    family = offices.taken()
    offices.work("u").reply(offices.case("u"), "Пишите дальше.")
    offices.pass_hour()
    known = offices.case("u").key
    gone = dismissed(offices, "v")
    case, work = offices.case("u"), offices.work("u")
    assert case.key != known
    assert work.load.file(case).holders == (work.me,)
    answer = family.answer()
    assert answer is not None
    assert "без этого человека" in answer.text
    family.write("Теперь скажу всё.", answer.n + 1)
    work.say(case, said.Note, text="Она не прочтёт.")
    offices.pass_hour()
    gone.touch()
    gone.fetch()
    after = {"Теперь скажу всё.", "Она не прочтёт."}
    assert texts_of(cases_of(gone)) & {"Пишите дальше.", *after} == {"Пишите дальше."}
    assert {"Пишите дальше.", *after} <= texts_of([offices.case("u")])
    # one is too few: she lets another read it, who then reads all of it
    work.share(offices.case("u"), offices.key("w"))
    offices.pass_hour()
    shared = [one for one in cases_of(offices.desks["w"]) if one.key]
    assert sigs([offices.case("u")]) <= sigs(shared)
    offices.lock()


@pytest.mark.slow
def test_where_the_lead_is_away_the_next_holder_seals_anew_two_hours_later(
    of_group: OfGroup, tmp_path: Path
) -> None:
    offices = Offices(of_group, tmp_path / "desks", "uvw", sort="x25519")
    Family(offices).report()
    offices.pass_hour()
    offices.work("u").take(offices.case("u"), "раненый", [offices.key("v"), offices.key("w")])
    offices.pass_hour()
    gone, named = offices.key("w"), offices.work("v").colleagues
    offices.desks.pop("w").lock()
    offices.desks["u"].lock()
    offices.amend([one for one in named if one.key != gone])
    known = []
    for _ in range(3):
        offices.pass_hour()
        key = offices.case("v").key
        assert key is not None
        known.append(offices.case("v").is_known_to_strangers(key.identity))
    assert known == [True, True, False]
    offices.lock()


def test_a_key_that_who_was_dismissed_makes_afterwards_is_written_under_by_nobody() -> None:
    secrets = [CaseSecret("0" * 32, new_identity("x25519"), "0" * 64) for _ in range(3)]
    stays, gone = keys.public_key(CASEWORKER), keys.public_key(FAMILY)
    case = Case("0" * 32, secrets=secrets, named=frozenset([stays]))

    def give(number: int, author: SecretKey, secret: CaseSecret, *holders: str) -> None:
        key = said.CaseKey(1, number, DAY, case.id, secret.desk, secret.identity, holders)
        case.add(Body.read(write(key, PLACE, author), PLACE), 0, Way("", PLACE.charter))

    give(2, CASEWORKER, secrets[0], stays, gone)
    assert case.key == secrets[0]  # there is no other
    give(3, CASEWORKER, secrets[1], stays)
    give(4, FAMILY, secrets[2], stays)
    assert case.key == secrets[1]
    assert [case.is_known_to_strangers(one.identity) for one in secrets] == [True, False, True]


@pytest.mark.slow
def test_a_closed_case_of_one_who_was_dismissed_is_erased_by_those_who_stay(
    offices: Offices,
) -> None:
    offices.taken()
    offices.work("u").say(offices.case("u"), said.Outcome, word="helped")
    offices.work("u").erase(offices.case("u"), "просили")
    offices.pass_hour()
    dismissed(offices, "v")
    assert offices.work("u").load.cases == {}


class Killed(BaseException):
    """The desk's program has ended here."""


@dataclass(frozen=True)
class Deadly(InProcess):
    """A node that takes what is handed in, and then the desk is killed."""

    def hand_in(self, record: Record) -> None:
        super().hand_in(record)
        raise Killed


@pytest.mark.slow
def test_killed_at_each_envelope_and_started_again_it_goes_on_and_says_nothing_twice(
    offices: Offices,
) -> None:
    offices.taken()
    offices.work("u").reply(offices.case("u"), "Пишите дальше.")
    offices.work("u").say(offices.case("u"), said.Note, text="Звонила в часть.")
    offices.pass_hour()
    before = sigs(cases_of(offices.desks["u"]))
    desk, secrets = offices.desks["u"], offices.vaults["u"].secrets
    offices.amend([one for one in offices.work("u").colleagues if one.key == offices.key("u")])
    there, kills = len(offices.of_group.public), 0
    desk.ways = [Deadly(offices.of_group)]
    while True:
        desk.lock()
        try:
            desk.open(PASSPHRASE)
        except Killed:
            kills += 1
            offices.of_group.pass_hour()
            desk.lock()
        else:
            break
    assert kills == len(offices.of_group.public) - there == 4
    again = [
        whole.sig
        for body in offices.case("u").bodies.values()
        if isinstance(body.said, said.Snapshot)
        for whole in body.said.bodies
    ]
    assert len(again) == len(set(again))
    desk.ways = [InProcess(offices.of_group)]
    alone = newest_alone(offices, "u", secrets)
    assert before <= sigs(cases_of(alone))


def sorts_of(case: Case) -> list[str | None]:
    """Give of which sort each key of a case is, the newest last."""
    keys_ = sorted(case.keys, key=lambda one: one.said.n)
    found = [Identity(getattr(one.said, "identity", "")) for one in keys_]
    return list(dict.fromkeys(kind_of(recipient_of(one)) for one in found))


@pytest.mark.slow
def test_a_group_that_changes_to_hybrid_keys_goes_on_answering_who_wrote_before(
    of_group: OfGroup, tmp_path: Path
) -> None:
    offices = Offices(of_group, tmp_path / "desks", sort="x25519")
    family = offices.taken()
    offices.work("u").reply(offices.case("u"), "Раньше.")
    offices.pass_hour()
    offices.sort = "hybrid"
    offices.amend([offices.begin_season(one) for one in "uv"])
    offices.pass_hour()
    offices.pass_hour()
    # both did it in the same hour, each a key of her own: all are known, and one holds
    assert sorts_of(offices.case("u")) == ["x25519", "hybrid"]
    assert offices.case("u").key == offices.case("v").key
    offices.work("u").reply(offices.case("u"), "И теперь.")
    offices.pass_hour()
    answer = family.answer()
    assert answer is not None
    assert answer.text == "И теперь."
    assert kind_of(answer.recipient) == "hybrid"
    family.write("Спасибо.", answer.n + 3)
    before = {one.id for one in of_group.public}
    Family(offices).report("Другая история.")
    offices.pass_hour()
    assert {"Раньше.", "И теперь.", "Спасибо."} <= texts_of(cases_of(offices.desks["v"]))
    new = [one for one in of_group.public if one.id not in before]
    assert {Envelope.of(one).outside.sort for one in new} == {"hybrid"}
    offices.lock()


@pytest.mark.slow
def test_a_report_that_cannot_be_said_again_holds_up_no_other_case(offices: Offices) -> None:
    for _ in range(2):
        Family(offices).report()
    offices.pass_hour()
    # cases are looked at in the order of their ids
    spoilt, good = sorted(cases_of(offices.desks["u"]), key=lambda one: one.id)
    # what a snapshot of it would hold nobody reads
    spoilt.bodies = {sig: replace(body, json=b"\0") for sig, body in spoilt.bodies.items()}
    named = offices.begin_season("v")
    offices.desks["v"].lock()
    offices.amend([one for one in offices.work("u").colleagues if one.key != named.key] + [named])
    offices.pass_hour()
    offices.of_group.now += 86_400
    offices.pass_hour()
    desk = offices.desks["u"]
    assert desk.work is not None
    assert unread(desk.work.load.cases[good.id], desk.work.load.group) == []
    assert desk.behind == 1


@pytest.mark.slow
def test_an_answer_that_leads_a_family_to_another_key_is_warned_of_until_it_is_answered(
    offices: Offices,
) -> None:
    family, case = offices.taken(), offices.case("u")
    writer = next(one for one in offices.vaults["v"].secrets if isinstance(one, Writer))
    assert case.key is not None
    bought, own = SecretKey(bytes.fromhex(writer.secret)), recipient_of(new_identity("hybrid"))
    answer = said.Reply(1, case.next_number, offices.today, "Пишите мне.", "taken", own)
    to = (recipient_of(family.identity), recipient_of(Identity(case.key.identity)))
    lay(offices, 0, answer, bought, *to)
    there = len(offices.of_group.public)
    page = Page.at(offices.desks["u"])
    warning = "ведёт семью к ключу, которого у этого рабочего места нет"
    assert warning in page.ask("/view", view="case", case=case.id).text
    offices.pass_hour()
    assert len(offices.of_group.public) == there  # it is for people to ask why
    offices.work("u").reply(case, "Пишите нам.")
    assert warning not in page.ask("/view", view="case", case=case.id).text


def said_in(*told: tuple[SecretKey, said.Statement]) -> Case:
    """A case in which this was said, one body in each of the family's slots for answers."""
    first = Body.read(write(report(), PLACE, FAMILY), PLACE)
    case = Case(case_of(first), named=frozenset([keys.public_key(CASEWORKER)]))
    case.add(first, 0, Way("", PLACE.charter))
    for number, (author, what) in enumerate(told):
        slot = family_slot(bytes.fromhex(case.box), "r", number)
        place = replace(PLACE, s=slot)
        case.add(Body.read(write(what, place, author), place), 0, Way("", PLACE.charter))
    return case


def answered(number: int, text: str, *files: said.File) -> said.Reply:
    return said.Reply(1, number, DAY, text, "taken", recipient_of(IDENTITY), files=files)


def found_in(case: Case, *lapsed: int) -> list[str] | None:
    """Give the texts of what the family finds where these of its slots have lapsed."""
    gone = {family_slot(bytes.fromhex(case.box), "r", one) for one in lapsed}
    found = answers_found(case, case.slots - gone, DAY)
    return None if found is None else [getattr(one.said, "text", "") for one in found]


def test_what_the_family_finds_is_in_the_last_slot_whatever_number_it_has() -> None:
    forged = (FAMILY, answered(said.NUMBERS, "Подделка."))
    honest = (CASEWORKER, answered(3, "Ответ."))
    assert found_in(said_in(forged, honest)) == ["Ответ."]
    assert found_in(said_in(honest, forged)) == ["Подделка."]
    note = (CASEWORKER, said.Note(1, 4, DAY, "Не ответ."))
    assert found_in(said_in(honest, note)) == []
    assert found_in(said_in(note)) is None


def test_a_desk_counts_the_slots_that_a_family_can_see_and_uses_those_again_that_have_lapsed() -> (
    None
):
    case = said_in(*((CASEWORKER, answered(number, str(number))) for number in range(3, 15)))
    box = bytes.fromhex(case.box)
    rng = random.Random(7)  # noqa: S311 - what has lapsed
    for _ in range(100):
        lapsed = rng.sample(range(12), rng.randint(0, 12))
        there = case.slots - {family_slot(box, "r", one) for one in lapsed}
        seen = Mailbox.of(there, box)
        assert case.last_reply(there) == seen.newest
        assert case.next_reply(there) == family_slot(box, "r", seen.replies)
    assert found_in(case, *range(8)) == []  # the newest is there, and too far for a family
    assert case.next_reply(case.slots - {family_slot(box, "r", n) for n in range(8)}) == (
        family_slot(box, "r", 0)
    )
    before = answered(3, "Год назад.")
    old = msgspec.structs.replace(before, at=DAY.replace(year=DAY.year - 1))
    assert found_in(said_in((CASEWORKER, old))) == []


def test_who_has_left_takes_no_file_away_and_has_not_the_last_word_by_a_high_number() -> None:
    kept, more = FILE, msgspec.structs.replace(FILE, id="c4" * 32)
    honest = (CASEWORKER, answered(3, "Ответ.", kept))
    last = (FAMILY, answered(4, "До свидания.", more))
    forged = (FAMILY, answered(said.NUMBERS, "Подделка."))
    assert given_files(said_in(honest, last, forged)) == (more, kept)
    assert [one.text for one in turns(said_in(honest, last, forged))] == ["Ответ.", "До свидания."]


@dataclass(frozen=True)
class Withholding(InProcess):
    """A node that says nothing of some records."""

    of_kind: int = 0
    of_id: str = ""

    def get(self, path: str) -> bytes:
        told = msgspec.json.decode(super().get(path))
        told["records"] = [
            one
            for one in told["records"]
            if one["kind"] != self.of_kind and one["id"] != self.of_id
        ]
        return msgspec.json.encode(told)


def test_a_node_that_withholds_a_colleagues_key_makes_nobody_seal_to_fewer(
    offices: Offices,
) -> None:
    way = Withholding(offices.of_group, of_kind=3964)
    with pytest.raises(DeskFault, match="does not give the keys"):
        Post(offices.folder, offices.group, [way]).group()
    both = Post(offices.folder, offices.group, [way, InProcess(offices.of_group)])
    assert both.group().head == offices.charter.id


def test_nodes_that_were_all_put_back_bring_nobody_back_who_was_dismissed(
    offices: Offices,
) -> None:
    desk, before = offices.desks["u"], offices.charter.id
    offices.amend([offices.begin_season("u")])
    desk.fetch()
    desk.lock()
    desk.ways = [Withholding(offices.of_group, of_id=offices.charter.id)]
    assert Post(offices.folder, offices.group, desk.ways).group().head == before
    with pytest.raises(DeskFault, match="hide a charter of this group that was in force"):
        desk.open(PASSPHRASE)
    # at a desk that is open it is said above the page, and nobody is sealed to who came back
    ways = [InProcess(offices.of_group)]
    desk.ways = ways
    desk.open(PASSPHRASE)
    ways[0] = Withholding(offices.of_group, of_id=offices.charter.id)
    desk.fetch()
    assert desk.work is not None
    assert "put back behind it" in str(desk.fault)
    assert [one.key for one in desk.work.colleagues] == [offices.key("u")]
    kept = desk._vault.secrets if desk._vault else ()  # noqa: SLF001 - what lies in it is the claim
    assert [one.charter for one in kept if isinstance(one, Met)] == [offices.charter.id]


def test_a_node_that_hides_a_dismissal_makes_nobody_seal_to_who_was_dismissed(
    offices: Offices,
) -> None:
    offices.amend([offices.begin_season("u")])
    hiding = Withholding(offices.of_group, of_id=offices.charter.id)
    ways = [hiding, InProcess(offices.of_group)]
    for one in (ways, ways[::-1]):
        group = Post(offices.folder, offices.group, one).group()
        assert [who.key for who in group.charter.caseworkers] == [offices.key("u")]


def lay(offices: Offices, number: int, what: said.Statement, by: SecretKey, *to: str) -> None:
    """Lay something into a slot of the family's answers, as whoever knows its box can."""
    case, group = offices.case("u"), offices.work("u").load.group
    names = [name for name, one in group.charters.items() if len(one.caseworkers) > 1]
    place = Place(group.id, names[-1], family_slot(bytes.fromhex(case.box), "r", number))
    enclosed = Enclosed(what, place, by)
    outside = Outside(offices.of_group.now, limits.WORK_LEAST, ())
    offices.of_group.take([make_envelope(enclosed, list(map(Recipient, to)), 2, outside)])
    offices.pass_hour()


@pytest.mark.slow
def test_an_answer_by_who_was_dismissed_or_under_a_foreign_envelope_is_given_anew(
    offices: Offices,
) -> None:
    family = offices.taken()
    offices.work("u").reply(offices.case("u"), "Пишите дальше.")
    offices.pass_hour()
    writer = next(one for one in offices.vaults["v"].secrets if isinstance(one, Writer))
    gone = SecretKey(bytes.fromhex(writer.secret))
    dismissed(offices, "v")
    case, own = offices.case("u"), recipient_of(new_identity("hybrid"))
    assert case.key is not None
    ours = recipient_of(Identity(case.key.identity))
    forged = said.Reply(1, said.NUMBERS, offices.today, "Пишите мне.", "taken", own)
    lay(offices, 2, forged, gone, recipient_of(family.identity), ours)
    offices.of_group.pass_hour()
    answer = family.answer()
    assert answer is not None
    assert (answer.text, answer.recipient) == (CHANGED["ru"], ours)
    # a body that opens and is no answer, three slots on: what the family looks at is the last
    note = said.Note(1, 9, offices.today, "Ничего.")
    lay(offices, 6, note, FAMILY, ours)
    offices.of_group.pass_hour()
    covered = family.answer()
    assert covered is not None
    assert (covered.text, covered.recipient) == (HIDDEN["ru"], ours)
    assert "Пишите дальше." in [one.text for one in covered.earlier]
    there = len(offices.of_group.public)
    offices.pass_hour()
    assert len(offices.of_group.public) == there
