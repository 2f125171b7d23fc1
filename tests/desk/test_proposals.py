"""What organisers write is what a node would take, and comes into force as its page says."""

from dataclasses import replace

import pytest

from petition_world import Group, secret_key
from wayhome.channel.service import Writing
from wayhome.channel.service import write as post
from wayhome.codec import bech32, limits
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk import charters
from wayhome.desk.charters import (
    Change,
    Step,
    amend_group,
    changes_in_words,
    end_links,
    found_group,
    link_groups,
)
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.proposals import cosign_with, progress, proposals_of, speaker, waiting_for, write
from wayhome.groups.caseworker import Caseworker, Role, consent
from wayhome.groups.kinds.charter import Charter, Node
from wayhome.groups.service import Founding
from wayhome.records.record import Record

NOW = 1_801_440_000
ANNA, OLGA, VERA, NINA = (secret_key(name) for name in ("anna", "olga", "vera", "nina"))


def public(*secrets: SecretKey) -> tuple[str, ...]:
    return tuple(keys.public_key(one) for one in secrets)


def founded(k: int = 2, *secrets: SecretKey) -> tuple[Known, str]:
    """A group in force, all of whose organisers are in office."""
    who = secrets or (ANNA, OLGA, VERA)
    record = found_group(Founding("Samara", k, public(*who)), who[0], NOW)
    known = Known.of([record.line])
    for one in who[1:]:
        known = known.plus(cosign_with(known, record, one, NOW))
    return known, record.id


def spoken(known: Known, group: str, text: str, *signers: SecretKey) -> tuple[Known, Record]:
    """A post of a group, signed by these."""
    own = speaker(known, keys.public_key(signers[0]), group)
    record = write(post(own, Writing("t", "en", text), NOW), signers[0])
    known = known.plus(record)
    for one in signers[1:]:
        known = known.plus(cosign_with(known, record, one, NOW))
    return known, record


def agreed(known: Known, records: list[Record], *signers: SecretKey) -> Known:
    """Records with the cosigns of these."""
    known = known.plus(*records)
    for record in records:
        for one in signers:
            known = known.plus(cosign_with(known, record, one, NOW))
    return known


def test_the_author_of_a_charter_is_one_of_its_organisers() -> None:
    record = found_group(Founding("Samara", 1, public(OLGA)), ANNA, NOW)
    assert Charter.of(record).organisers == public(ANNA, OLGA)


@pytest.mark.parametrize("k", [0, 3])
def test_k_is_refused_when_it_cannot_be_reached(k: int) -> None:
    with pytest.raises(DeskFault, match="at least 1 and at most as many"):
        found_group(Founding("Samara", k, public(ANNA, OLGA)), ANNA, NOW)


def test_being_named_is_no_word_before_the_charter_is_signed() -> None:
    record = found_group(Founding("Samara", 1, public(ANNA, OLGA)), ANNA, NOW)
    known = Known.of([record.line])
    with pytest.raises(DeskFault, match=f"not in office.*wayhome cosign {record.id}"):
        speaker(known, *public(OLGA))
    known = known.plus(cosign_with(known, record, OLGA, NOW))
    assert speaker(known, *public(OLGA)) == (record.id, record.id)


def test_a_stranger_has_no_word() -> None:
    known, group = founded()
    with pytest.raises(DeskFault, match="no charter in force"):
        speaker(known, *public(NINA))
    with pytest.raises(DeskFault, match="does not name your key"):
        speaker(known, *public(NINA), group)
    with pytest.raises(DeskFault, match="names your key"):
        cosign_with(known, known.record(group), NINA, NOW)


def test_who_speaks_in_two_groups_says_for_which() -> None:
    known, group = founded()
    other = found_group(Founding("Omsk", 1, public(ANNA)), ANNA, NOW)
    known = known.plus(other)
    with pytest.raises(DeskFault, match=r"(?s)several groups.*--group"):
        speaker(known, *public(ANNA))
    assert speaker(known, *public(ANNA), group[:10]) == (group, group)


