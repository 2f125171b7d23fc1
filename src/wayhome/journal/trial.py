"""Trial: a batch of records between what they say and what was found out about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wayhome.crypto.claims import Claim, verifies
from wayhome.records.kind import Ground, Kind, Moment, Origin
from wayhome.records.record import Question, Reading, Record
from wayhome.records.refused import Refused
from wayhome.store.store import Entry


class Verdict(NamedTuple):
    """The record is good; it is to be kept, or held until `until`."""

    entry: Entry
    until: int | None
    quotas: tuple[str, ...] = ()


class Case(NamedTuple):
    """A record as far as it can be judged before what must hold is answered."""

    reading: Reading
    questions: tuple[Question, ...]  # the reading's, then what its kind claims
    kind: Kind | Exception  # or what is wrong, if it is a record
    held: tuple[Record, ...] = ()  # what the kind needs


@dataclass(frozen=True, slots=True)
class Trial:
    """Cases that are judged together; of what is no case, what is wrong with it."""

    cases: Sequence[Case | Exception]
    origins: Sequence[Origin]
    ground: Ground
    now: int
    answers: Callable[[], list[bool]]  # to the questions of all cases, in turn

    def end(self) -> list[Verdict | Exception]:
        """Say of each what is to be done with it."""
        answers = iter(self.answers())
        are_records: list[bool] = []
        known: dict[Question, bool] = {}
        for case in self.cases:
            if isinstance(case, Exception):
                are_records.append(False)
                continue
            are_records.append(next(answers))
            for claim in case.questions[1:]:
                known[claim] = next(answers)

        def verifies_known(claim: Claim) -> bool:
            holds = known.get(claim)
            return verifies(claim) if holds is None else holds

        moments = {one: Moment(self.now, one, verifies_known) for one in set(self.origins)}
        return [
            _verdict(case, self.ground, moments[origin], is_record=is_record)
            for case, is_record, origin in zip(self.cases, are_records, self.origins, strict=True)
        ]


def entry(kind: Kind, record: Record) -> Entry:
    """Say how a record enters the store."""
    return Entry(record, kind.count(record), kind.slot(record))


def bare(error: Exception) -> Exception:
    """Let go of where a refusal rose: those frames hold its whole batch, and the batch holds it.

    Such a ring waits for the garbage collector; of the largest records it was 400 MB.
    """
    if isinstance(error, Refused):
        error.__traceback__ = error.__context__ = None
    return error


def _verdict(
    case: Case | Exception, ground: Ground, moment: Moment, *, is_record: bool
) -> Verdict | Exception:
    if isinstance(case, Exception):
        return case
    try:
        record = case.reading.end(holds=is_record)
        kind, held = case.kind, case.held
        if isinstance(kind, Exception):
            return kind
        kind.admit(record, held, ground, moment)
        until = kind.held_until(record, held, moment)
        if until is not None:  # what it adds to the views is asked when it becomes public
            return Verdict(Entry(record, slot=kind.slot(record)), until, kind.quotas(record))
        return Verdict(entry(kind, record), None, kind.quotas(record))
    except Exception as error:  # noqa: BLE001 - a refusal or our own error: it rises where it is asked
        return bare(error)
