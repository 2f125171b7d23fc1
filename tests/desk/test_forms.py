"""What a caseworker writes down by forms of their own: a call, a letter, two reports alike."""

import re

from desk.deskpage import Page
from desk.offices import Family, Offices
from wayhome.cases import said
from wayhome.cases.familytalk import TALKS
from wayhome.cases.mailbox import Mailbox
from wayhome.crypto import receipts
from wayhome.pages.words import words

STORY = (
    "Мужа ранили весной, осколок до сих пор в ноге, ходит с тростью. Комиссии не было, в части"
    " говорят собираться и ехать обратно. Помогите добиться военно-врачебной комиссии."
)
LETTER = {
    "template": "medical-board", "to": "ru.medical-board", "way": "post", "sender": "home",
    "own_words": "Рана не зажила.", "office_address": "улица Мира, 1",
}  # fmt: skip


def test_a_call_becomes_a_report_of_intake_and_the_family_comes_back_with_the_words(  # noqa: PLR0915 - a call
    page: Page, offices: Offices
) -> None:
    asked = page.ask("/view", view="new", lang="en").text
    assert 'data-no="wounded-sent-back"' in asked
    asked = page.ask("/view", view="new", no="wounded-sent-back").text
    assert 'name="answer-board"' in asked
    assert '<option value="RU-VLG">Вологодская область</option>' in asked
    fields = {"answer-board": "yes", "region": "RU-VLG", "lang": "ru", "figures": "1"}
    empty = page.ask("/do", deed="report", no="wounded-sent-back", fields=fields)
    assert "напишите, что рассказала семья" in empty.text
    wrong = fields | {"story": STORY, "region": "<b>"}
    refused = page.ask("/do", deed="report", no="wounded-sent-back", fields=wrong).text
    assert words("ru").refusal("bad-form") in refused
    assert offices.work("u").load.cases == {}

    shown = page.ask(
        "/do", deed="report", no="wounded-sent-back", fields=fields | {"story": STORY}
    ).text
    assert STORY in shown
    assert "Вологодская область" in shown
    assert "RU-VLG" not in shown
    code = offices.work("u").receipts[offices.case("u").id]
    assert code in shown
    assert len(code.split()) == 8
    offices.pass_hour()
    report = offices.case("v").report
    assert report is not None
    assert isinstance(report.said, said.Report)
    assert (report.said.sender, report.said.answers) == ("caseworker", {"board": "yes"})
    # the words are told once, and lead to the answer
    assert offices.work("v").receipts == {}
    page.done("take", offices.case("u").id, title="звонок", holder=[offices.key("v")])
    page.done("reply", offices.case("u").id, text="Мы пишем в комиссию.")
    offices.pass_hour()
    family = receipts.family_keys(receipts.read(code))
    raw = offices.of_group.get(f"/envelopes/{offices.group}/slots").content
    there = {raw[at : at + 16].hex() for at in range(0, len(raw), 16)}
    assert Mailbox.of(there, family.box).replies == 1
    offices.desks["u"].lock()
    assert code not in page.ask("/view", view="case", case=offices.case("v").id).text


def test_a_report_that_looks_like_another_is_said_to_and_joined_ends_with_a_word_to_the_family(
    page: Page, offices: Offices
) -> None:
    Family(offices).report(STORY)
    again = Family(offices)
    again.report(STORY + " Пишу второй раз.")
    Family(offices).report("Сын учится, а повестку принесли, хотя отсрочка по учёбе действует.")
    offices.pass_hour()
    load = offices.work("u").load
    first, second = (
        next(one.id for one in load.cases.values() if one.report and one.report.said.story == text)
        for text in (STORY, STORY + " Пишу второй раз.")
    )
    shown = page.ask("/view", view="case", case=second).text
    assert "Это обращение похоже на другое." in shown
    assert re.findall(r'<li><a href="#" data-view="case" data-case="(\w+)"', shown) == [first]
    page.done("take", first, title="раненый", holder=[offices.key("v")])
    shown = page.done("take", second, title="ещё раз", holder=[offices.key("v")])
    assert f'<option value="{first}">раненый' in shown
    told = page.do("related", second, other=second, why="duplicate")
    assert "Выберите другое дело." in told
    page.done("related", second, other=first, why="duplicate")
    assert load.file(load.cases[second]).state == "duplicate"
    assert load.file(load.cases[first]).state == "taken"
    for here, there in ((first, second), (second, first)):  # each leads to the other
        shown = page.ask("/view", view="case", case=here).text
        assert (
            f'то же обращение второй раз: <a href="#" data-view="case" data-case="{there}"' in shown
        )
    offices.pass_hour()
    answer = again.answer()
    assert answer is not None
    assert (answer.status, answer.text) == ("duplicate", TALKS["ru"].states["duplicate"])
    # it has ended: nobody is asked to join it again
    assert "похоже на другое" not in page.ask("/view", view="case", case=second).text


def test_a_letter_is_seen_as_text_and_pdf_and_changed_before_it_is_written_down(
    page: Page, offices: Offices
) -> None:
    offices.taken()
    case, there = offices.case("u").id, len(offices.work("u").post)
    lacking = page.ask("/view", view="draft", case=case, fields=LETTER | {"way": "email"}).text
    assert words("ru").refusal("way-not-accepted") in lacking
    assert ">Рана не зажила.</textarea>" in lacking
    seen = page.ask("/view", view="draft", case=case, lang="en", fields=LETTER).text
    assert "The letter is in Russian" in seen
    (text,) = re.findall(r'<pre lang="ru">(.*?)</pre>', seen, re.DOTALL)
    assert "Рана не зажила." in text
    assert "Four parts of five" not in seen
    pdf = page.ask("/draft", case=case, fields=LETTER)
    assert pdf.content.startswith(b"%PDF-")
    assert page.ask("/draft", case=case, fields={}).status_code == 422
    assert len(offices.work("u").post) == there
    assert offices.state("u") == "taken"
    page.done("letter", case, **(LETTER | {"own_words": "Рана открылась."}))
    letter = offices.work("u").load.file(offices.case("u")).letters[1].letter
    assert "Рана открылась." in letter.text
    # one all but the same in another case is said to be so
    Family(offices).report("Другая семья, другая беда.")
    offices.pass_hour()
    (other,) = [one for one in offices.work("u").load.cases if one != case]
    page.done("take", other, title="другая", holder=[offices.key("v")])
    fields = LETTER | {"own_words": "Рана открылась."}
    assert "Четыре части из пяти" in page.ask("/view", view="draft", case=other, fields=fields).text