def test_a_record_is_official_at_the_k_th_sig_and_signed_once_by_each() -> None:
    known, group = founded()
    known, record = spoken(known, group, "text", ANNA)
    assert progress(known, record).lacking == 1
    assert [one.id for one in waiting_for(known, *public(OLGA))] == [record.id]
    assert waiting_for(known, *public(ANNA)) == []
    with pytest.raises(DeskFault, match="once is enough"):
        cosign_with(known, record, ANNA, NOW)
    known = known.plus(cosign_with(known, record, OLGA, NOW))
    assert progress(known, record).is_official
    assert waiting_for(known, *public(VERA)) == []
    assert proposals_of(known, group) == []


def test_an_amendment_seals_what_is_official_and_nothing_else() -> None:
    known, group = founded()
    known, said = spoken(known, group, "said", ANNA, OLGA)
    known, proposed = spoken(known, group, "only proposed", ANNA)
    records = amend_group(known, group, Change(leaves=public(VERA)), ANNA, NOW)
    assert len(records) == 1
    known = agreed(known, records, OLGA)
    assert known.head(group) == records[0].id
    assert known.standing.is_official(said.id)
    with pytest.raises(DeskFault, match="replaced since"):
        cosign_with(known, proposed, VERA, NOW)
    assert not known.standing.is_official(proposed.id)
    with pytest.raises(DeskFault, match="no charter in force"):
        speaker(known, *public(VERA))


def test_an_amendment_lacks_sigs_of_the_charter_that_it_replaces_too() -> None:
    known, group = founded(3)
    change = Change(k=1, leaves=public(OLGA, VERA), joins=public(NINA))
    records = amend_group(known, group, change, ANNA, NOW)
    known = known.plus(*records)
    assert progress(known, records[0]).lacking == 2
    assert [one.id for one in waiting_for(known, *public(VERA))] == [records[0].id]
    known = agreed(known, records, VERA, OLGA)
    assert progress(known, records[0]).is_official


def test_more_seals_than_fit_one_charter_go_into_charters_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charters, "SEALS", 2)
    known, group = founded()
    said = []
    for i in range(5):
        known, record = spoken(known, group, f"text {i}", ANNA, OLGA)
        said.append(record)
    records = amend_group(known, group, Change(name="Samara and Togliatti"), ANNA, NOW)
    assert [Charter.of(one).name for one in records] == ["Samara"] * 2 + ["Samara and Togliatti"]
    known = known.plus(*records)
    assert next(iter(waiting_for(known, *public(OLGA)))).id in {one.id for one in records}
    known = agreed(known, records, OLGA)
    assert known.head(group) == records[-1].id
    assert all(known.standing.is_official(one.id) for one in said)


def test_a_charter_with_all_its_seals_fits_a_record_whatever_else_it_says() -> None:
    founding = Founding(
        "Ж" * limits.NAME,
        16,
        public(*(secret_key(f"{i}") for i in range(limits.ORGANISERS))),
        ("ru", "en", "tt", "ba"),
        ("A" * 16, "B" * 16, "C" * 16),
        tuple(
            Node(f"https://{i}.{'x' * 80}/{'y' * (limits.URL - 91)}", public(ANNA)[0])
            for i in range(limits.NODES)
        ),
    )
    assert {len(node.url) for node in founding.nodes} == {limits.URL}
    seals = [f"{i:064x}" for i in range(charters.SEALS)]
    full = charters.amend("a" * 64, ["a" * 64, "b" * 64], founding, seals, NOW)
    record = write(full, ANNA)
    assert len(Charter.of(record).sealed) == charters.SEALS


