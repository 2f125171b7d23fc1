"""Renewing: what a desk seals anew by itself when a season ends or a colleague has left.

What is left to do follows from the envelopes and the charter in force, and from nothing that a desk
would have to remember: one that is stopped half-way goes on at its next look.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from wayhome.cases import said
from wayhome.cases.body import Body
from wayhome.cases.casefile import ENDED, OPEN
from wayhome.cases.snapshots import packed
from wayhome.codec import limits
from wayhome.crypto.recipients import Identity, read_identity, recipient_of
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.conversation import CHANGED, HIDDEN, RENEWED, answers_found, lang_of
from wayhome.desk.known import DeskFault
from wayhome.desk.readable import is_shared, meant_of, unread, unreadable
from wayhome.records.refused import Refused

MOST = 20  # envelopes at one look: each costs a puzzle, and somebody waits for the board
_DAY = 86_400
_WEEK = 7 * _DAY
_RENEWED_BEFORE = 30 * _DAY  # before the first envelope of an open case lapses
_TURN = 2 * 3_600  # seconds: nodes show at a full hour what another desk has done already

Step: TypeAlias = Callable[[], None]  # hands in one envelope


def renew(work: Casework, most: int = MOST) -> int:
    """Seal anew what is next, at most so many envelopes; give how many cases still wait for it."""
    left, waiting = most, 0
    for name in sorted(work.load.cases):
        for step in _steps(work, work.load.cases[name]):
            if not left:
                waiting += 1
                break
            try:
                step()
            except (DeskFault, Refused) as fault:
                waiting += 1
                if fault is work.post.fault:  # no node takes it now: none would take the next one
                    left = 0
                break  # else it is this case's own: anybody can send a report that is in no order
            left -= 1
    return waiting


def _steps(work: Casework, case: Case) -> Iterator[Step]:
    """Give what one case needs, each step worked out once those before it are done."""
    file = work.load.file(case)
    if file.state in OPEN or file.state in ENDED:
        yield from _names(work, case)
        if case.key is None and not work.staying(case):
            yield from _report(work, case)
        elif case.key is not None and _is_turn(work, order_of(work, case)):
            yield from _held(work, case)


def _held(work: Casework, case: Case) -> Iterator[Step]:
    """A case that she holds: its key, who holds it, what was said, and the family's answer."""
    group, key = work.load.group, case.key
    is_known = key is not None and case.is_known_to_strangers(key.identity)
    if is_known or (key and read_identity(Identity(key.identity))[0] != group.charter.sort):
        yield partial(work.change_key, case)
    staying = work.staying(case)
    if set(staying) != set(work.load.file(case).holders):
        yield partial(work.assign, case, staying)
    if work.load.file(case).state == "erased":  # those who stay had agreed to it
        return
    if not all(is_shared(case, one, group) for one in staying):
        yield partial(work.share_key, case)
    for what, fields in packed(unreadable(case, staying, group)):
        yield partial(work.say, case, what, **fields)
    yield from _answer(work, case)


def _report(work: Casework, case: Case) -> Iterator[Step]:
    """A report that nobody holds: for those on intake who were meant to read it."""
    readers = meant_of(case, work.load.group)
    to = [one.recipient for one in readers]
    if _is_turn(work, [one.key for one in readers]):
        for what, fields in packed(unread(case, work.load.group)):
            yield partial(work.tell, case, what, fields, to)


def _names(work: Casework, case: Case) -> Iterator[Step]:
    """Names that a custodian could open with an old season alone, or that lapse soon."""
    now = [one for one in work.colleagues if one.custodian]
    is_open = work.load.file(case).state in OPEN
    soon = soon_for(work, [one.key for one in now]) if is_open else 0
    is_old = work.post.envelopes.lapses_by(case.sealed, soon)
    if not case.family or not (len(work.custodian) > 1 or is_old):
        return
    own = {str(recipient_of(one)): one for one in work.custodian}
    serving = next((own[one.custodian] for one in now if one.custodian in own), None)
    if serving is None:
        return
    for name in work.names(case):
        charter = work.load.group.charters.get(name.body.place.charter)
        before = {one.key for one in charter.caseworkers if one.custodian} if charter else set()
        to = [one.custodian for one in now if one.key in before]
        if to and (serving not in name.under or name.until <= soon):
            yield partial(_tell_name, work, case, name.body, to)


