"""Files that a caseworker adds: sealed apart, shown as pixels, given out as they came."""

from hashlib import sha256

import msgspec
import pytest

from desk.deskpage import Page
from desk.offices import InProcess, Offices
from desk.photos import PLACE, photo
from wayhome.cases import blobs, said
from wayhome.cases.kinds import sealed
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.sealedfile import Attachment
from wayhome.codec import limits
from wayhome.desk.known import DeskFault
from wayhome.desk.opening import open_file
from wayhome.desk.papers import MOST, Brought, Papers, files_in
from wayhome.desk.post import Post


def test_a_note_and_a_proof_keep_their_files_as_they_came_and_show_them_as_pixels(
    page: Page, offices: Offices
) -> None:
    offices.taken()
    case, raw = offices.case("u").id, photo()
    page.done("note", case, text="Квитанция.", file=page.bring(raw, "C:\\мои\\чек\u202e.jpg"))
    page.done(
        "letter", case, template="medical-board", to="ru.medical-board", way="post",
        sender="home", own_words="Рана не зажила.", office_address="улица Мира, 1",
    )  # fmt: skip
    proof = page.bring(b"%PDF-1.7 answer", "ответ.pdf", "application/pdf")
    shown = page.done("fact", case, letter="1", what="sent", on="2024-10-03", file=proof)
    for name in ("чек.jpg", "ответ.pdf", "подтверждение — файл 2"):
        assert name in shown
    assert shown.count("data-look") == 1  # the picture, and not the other file
    noted, proved = [
        one
        for body in sorted(offices.case("u").bodies.values(), key=lambda one: one.said.n)
        for one in files_in(body.said)
    ]
    assert (noted.role, proved.role) == ("original", "document")
    seen = page.ask("/picture", case=case, no=noted.id)
    assert seen.content.startswith(b"\x89PNG")
    assert PLACE not in seen.content
    assert PLACE in page.ask("/file", case=case, no=noted.id).content
    assert page.ask("/picture", case=case, no=proved.id).status_code == 422
    # who holds the case with her has it from the node
    offices.pass_hour()
    assert offices.work("v").attachment(offices.case("v"), noted.id) == raw
    assert offices.work("v").attachment(offices.case("v"), proved.id) == b"%PDF-1.7 answer"


def test_what_a_family_is_given_is_a_picture_without_its_place_and_stays_in_later_answers(
    page: Page, offices: Offices
) -> None:
    family = offices.taken()
    case = offices.case("u").id
    given = [page.bring(photo()), page.bring(b"text", "памятка.txt", "text/plain")]
    page.done("reply", case, text="Вот памятка.", file=given)
    page.done("reply", case, text="И ещё.")
    offices.pass_hour()
    answer = family.answer()
    assert answer is not None
    assert answer.text == "И ещё."
    picture, text = answer.files
    assert (picture.name, picture.type, picture.role) == ("снимок.png", "image/png", "clean")
    assert (text.name, text.role) == ("памятка.txt", "document")

    def part(blob: str, name: object) -> bytes:
        return offices.of_group.get(f"/blob/{blob}/{name}").content

    opened = open_file(picture, part(picture.id, "list"), [part(picture.id, 0)])
    assert opened.startswith(b"\x89PNG")
    assert PLACE not in opened
    # the later answer's envelope names no file: nodes were given both with the first
    named = [len(Envelope.of(one).blobs) for one in offices.of_group.public]
    assert sorted(named)[-2:] == [0, 2]


def test_a_file_is_brought_by_the_session_alone_and_no_larger_than_one_can_be(
    page: Page, offices: Offices
) -> None:
    offices.taken()
    line = msgspec.json.encode({"name": "a", "type": ""}) + b"\n"

    def tried(body: bytes, token: str) -> int:
        heads = page.heads(authorization=f"Bearer {token}")
        return page.client.post("/bring", content=body, headers=heads).status_code

    assert tried(line, "") == 401
    assert tried(b"no line", page.token) == 413
    assert tried(line + bytes(MOST + 1), page.token) == 413
    assert tried(line + bytes(MOST), page.token) == 200
    offices.desks["u"].lock()
    assert tried(line, page.token) == 401