def test_a_split_is_healed_by_an_amendment_that_names_both_branches() -> None:
    known, group = founded()
    branches = [
        amend_group(known, group, Change(name=name), ANNA, NOW)[0] for name in ("one", "two")
    ]
    known = agreed(known, branches, OLGA)
    with pytest.raises(DeskFault, match="in dispute"):
        speaker(known, *public(ANNA))
    with pytest.raises(DeskFault, match="--base"):
        amend_group(known, group, Change(), ANNA, NOW)
    healed = amend_group(known, group, Change(base=branches[1].id), ANNA, NOW)
    known = agreed(known, healed, OLGA)
    assert known.charter(group).name == "two"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(leaves=public(NINA)), "is not an organiser now"),
        (Change(drops=("https://gone.example",)), "the charter names no node"),
        (Change(leaves=public(OLGA, VERA)), "at least 1 and at most as many"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(change: Change, said: str) -> None:
    known, group = founded()
    with pytest.raises(DeskFault, match=said):
        amend_group(known, group, change, ANNA, NOW)


def caseworker(secret: SecretKey, recipient: bytes, role: Role = "intake") -> Caseworker:
    said = bech32.write("age", recipient)
    proof = keys.sign(secret, consent(said, role, "")).hex()
    return Caseworker(keys.public_key(secret), said, role, "", proof)


def test_an_amendment_keeps_caseworkers_gives_them_new_recipients_and_dismisses_them() -> None:
    known, group = founded()
    anna, olga = caseworker(ANNA, bytes(31) + b"a"), caseworker(OLGA, bytes(31) + b"o")

    def amended(change: Change) -> Charter:
        nonlocal known
        known = agreed(known, records := amend_group(known, group, change, ANNA, NOW), OLGA)
        return Charter.of(records[-1])

    assert amended(Change(caseworkers=(anna, olga))).caseworkers == (anna, olga)
    assert amended(Change(name="Another name")).caseworkers == (anna, olga)
    later = caseworker(ANNA, bytes(31) + b"b", "worker")
    assert amended(Change(caseworkers=(later,))).caseworkers == (olga, later)
    before = Charter.of(known.records[known.head(group)])
    after = amended(Change(dismissed=(olga.key,)))
    assert after.caseworkers == (later,)
    assert f"caseworker leaves: {olga.key} (intake), {olga.recipient}" in changes_in_words(
        before, after
    )
    with pytest.raises(DeskFault, match="not a caseworker now"):
        amend_group(known, group, Change(dismissed=(olga.key,)), ANNA, NOW)


def test_a_link_witnesses_what_stands_and_ends_with_all_its_renewals() -> None:
    known, group = founded()
    other = Group("omsk")
    known = known.plus(*other.records)
    step = Step((group, group), other.id[:12])
    record = link_groups(known, step, ANNA, NOW)
    known = agreed(known, [record], OLGA)
    assert other.id in known.standing.links(group)
    with pytest.raises(DeskFault, match="already"):
        link_groups(known, step, ANNA, NOW)
    known = known.plus(other.amend([], name="Omsk 2"), *other.records)
    renewed = link_groups(known, step, ANNA, NOW)
    assert renewed.tags[-1] == ("witness", known.head(other.id))
    known = agreed(known, [renewed], OLGA)
    ends = end_links(known, (group, group), other.id, ANNA, NOW)
    assert len(ends) == 2
    known = agreed(known, ends, OLGA)
    assert other.id not in known.standing.links(group)
    with pytest.raises(DeskFault, match="has no link"):
        end_links(known, (group, group), other.id, ANNA, NOW)


def test_a_witness_is_a_charter_of_that_group() -> None:
    known, group = founded()
    known = known.plus(*Group("omsk").records)
    step = Step((group, group), Group("omsk").id, witness=group)
    with pytest.raises(DeskFault, match="is not a charter of"):
        link_groups(known, step, ANNA, NOW)


def test_an_id_may_be_shortened_but_not_doubtful() -> None:
    known, group = founded()
    assert known.record(group[:8].upper()).id == group
    for text in (group[:7], "", "f" * 64):
        with pytest.raises(DeskFault, match="there is no record"):
            known.record(text)
    double = replace(known.record(group), id=group[:9] + "0" * 55)
    several = Known({**known.records, double.id: double}, known.standing)
    with pytest.raises(DeskFault, match="give the whole id"):
        several.record(group[:8])
    assert several.record(group).id == group


def test_lines_that_are_no_good_records_are_left_out() -> None:
    known, group = founded()
    line = known.record(group).line
    changed = line.replace(b"Samara", b"Omsk  ")
    assert len(Known.of([line, changed, line[:-9], b"", b"{}", b"\xff"]).records) == 1


def test_a_word_with_a_borrowed_sig_is_nobodys() -> None:
    known, group = founded()
    known, said = spoken(known, group, "text", ANNA)
    other = cosign_with(known, said, OLGA, NOW)
    borrowed = other.line.replace(other.sig.encode(), said.sig.encode())
    assert not Known.of([borrowed]).records
    assert Known.of([other.line]).records