def _tell_name(work: Casework, case: Case, name: Body, to: Sequence[str]) -> None:
    """Seal a name anew; nodes keep the originals of photographs that it names."""
    originals = name.said.originals if isinstance(name.said, said.PersonalDetails) else ()
    for what, fields in packed([name]):
        with work.papers.kept_up(originals):
            work.tell(case, what, fields, to)


def order_of(work: Casework, case: Case) -> list[str]:
    """Give those who hold a case in the order in which they act: its lead, then the others."""
    lead = work.load.file(case).lead
    return sorted(work.staying(case), key=lambda one: one != lead)


def soon_for(work: Casework, order: Sequence[str]) -> int:
    """Give the moment up to which it is hers to renew what lapses; 0 where it never is.

    The first has thirty days for it, each other one a week less: by then it is done, as a rule.
    """
    if work.me not in order:
        return 0
    return work.now() + max(_DAY, _RENEWED_BEFORE - order.index(work.me) * _WEEK)


def _is_turn(work: Casework, order: Sequence[str]) -> bool:
    """Tell whether it is hers to do now: the first does it at once, each other one a turn later.

    The turns count from when she saw the charter, for a charter says its day and no hour. Where two
    do it all the same, both keys are known to both, and the later in order holds.
    """
    before = order.index(work.me) if work.me in order else None
    return before == 0 or (before is not None and work.now() - work.since >= before * _TURN)


def _answer(work: Casework, case: Case) -> Iterator[Step]:
    """The family's answer anew, where what it finds is none, somebody's who has left, or old.

    Whoever ever read its report knows where it looks, and can lay something there.
    """
    found = answers_found(case, work.there, work.today)
    file = work.load.file(case)
    asks = file.asks if file.state == "asked" else ()
    if found is None:
        return
    if any(_misleads(case, one) for one in found):
        yield partial(work.reply, case, CHANGED[lang_of(case)])
    elif case.last_reply(work.there) and not found:
        if _is_seen(work, case):
            yield partial(work.reply, case, HIDDEN[lang_of(case)], asks)
    elif file.state in OPEN and _lapses(work, case, found):
        yield partial(work.reply, case, RENEWED[lang_of(case)], asks)


def _lapses(work: Casework, case: Case, found: Sequence[Body]) -> bool:
    """Tell whether what the family finds lapses soon, or has, and it is hers to say it again."""
    order = order_of(work, case)
    if not found and work.me == order[0]:
        return True
    answers = found or [one for one in case.bodies.values() if isinstance(one.said, said.Reply)]
    lapses = max(one.said.at for one in answers) + dt.timedelta(limits.ENVELOPE_DAYS)
    return dt.datetime.combine(lapses, dt.time(), dt.UTC).timestamp() <= soon_for(work, order)


def _misleads(case: Case, answer: Body) -> bool:
    """Tell whether an answer is of somebody who has left, or leads to what such a one opens."""
    to = answer.said.recipient if isinstance(answer.said, said.Reply) else ""
    gone = (one.identity for one in case.secrets if case.is_known_to_strangers(one.identity))
    return answer.by not in case.named or any(recipient_of(Identity(one)) == to for one in gone)


def _is_seen(work: Casework, case: Case) -> bool:
    """Tell whether she is to uncover an answer: the first at once, the others a day later."""
    youngest = work.post.envelopes.youngest(case.last_reply(work.there) or "")
    return work.me == order_of(work, case)[0] or work.now() // _DAY > youngest
