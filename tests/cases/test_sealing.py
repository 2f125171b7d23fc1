"""A statement is sealed into an envelope that a node takes and only its readers open."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from cases import envelopes
from cases.body_cases import DAY, FAMILY, report
from cases.nodes import OfGroup
from wayhome.cases import blobs, said
from wayhome.cases.body import Drawer, Place
from wayhome.cases.kinds.sealed import Blob, Envelope
from wayhome.codec import bech32
from wayhome.crypto.recipients import Recipient, new_identity, recipient_of
from wayhome.desk.opening import open_body
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places, readers
from wayhome.groups.kinds.charter import Charter
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused

VECTORS = Path(__file__).parents[2] / "vectors"


def place_of(charter: Record) -> Place:
    return Place(Charter.of(charter).group, charter.id, envelopes.SLOT)


def test_a_sealed_report_is_taken_by_a_node_and_opened_at_a_desk(of_group: OfGroup) -> None:
    mine = new_identity("x25519")
    where = place_of(of_group.charter)
    blob = blobs.make(b"a photo")
    outside = Outside(of_group.now, 16, (Blob(blob.id, blob.bucket),))
    enclosed = Enclosed(report(), where, FAMILY)
    number = places(Charter.of(of_group.charter))
    record = make_envelope(enclosed, [recipient_of(mine)], number, outside)
    assert of_group.send(record.line)[0][0] == 202
    assert Envelope.of(record).bits == 16
    assert open_body(b64decode(record.content), where, [mine]).said == report()
    with pytest.raises(Drawer, match="not-for-us"):
        open_body(b64decode(record.content), where, [new_identity("x25519")])


def test_what_cannot_be_sealed_for_is_refused_and_no_fault_of_the_desk(of_group: OfGroup) -> None:
    everybodys = Recipient(bech32.write("age", bytes(32)))  # a family's page is anybody's page
    enclosed = Enclosed(report(), place_of(of_group.charter), FAMILY)
    with pytest.raises(Refused, match="bad-form"):
        make_envelope(enclosed, [everybodys], 3, Outside(of_group.now, 0))


def test_intake_reads_reports_and_custodians_read_names(of_group: OfGroup) -> None:
    charter = Charter.of(of_group.charter)
    assert readers(charter, report()) == tuple(one.recipient for one in charter.caseworkers)
    name = said.PersonalDetails(1, 1, DAY, "Анна", "Волгоград")
    assert readers(charter, name) == ()  # nobody here keeps names
    assert places(charter) == len(charter.caseworkers)


def test_an_envelope_that_a_page_made_is_well_made_and_opens() -> None:
    made = json.loads((VECTORS / "sealed-envelope.json").read_text("utf-8"))
    record = read_line(made["record"].encode())
    envelope = Envelope.of(record)
    assert (envelope.bits, envelope.outside.recipients, len(envelope.blobs)) == (16, 3, 1)
    where = Place(envelope.group, envelope.charter, envelope.slot)
    body = open_body(b64decode(record.content), where, [made["identity"]])
    assert body.json.decode() == made["json"]