def test_what_cannot_be_added_is_said_and_nothing_is_sent(page: Page, offices: Offices) -> None:
    offices.taken()
    case = offices.case("u").id
    there = len(offices.work("u").post)
    lost = page.do("note", case, text="а", file="0" * 32)
    assert 'role="alert"' in lost
    many = [page.bring(b"x", "x.txt", "text/plain") for _ in range(limits.FILES)]
    assert 'role="alert"' in page.do("note", case, text="а", file=[*many, many[0]])
    broken = page.bring(b"no picture", "x.jpg", "image/jpeg")
    assert 'role="alert"' in page.do("reply", case, text="а", file=broken)
    assert len(offices.work("u").post) == there


class Deaf(InProcess):
    """A node that takes envelopes and no files."""

    def hand_in_file(self, file: Attachment) -> None:
        raise DeskFault(f"503 to {file.id}")


def test_a_file_that_no_node_takes_is_said_though_its_text_was_sent(offices: Offices) -> None:
    offices.taken()
    desk, case = offices.desks["u"], offices.case("u")
    work = offices.work("u")
    work.papers = Papers(Post(desk.folder, offices.group, [Deaf(offices.of_group)]))
    ticket = work.papers.bring(Brought("a.txt", "text/plain", b"a"))
    files = work.papers.seal([ticket])
    with pytest.raises(DeskFault, match="add it once more"):
        work.say(case, said.Note, text="с файлом", files=files)
    notes = [one.said for one in case.bodies.values() if isinstance(one.said, said.Note)]
    assert [one.text for one in notes] == ["с файлом"]
    # it is offered to the node again with nothing but a note that names it
    assert [one.id for one in work.papers.outgoing(notes[0])] == [files[0].id]


def with_files(offices: Offices) -> str:
    """Have a case with two notes that name files, and a name with an original; give its id."""
    family = offices.taken()
    original, digest = blobs.make(b"original"), sha256(b"original").hexdigest()
    named = [sealed.Blob(original.id, original.bucket)]
    file = said.File(original.id, original.key, "а.jpg", "image/jpeg", 8, digest, "original")
    family.tell_name("Анна", "Волгоград", named, originals=(file,))
    InProcess(offices.of_group).hand_in_file(Attachment.of(original))
    first, case = offices.work("u"), offices.case("u")
    for text in ("чек", "ответ"):
        ticket = first.papers.bring(Brought(f"{text}.txt", "text/plain", text.encode()))
        first.say(case, said.Note, text=text, files=first.papers.seal([ticket]))
    offices.pass_hour()
    return original.id


@pytest.mark.slow
def test_the_files_and_the_name_of_an_open_case_outlive_their_envelopes_though_its_lead_is_away(
    offices: Offices,
) -> None:
    original = with_files(offices)
    offices.desks["u"].lock()
    offices.of_group.now += 343 * 86_400  # the lead's first week to renew it has passed
    offices.pass_hour()
    offices.pass_hour()
    there = len(offices.of_group.public)
    offices.pass_hour()
    assert len(offices.of_group.public) == there  # once is enough
    offices.of_group.now += 30 * 86_400
    offices.pass_hour()
    work, case = offices.work("v"), offices.case("v")
    assert case.lapses > offices.of_group.now
    files = [one for body in case.bodies.values() for one in files_in(body.said)]
    assert {work.attachment(case, one.id) for one in files} == {"чек".encode(), "ответ".encode()}
    work.open_identity(case, "для суда")
    assert work.details[case.id].name == "Анна"
    assert work.attachment(case, original) == b"original"
    # an envelope follows one other, and no envelope tells that two of them are one case
    assert sorted(len(Envelope.of(one).blobs) for one in offices.of_group.public)[-4:] == [
        0,
        1,
        1,
        1,
    ]
