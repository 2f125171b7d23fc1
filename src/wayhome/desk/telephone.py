"""Telephone: a report that a caseworker writes down for a family that called.

It goes the way of every report: sealed to intake, under the keys of eight words that are made here.
The caseworker tells them the family, and the desk forgets them when it is locked.
"""

from wayhome.cases import said
from wayhome.cases.body import Place
from wayhome.crypto import receipts
from wayhome.crypto.receipts import WordLanguage
from wayhome.crypto.recipients import recipient_of
from wayhome.crypto.slots import family_slot
from wayhome.desk.asked import text_of
from wayhome.desk.casework import Casework
from wayhome.desk.form import Form
from wayhome.desk.known import DeskFault
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places, readers

_ANSWER = "answer-"  # a question's name in the form begins so


def write_down(work: Casework, form: Form) -> str:
    """Hand a report in; give the id of its case.

    Raises:
        DeskFault: it lacks something, or no node takes it.
        Refused: it is not well made.
    """
    kind = work.load.law.kinds.get(form.no)
    story, region = text_of(form.fields, "story"), text_of(form.fields, "region")
    if kind is None or not story:
        raise DeskFault("choose what it is about, and write what the family told you")
    code = receipts.new_code()
    family = receipts.family_keys(code)
    answers = {one.id: text_of(form.fields, _ANSWER + one.id) for one in kind.question}
    group = work.load.group
    lang: WordLanguage = "en" if text_of(form.fields, "lang") == "en" else "ru"
    report = said.Report(
        v=1,
        n=1,
        at=work.today,
        kind=kind.id,
        region=region,
        lang=lang,
        story=story,
        answers={name: one for name, one in answers.items() if one},
        sender="caseworker",
        recipient=recipient_of(family.identity(group.charter.sort)),
        box=family.box.hex(),
        consent=said.Consent(figures=bool(text_of(form.fields, "figures"))),
    )
    place = Place(group.id, group.head, family_slot(family.box, "f", 0))
    outside = Outside(work.now(), group.bits)
    to = readers(group.charter, report)
    enclosed = Enclosed(report, place, family.sign)
    record = make_envelope(enclosed, to, places(group.charter), outside)
    work.post.hand_in([record])
    work.load.read([record.id])
    case = next((one for one in work.load.cases.values() if place.s in one.slots), None)
    if case is None:
        raise DeskFault("it was handed in, but you are not on intake and cannot read it")
    work.receipts[case.id] = " ".join(receipts.write(code, lang))
    return case.id
