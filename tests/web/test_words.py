import json
import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from wayhome.pages.words import LANGUAGES, preferred, sort_key, words
from wayhome.records.refused import REASONS
from wayhome.web.assets import assets
from wayhome.web.findings import GRAVE, told, why
from wayhome.web.pages import Ask
from web.sentences import SOURCE, sentences
from web.small import Opened

LOCALE = SOURCE / "pages" / "locale"
TRANSLATED = [lang for lang in LANGUAGES if lang != "en"]
FORMS = {"ru": 3}
NARROW, WIDE = "\u202f", "\u00a0"


def catalogue(name: str) -> Catalog:
    with (LOCALE / f"{name}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def holes(text: str) -> set[str]:
    return set(re.findall(r"%\(([a-z]+)\)s", text))


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_sentence_of_the_pages_is_translated_and_none_is_left_over(lang: str) -> None:
    said = {(context, one, many) for context, one, many in sentences()}
    known = set()
    for message in catalogue(lang):
        if message.id:
            one, many = message.id if isinstance(message.id, tuple) else (message.id, "")
            known.add((message.context or "", one, many))

    assert said - known == set()
    assert known - said == set()
    assert len(said) > 200


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_sentence_of_the_scripts_is_translated(lang: str) -> None:
    said = {one for sentences_ in assets().said.values() for one in sentences_}
    known = {str(message.id): str(message.string) for message in catalogue(f"{lang}.script")}

    assert said - set(known) == set()
    for one, translation in known.items():
        if one:
            assert {hole[1] for hole in Formatter().parse(one)} == {
                hole[1] for hole in Formatter().parse(translation)
            }, one


@pytest.mark.parametrize("name", [*TRANSLATED, *(f"{lang}.script" for lang in TRANSLATED)])
def test_no_translation_is_empty_fuzzy_markup_or_shouting(name: str) -> None:
    for message in catalogue(name):
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.fuzzy
        for form in forms:
            assert form.strip(), message.id
            assert not set("<>!") & set(form), message.id
            assert not re.search(r"&\w+;|токен|\bты\b|\bтво[йяёи]\b", form, re.IGNORECASE)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_plural_has_all_forms_with_the_same_holes(lang: str) -> None:
    found = catalogue(lang)
    assert found.num_plurals == FORMS[lang]
    for message in found:
        if isinstance(message.id, tuple):
            assert isinstance(message.string, tuple)
            assert len(message.string) == FORMS[lang]
            for form in message.string:
                assert holes(form) == holes(message.id[1]) | holes(message.id[0]), message.id
        elif message.id:
            assert holes(str(message.string)) == holes(str(message.id)), message.id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_has_a_sentence_and_no_sentence_is_left_over(lang: str) -> None:
    said = words(lang).refusals

    assert set(said) == set(REASONS)
    assert all(one.endswith(".") and len(one) > 10 for one in said.values())
    assert len(set(said.values())) == len(said)


def test_templates_hold_no_cyrillic_and_no_bare_sentence() -> None:
    for path in (SOURCE / "web" / "templates").glob("*.html"):
        text = path.read_text("utf-8")
        shown = re.sub(
            r"\{\{.*?\}\}|\{%.*?%\}|<(pre|code)>.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL
        )

        assert not re.search("[а-яё]", text, re.IGNORECASE), path.name
        assert re.findall(r"[A-Za-z]{3,}", shown.replace("wayhome", "")) == [], path.name


def test_code_that_draws_holds_no_cyrillic() -> None:
    for path in [*(SOURCE / "web").glob("*.py"), *(SOURCE / "pages").glob("*.py")]:
        text = path.read_text("utf-8").replace('"Русский"', "").replace('"ё", "е"', "")
        assert not re.search("[а-яё]", text.replace("ё stands with е", ""), re.IGNORECASE), (
            path.name
        )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *((n, "подпись") for n in (1, 21, 101)),
        *((n, "подписи") for n in (2, 3, 24)),
        *((n, "подписей") for n in (0, 5, 11, 111)),
    ],
)
def test_russian_plurals(number: int, said: str) -> None:
    found = words("ru").say_many(
        "%(num)s signature %(until)s", "%(num)s signatures %(until)s", number, until="…"
    )

    assert found == f"{number} {said} …"


def test_numbers_and_dates_are_written_as_in_the_language() -> None:
    at = 1_795_219_200  # the beginning of 21 November 2026, UTC

    assert words("ru").number(11_812) == f"11{WIDE}812"
    assert words("en").number(11_812) == "11,812"
    assert words("ru").day(at) == f"21 ноября 2026{NARROW}г."
    assert words("en").day(at) == "21 November 2026"
    assert words("ru").moment(at) == f"21 ноября 2026{NARROW}г., 03:00 по Москве"
    assert words("en").moment(at) == "21 November 2026, 00:00 UTC"
    assert words("ru").month(at) == "Ноябрь 2026"


def test_a_time_beyond_all_dates_is_still_written() -> None:
    assert "9999" in words("en").day(2**53 - 1)


def test_what_stands_in_a_sentence_is_escaped() -> None:
    said = words("en").say("The group “%(group)s” has not accepted it yet.", group="<b>%(x)s&")

    assert said == "The group “&lt;b&gt;%(x)s&amp;” has not accepted it yet."


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("ru", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de, ru;q=0.1", "ru"),
        ("EN", "en"),
        ("ru;q=0", None),
        ("de", None),
        ("", None),
        ("*", None),
        ("en;q=x, ru;q=0.5", "ru"),
        (";;;,,,q=", None),
        ("a," * 5_000 + "en", None),
    ],
)
def test_the_language_that_a_browser_asks_for(header: str, lang: str | None) -> None:
    assert preferred(header, LANGUAGES) == lang


def test_names_are_sorted_as_a_reader_expects() -> None:
    assert sorted(["яна", "Ёлка", "ель", "Анна"], key=sort_key) == ["Анна", "Ёлка", "ель", "яна"]


def test_every_word_of_a_recount_has_a_sentence(site: Opened) -> None:
    expected = [
        json.loads(json.loads(path.read_text("utf-8"))["json"])
        for path in (SOURCE.parents[1] / "vectors" / "recounts").glob("*.json")
    ]
    findings = {one for result in expected for one in result["findings"]}
    reasons = {one for result in expected for one in result["why"]}

    for lang in LANGUAGES:
        ask = Ask.of(site.node.site, lang, "index")
        assert all(told(ask, one).sentence for one in findings)
        assert all(why(ask, one) for one in reasons)
    assert set(GRAVE) <= {one.partition(":")[0] for one in findings}
    assert len({one.partition(":")[0] for one in findings}) == 16
