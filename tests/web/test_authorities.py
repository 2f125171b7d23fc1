"""Authorities: who answers for what, each date with its sum; a calculator that keeps nothing."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from cases.lawful import law
from wayhome.cases.law import EARLIEST, LATEST
from wayhome.pages.words import LANGUAGES
from web.small import FACE, Opened

UNCHECKED = {"ru": "Юрист ещё не проверял.", "en": "Not yet checked by a lawyer."}
ASKED = {"rule": "ru.59.answer", "office": "ru.mod", "on": "2025-12-05"}


def text(html: str) -> str:
    """Give what a reader sees."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def asked(site: Opened, lang: str = "en", **changes: str) -> tuple[int, str]:
    answer = site.get(f"/{lang}/deadline.html?{urlencode({**ASKED, **changes})}")
    return answer.status_code, text(answer.text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_stands_with_its_text_and_an_example_that_shows_the_sum(
    site: Opened, lang: str
) -> None:
    page = text(site.get(f"/{lang}/authorities.html").text)
    for rule in law().rules.values():
        assert rule.name[lang] in page
        assert rule.text in page
        assert rule.law[lang] in page
    sums = {"ru": "4 января 2026 года, перенесено на", "en": "4 January 2026, moved to"}
    assert sums[lang] in page
    english = re.findall(r"\b[a-z]{2,}[ ,;]+[a-z]{2,}\b", page)
    assert lang == "en" or not english


@pytest.mark.parametrize("lang", LANGUAGES)
def test_beside_every_entry_it_is_said_that_no_lawyer_has_looked(site: Opened, lang: str) -> None:
    page = text(site.get(f"/{lang}/authorities.html").text)
    entries = len(law().rules) * 2 + len(law().authorities.by_id) + len(law().kinds) + 1
    assert page.count(UNCHECKED[lang]) >= entries


def test_every_office_says_where_complaints_about_it_go(site: Opened) -> None:
    page = text(site.get("/en/authorities.html").text)
    for one in law().authorities.by_id.values():
        assert one.name["en"] in page
        assert one.answers_for["en"] in page
    above = "Military commissariat of a region (stands above it); Garrison military prosecutor"
    assert above in page


def test_the_calculator_shows_the_day_and_the_sum(site: Opened) -> None:
    status, page = asked(site)
    assert status == 200
    assert "Answer: 12 January 2026 30 days from registration on 5 December 2025" in page
    assert "Moved back: 30 December 2025" in page
    assert UNCHECKED["en"] in page
    assert "Ответить: 12 января 2026 года 30 дней с регистрации" in asked(site, "ru")[1]


def test_what_was_asked_stays_chosen_and_nothing_on_the_way_keeps_it(site: Opened) -> None:
    answer = site.get(f"/en/deadline.html?{urlencode(ASKED)}")
    assert answer.headers["cache-control"] == "no-store"
    assert '<option value="ru.59.answer" selected>' in answer.text
    assert 'value="2025-12-05"' in answer.text
    assert "<script" not in answer.text
    # the page without a question is the same for everybody, and was not touched by it
    assert "2025-12-05" not in site.get("/en/deadline.html").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": "5 December"}, "Write the day as year, month and day"),
        ({"on": "2025-02-30"}, "Write the day as year, month and day"),
        ({"on": "1999-12-31"}, "Write the day as year, month and day"),
        ({"on": "9999-12-31"}, "Write the day as year, month and day"),
        ({"rule": "<b>"}, "Choose from the list."),
        ({"office": "nobody\u202e"}, "Choose from the list."),
    ],
)
def test_what_cannot_be_counted_is_said_and_not_repeated(
    site: Opened, changes: dict[str, str], said: str
) -> None:
    status, page = asked(site, **changes)
    assert (status, said in page) == (400, True)
    assert not [value for value in changes.values() if value in page]


@pytest.mark.parametrize("on", [EARLIEST.isoformat(), LATEST.isoformat()])
def test_the_first_and_the_last_day_can_be_counted_from(site: Opened, on: str) -> None:
    for rule in law().rules:
        assert asked(site, rule=rule, on=on)[0] == 200


def test_a_node_without_a_law_says_so(tmp_path: Path) -> None:
    opened = Opened(tmp_path, (), replace(FACE, law=None))
    try:
        for path in ("authorities", "deadline", f"deadline.html?{urlencode(ASKED)}"):
            answer = opened.get(f"/en/{path}")
            assert answer.status_code == 200
            assert "This node was given no list of authorities." in answer.text
    finally:
        opened.node.close()
