"""Which place, and when again: a place that fails is asked later, and never holds up another."""

import asyncio
import contextlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wayhome.echo import messengers, relays
from wayhome.echo.done import Done
from wayhome.echo.notes import Said, draft, printed
from wayhome.echo.places import EchoFault, EchoRefused, Place
from wayhome.peers.way import Way
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.store.store import StorageFault
from wayhome.web.site import Echoed

PAUSE = 30.0  # seconds between two looks for what is new
FIRST, MOST = 60, 3_600  # seconds until a place that failed is asked again: doubled each time
_UNWRITTEN = "what was said could not be written down here"


@dataclass(frozen=True, slots=True)
class Voice:
    """What a node speaks with: its own key, its time, and the way out of its machine."""

    sign: Callable[[Draft], Record]
    clock: Callable[[], int]
    way: Way


@dataclass(slots=True)
class _Line:
    """One place with what it has, and when it may be asked again."""

    place: Place
    done: Done
    state: Echoed
    wait: int = 0
    again: int = 0

    def told(self, **news: Any) -> None:  # noqa: ANN401 - fields of the state
        """Replace the state: whoever has the old one compares."""
        self.state = replace(self.state, **news)


class Echo:
    """All places of one node."""

    def __init__(
        self,
        places: Sequence[Place],
        folder: Path,
        said: Callable[[], Sequence[Said]],
        voice: Voice | None = None,
    ) -> None:
        self._lines = [
            _Line(place, Done(folder / place.file), Echoed(place.name)) for place in places
        ]
        self._said = said
        self._voice = voice or Voice(_dumb, lambda: 0, Way())

    @property
    def states(self) -> tuple[Echoed, ...]:
        """How it stands, place by place."""
        return tuple(line.state for line in self._lines)

    def waiting(self) -> Iterator[tuple[Place, Said]]:
        """Give what would be said where, and is not yet."""
        said = self._said()
        for line in self._lines:
            if not line.done.is_new or line.place.history:
                yield from ((line.place, one) for one in _wanted(line, said))

    async def run(self) -> None:
        """Say what is new until cancelled."""
        while self._lines:
            with contextlib.suppress(StorageFault):  # a broken disk: asked again at the next look
                await self.round()
            await asyncio.sleep(PAUSE)

    async def round(self) -> None:
        """Say once what waits, at every place that is due, at all of them at once."""
        said = await asyncio.to_thread(self._said)
        await asyncio.gather(*(self._try(line, said) for line in self._lines))

    async def _try(self, line: _Line, said: Sequence[Said]) -> None:
        try:
            await self._follow(line, said)
        except OSError:  # this machine's disk, before anything was said
            line.told(fault=_UNWRITTEN)
        except Exception as error:  # noqa: BLE001 - what one place finds wrong in us ends no node
            line.told(fault="a fault of ours")
            line.again = self._voice.clock() + MOST
            traceback.print_tb(error.__traceback__)  # where, and never a stranger's words

    async def _follow(self, line: _Line, said: Sequence[Said]) -> None:
        if line.done.is_new and not line.place.history:
            line.done.add(one.id for one in said)  # what was said before is not said once more
        waiting = list(_wanted(line, said))
        line.told(waiting=len(waiting))
        if not waiting or self._voice.clock() < line.again:
            return
        line.told(refused=0, fault="")
        for one in waiting:
            try:
                await self._say(line.place, one)
                line.done.add((one.id,))
            except OSError:  # this machine's disk: it is said again, which at a relay is once
                line.told(fault=_UNWRITTEN)
                break
            except EchoRefused as refused:
                fault = f"it does not want {one.id[:16]}: {refused}"
                line.told(refused=line.state.refused + 1, fault=fault)
            except EchoFault as fault:
                line.told(fault=str(fault))
                break
            else:
                line.told(said=line.state.said + 1, waiting=line.state.waiting - 1)
        line.wait = min(MOST, 2 * line.wait or FIRST) if line.state.fault else 0
        line.again = self._voice.clock() + line.wait

    async def _say(self, place: Place, said: Said) -> None:
        if place.relay:
            try:
                note = self._voice.sign(draft(said, place.form))
            except Refused as refused:  # with its proof it is larger than any record
                raise EchoRefused(refused.reason) from refused
            await relays.publish(self._voice.way, place.relay, note)
        else:
            await messengers.send(place.apprise, said.title, printed(said, place.form))


def _wanted(line: _Line, said: Sequence[Said]) -> Iterator[Said]:
    languages = line.place.languages
    return (
        one for one in said if one.id not in line.done and (not languages or one.lang in languages)
    )


def _dumb(draft: Draft) -> Record:
    raise AssertionError(f"asked to say something without a key: {draft.kind}")
