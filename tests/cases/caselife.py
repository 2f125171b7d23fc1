"""A case's life, told in short: bodies by their writers, numbered in the order of telling."""

import datetime as dt
from collections.abc import Sequence
from hashlib import sha256

from cases.lawful import law
from wayhome.cases import said
from wayhome.cases.casefile import CaseFile, Entry, fold
from wayhome.cases.derivation import Since
from wayhome.cases.law import Office
from wayhome.cases.said import Statement
from wayhome.cases.storedsum import stored

FAMILY, ANNA, VERA, OLGA = ("f" * 64, "a" * 64, "b" * 64, "c" * 64)
CASE, SECRET = "0" * 32, "1" * 64
RECIPIENT = "age1" + "q" * 58
IDENTITY = "AGE-SECRET-KEY-1" + "Q" * 58
START = dt.date(2026, 3, 1)


class Life:
    """Says one thing after the other; each is a body with the next number."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.today = START

    def say(self, by: str, what: type[said.Said], /, **fields: object) -> "Life":
        """Add a body by somebody."""
        number = len(self.entries) + 1
        body = what(v=1, n=number, at=self.today, **fields)
        record = sha256(f"{number} {by}".encode()).hexdigest()
        assert isinstance(body, Statement)
        self.entries.append(Entry(record, by, body))
        return self

    def on(self, day: str) -> "Life":
        """Go on at another day."""
        self.today = dt.date.fromisoformat(day)
        return self

    def reported(self) -> "Life":
        return self.say(
            FAMILY,
            said.Report,
            kind="wounded-sent-back",
            region="",
            lang="ru",
            story="Рана не зажила.",
            answers={"board": "no"},
            sender="home",
            recipient=RECIPIENT,
            box=SECRET,
            consent=said.Consent(figures=True),
        )

    def held(self, *holders: str) -> "Life":
        """Open it, share its key, assign it."""
        names = holders or (ANNA, VERA)
        self.say(ANNA, said.Opened, case=CASE, desk=SECRET, title="раненый")
        key = {"case": CASE, "desk": SECRET, "identity": IDENTITY, "holders": names}
        self.say(ANNA, said.CaseKey, **key)
        return self.say(ANNA, said.Assign, case=CASE, holders=names, lead=names[0])

    def wrote(self, no: int = 1, **changes: object) -> "Life":
        letter = {
            "no": no,
            "authority": "ru.medical-board",
            "template": "medical-board",
            "hash": "0" * 64,
            "sender": "home",
            "way": "post",
            "text": "Прошу назначить комиссию.",
        }
        return self.say(ANNA, said.Letter, **{**letter, **changes})

    def happened(self, what: str, on: str, letter: int = 1, **more: object) -> "Life":
        day = dt.date.fromisoformat(on)
        return self.say(ANNA, said.CaseFact, letter=letter, what=what, on=day, **more)

    def owed(self, rule: str, since: str, on: str, letter: int = 1) -> "Life":
        """Let the desk write a deadline."""
        found = law().rules[rule]
        office = Office(law().authorities.get("ru.medical-board"))
        dates = law().dates(found, Since(found.since, dt.date.fromisoformat(on)), office)
        assert found.since == since
        return self.say(ANNA, said.Deadline, letter=letter, rule=rule, derivation=stored(dates[-1]))

    def graded(self, word: str, letter: int = 1) -> "Life":
        return self.say(ANNA, said.Grade, letter=letter, word=word)

    def sent(self) -> "Life":
        """Go as far as a letter that was sent and registered."""
        self.reported().held().wrote().on("2026-03-05").happened("sent", "2026-03-03")
        self.happened("registered", "2026-03-05", no="77")
        return self.owed("ru.59.answer", "registered", "2026-03-05")

    def folded(self, caseworkers: int = 3, entries: Sequence[Entry] | None = None) -> CaseFile:
        return fold(self.entries if entries is None else entries, law(), caseworkers)

    @property
    def state(self) -> str:
        return str(self.folded().state)

    @property
    def bad(self) -> list[str]:
        """The types of the bodies that were bad steps."""
        placed = self.folded().placed
        return [type(one.entry.said).__name__ for one in placed if one.is_bad]
