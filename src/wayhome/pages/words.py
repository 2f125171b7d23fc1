"""Words: the languages of the pages: sentences, plurals, numbers, dates, refusals.

The English sentence is the key. In `locale/`, `<language>.po` holds what pages say,
`<language>.script.po` what the browser's scripts say, and `refusals.<language>.toml` why something
was refused. They are read as they are committed: there is no compiled copy that could be older.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Self

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup

LANGUAGES = ("ru", "en")
_LOCALES = {"ru": "ru", "en": "en_GB"}
# hours before UTC at which a reader of the language is told a time; the catalogue names the zone
_AHEAD = {"ru": 3}
_FOLDER = files("wayhome.pages") / "locale"


@dataclass(frozen=True)
class Words:
    """One language. Everything that is said with it is safe to stand in HTML."""

    lang: str
    locale: Locale
    site: NullTranslations
    script: NullTranslations
    refusals: dict[str, str]

    @classmethod
    def of(cls, lang: str) -> Self:
        """Read a language's files, which are part of the program."""
        refusals = tomllib.loads((_FOLDER / f"refusals.{lang}.toml").read_text("utf-8"))
        locale = Locale.parse(_LOCALES[lang])
        return cls(lang, locale, _catalogue(lang), _catalogue(f"{lang}.script"), refusals)

    def say(self, sentence: str, **values: object) -> Markup:
        """Give a sentence; ``values`` are escaped where they are not markup already."""
        return _filled(self.site.gettext(sentence), values)

    def say_of(self, context: str, sentence: str, **values: object) -> Markup:
        """Give a sentence or word that means different things in different places."""
        return _filled(self.site.pgettext(context, sentence), values)

    def say_many(self, one: str, many: str, number: int, **values: object) -> Markup:
        """Give the form that fits a number; `%(num)s` is the number itself."""
        text = self.site.ngettext(one, many, number)
        return _filled(text, {"num": self.number(number)} | values)

    def number(self, value: int) -> str:
        """Write a number."""
        return format_decimal(value, locale=self.locale)

    def day(self, at: int) -> str:
        """Write the day, UTC, in which a moment lies."""
        return format_date(_utc(at).date(), "long", locale=self.locale)

    def date(self, day: str) -> str:
        """Write a day that is given as `YYYY-MM-DD`."""
        return format_date(dt.date.fromisoformat(day), "long", locale=self.locale)

    def month(self, at: int) -> str:
        """Name the month, UTC, in which a moment lies."""
        text = format_date(_utc(at).date(), "LLLL y", locale=self.locale)
        return text[0].upper() + text[1:]  # it stands alone, as a title

    def moment(self, at: int) -> Markup:
        """Write a moment with its zone."""
        there = _utc(at + 3_600 * _AHEAD.get(self.lang, 0))
        return self.say(
            "%(day)s, %(time)s UTC",
            day=format_date(there.date(), "long", locale=self.locale),
            time=format_time(there.time(), "HH:mm", locale=self.locale),
        )

    def both(self, parts: Iterable[object]) -> Markup:
        """Join parts by commas and a last «and»."""
        escaped = [str(Markup.escape(part)) for part in parts]
        return Markup(format_list(escaped, locale=self.locale))  # noqa: S704 - each part was escaped

    def refusal(self, reason: str) -> str:
        """Say why something was refused."""
        return self.refusals[reason]

    def of_script(self, sentences: Iterable[str]) -> list[str]:
        """Give a script's sentences in this language, in the script's own order."""
        return [self.script.gettext(one) for one in sentences]


@cache
def words(lang: str) -> Words:
    """Give a language, read once."""
    return Words.of(lang)


def preferred(header: str, offered: Iterable[str]) -> str | None:
    """Give the first of the offered languages that an `Accept-Language` header likes best."""
    best: tuple[float, str] | None = None
    names = tuple(offered)
    for part in header[:_HEADER].split(","):
        name, _, rest = part.strip().partition(";")
        lang, weight = name.split("-")[0].lower(), _weight(rest)
        if lang in names and weight > 0 and (best is None or weight > best[0]):
            best = (weight, lang)
    return best[1] if best else None


_HEADER = 400  # characters of a header that are looked at: forty languages


def sort_key(text: str) -> tuple[str, str]:
    """Sort as a reader expects: case does not matter, and ё stands with е."""
    return text.casefold().replace("ё", "е"), text


def _weight(text: str) -> float:
    found = text.strip().removeprefix("q=")
    try:
        return float(found) if found else 1.0
    except ValueError:  # not a weight; the language was named all the same
        return 0.001


def _catalogue(name: str) -> NullTranslations:
    path = _FOLDER / f"{name}.po"
    if not path.is_file():  # English: the keys are the sentences
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _filled(text: str, values: dict[str, object]) -> Markup:
    said = Markup(text)  # noqa: S704 - our own sentence; a test holds that it has no markup
    return said % values if values else said


def _utc(at: int) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(at, dt.UTC)
    except (OverflowError, ValueError, OSError):  # a record may name any time at all
        return dt.datetime.fromtimestamp(0 if at < 0 else _LAST, dt.UTC)


_LAST = 253_402_300_799  # the end of the year 9999, where dates end
