"""Cases: deadlines counted, told and derived again; a letter written and printed; a desk's load.

    ./run bench cases

Printed: the seconds of processor time, its child's too, beside the floor that each must reach; the
clock's seconds tell how busy the machine was. A desk's load has 2,000 cases; beside it stands what
opening the sealed files alone takes. Its folder is made once, in a minute, and kept.
"""

import datetime as dt
import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from deskload import measure
from wayhome.cases.derivation import Derivation, Since
from wayhome.cases.law import Law, Office
from wayhome.cases.letters import Complaint, Earlier, Sender, Writing, write_letter
from wayhome.cases.moved import derived_again
from wayhome.cases.telling import tell_all
from wayhome.desk.printing import print_letter
from wayhome.lawbook import read_law

PACK = Path(__file__).parents[1] / "campaigns" / "way-home"
DEADLINES = 10_000
DAY = dt.date(2026, 3, 3)
FLOORS = {"deadlines derived again": 1.0, "letter as PDF": 0.4}  # seconds


def spent() -> float:
    """Give the processor's seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(work: Callable[[], object], times: int = 1) -> tuple[float, float]:
    """Give the least seconds that some work takes: of the processor, and of the clock."""
    found = []
    for _ in range(times):
        begun, used = time.perf_counter(), spent()
        work()
        found.append((spent() - used, time.perf_counter() - begun))
    return min(one for one, _ in found), min(one for _, one in found)


def kept(law: Law, office: Office) -> list[Derivation]:
    """Count deadlines of ten thousand letters, as they were before a year's transfers."""
    off = {day: one for day, one in law.calendar.off.items() if one.why != "moved"}
    before = replace(law, calendar=replace(law.calendar, version="before", off=off))
    rule = law.rules["ru.59.answer"]
    return [
        before.dates(rule, Since("registered", DAY + dt.timedelta(i % 600)), office)[-1]
        for i in range(DEADLINES)
    ]


def again(old: list[Derivation], law: Law, office: Office) -> int:
    """Derive them all again; give how many moved."""
    return sum(derived_again(one, law, office) is not None for one in old)


def main() -> None:
    """Measure and print."""
    law = read_law(PACK)
    office = Office(law.authorities.get("ru.mil-prosecutor.garrison"))
    old = kept(law, office)
    dates = law.dates(law.rules["ru.59.answer"], Since("registered", DAY, "77"), office)
    letter = Earlier("Командир части", DAY, "14000000000000", "77", DAY)
    writing = Writing(
        template="silence",
        to="ru.mil-prosecutor.garrison",
        way="post",
        sender=Sender("home"),
        day=dt.date(2026, 11, 26),
        own_words="Мой муж ранен в марте, рана не зажила, комиссии не было.",
        address="город, улица, дом",
        complaint=Complaint("ru.unit", letter, dates),
    )
    text = write_letter(writing, law)
    seconds = {
        "law read": timed(lambda: read_law(PACK), 5),
        "deadlines derived again": timed(lambda: again(old, law, office), 3),
        "deadlines told": timed(lambda: [tell_all((one,), law, "ru") for one in old]),
        "letter written": timed(lambda: write_letter(writing, law), 20),
        "letter as PDF": timed(lambda: print_letter(text), 5),
    }
    print(
        json.dumps(
            {
                "deadlines": DEADLINES,
                "of them moved": again(old, law, office),
                "seconds": {name: round(one, 4) for name, (one, _) in seconds.items()},
                "by the clock": {name: round(one, 4) for name, (_, one) in seconds.items()},
                "floors": FLOORS,
                "reached": {name: seconds[name][0] <= floor for name, floor in FLOORS.items()},
                "PDF bytes": len(print_letter(text)),
                "desk": measure(law),
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
