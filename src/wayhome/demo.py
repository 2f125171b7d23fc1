"""The demo: three groups, three nodes, three stamping desks and simulated people, in one program.

Everything in it is real (keys, stamps, sigs, HTTP between the parts) but the people and the clock:
the first signatures are given in the half hour before the start, so that there is a count to see.
"""

import asyncio
import random
import shutil
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

from wayhome import campaign as packs
from wayhome.campaign import Campaign
from wayhome.channel.service import Ties, Writing, write
from wayhome.clerk import Clerk
from wayhome.crypto import codes, keys
from wayhome.democases import DemoClock, Office, figures_of, form_post, name_caseworkers, play_cases
from wayhome.demohistory import Voice, tell_history
from wayhome.face import face_of
from wayhome.groups.kinds.charter import Node as NamedNode
from wayhome.groups.service import Founding
from wayhome.lawbook import read_law
from wayhome.node import Node, NodeParts, running, stamping
from wayhome.nodekey import node_key
from wayhome.peers.service import Asked
from wayhome.petition import service as petitions
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition, Place
from wayhome.petition.kinds.signature import make_panel
from wayhome.petition.panel import Panel
from wayhome.petition.signer import Signer
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.samplecases import Samples, has_samples, read_samples
from wayhome.stamping.service import StampingDesk

DAY = 86_400
HISTORY = 30  # windows before the start in which simulated people sign
AT_ONCE = 8  # people who sign at the same time

_Part = TypeVar("_Part")
Progress = Callable[[str, int, int], None]  # what, done, of how many


class DemoFault(Exception):  # noqa: N818 - the demo's own claim did not hold
    """Something that the demo shows was not so; the message says what."""


@dataclass(slots=True)
class DemoGroup:
    """One group with everything that is its own."""

    voice: Voice
    folder: Path
    ports: tuple[int, int]  # node, desk
    node: Node | None = None
    desk: StampingDesk | None = None
    clerk: Clerk | None = None
    node_stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def word(self) -> str:
        """What the pack calls it."""
        return self.voice.word

    @property
    def id(self) -> str:
        """The group's id."""
        return self.voice.id

    @property
    def address(self) -> str:
        """Where the group's node is."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def desk_address(self) -> str:
        """Where the group's stamping desk is."""
        return f"http://127.0.0.1:{self.ports[1]}"

    async def stop_node(self) -> None:
        """Stop the group's node, as a machine is carried away."""
        self.node = None
        await self.node_stack.aclose()


class Demo:
    """The running network; use it as an asynchronous context."""

    def __init__(
        self, folder: Path, pack: Path, signers: int, port: int, *, has_cases: bool = False
    ) -> None:
        self.pack = pack
        self.campaign: Campaign = packs.read_campaign(pack)
        self.samples: Samples | None = None
        self.office: Office | None = None
        if has_cases and has_samples(pack):
            self.samples = read_samples(pack, read_law(pack))
        self.signers = signers
        window = self.campaign.petition.window
        now = int(time.time())
        self.open = now - now % window - HISTORY * window
        self.clock = DemoClock(self.open)
        shutil.rmtree(folder, ignore_errors=True)
        self.groups = {
            group.word: DemoGroup(
                Voice(
                    group.word, group.k, [keys.new_secret_key() for _ in range(group.organisers)]
                ),
                folder / group.word,
                (port + i, port + 100 + i),
            )
            for i, group in enumerate(self.campaign.group)
        }
        self._stack = AsyncExitStack()
        self._chance = random.Random(2023)  # noqa: S311 - which simulated person goes where

    async def __aenter__(self) -> Self:
        """Found the groups, start nodes and desks, publish everything."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        await self._stack.aclose()

    @property
    def nodes(self) -> list[Node]:
        """All three nodes."""
        return [group.node for group in self.groups.values() if group.node]

    async def settle(self) -> None:
        """Let everything that is due happen at every node and desk, and let peers fetch."""
        for group in self.groups.values():
            if group.clerk:
                await group.clerk.tick(self.clock())
        for node in self.nodes:
            await node.tick()
        for node in self.nodes:
            await node.peers.once()
            await node.find_lists()

    async def sign_history(self, progress: Progress) -> None:
        """Let simulated people sign in the windows before the start, then let the clock run."""
        share = [self.signers // HISTORY] * HISTORY
        for i in self._chance.sample(range(HISTORY), self.signers % HISTORY):
            share[i] += 1
        done = 0
        async with person() as http:
            for count in share:
                await self._sign(http, count)
                done += count
                progress("people sign", done, self.signers)
                self.clock.at = self.clock() + self.campaign.petition.window
                await self.settle()
        self.clock.at = None

    async def sign_one(self, http: httpx.AsyncClient) -> Record:
        """Sign once as a browser does, but hand it to the first node alone; give the record."""
        pair = self._chance.choice(list(combinations(self.panel, self.campaign.petition.q)))
        parts = {group.word: codes.new_secret() for group in pair}
        for group in pair:
            _of(group.desk).add_parts([parts[group.word]])
        record = await self._stamped(http, pair, parts)
        await self._hand_in(http, record, [next(iter(self.groups.values()))])
        return record

    def sample_vouchers(self) -> list[list[tuple[str, str]]]:
        """Make two vouchers for the person at the keyboard: name of the group and its code."""
        pairs = list(combinations(self.panel, self.campaign.petition.q))[:2]
        return [[(self._name(group), self._new_code(group)) for group in pair] for pair in pairs]

    @property
    def panel(self) -> list[DemoGroup]:
        """The groups on the petition's panel, in its order."""
        return [self.groups[word] for word in self.campaign.petition.panel]

    async def _start(self) -> None:
        self._tell_history()
        for group in self.groups.values():
            await self._start_node(group)
        await self._play_cases()
        await self._start_desks()
        self._publish()
        if self.samples:
            voice = self.groups[self.samples.group].voice
            voice.say(figures_of(self.samples, voice.speaker, self.open))
            site = _of(self.groups[self.samples.group].node).site
            voice.say(form_post(self.samples, voice.speaker, site, self.open))
        # what a group accepts must have come from another's node first, and what a group links to
        # is carried from the second round on; what is refused as unknown is offered again
        for is_last in (False, False, True):
            for group in self.groups.values():
                await _receive(_of(group.node), group, is_last=is_last)
            await self.settle()
        await self.settle()
        for group in self.panel:
            if _of(group.desk).desk.stage != "open":
                raise DemoFault(f"the desk of {group.word} did not open: something does not stand")

    def _tell_history(self) -> None:
        foundings = {}
        for said in self.campaign.group:
            group = self.groups[said.word]
            group.folder.mkdir(parents=True)
            node = NamedNode(group.address, keys.public_key(node_key(group.folder)))
            languages = tuple(self.campaign.languages)
            foundings[said.word] = Founding(
                said.name, said.k, (), languages, (said.region,), (node,)
            )
        voices = {word: group.voice for word, group in self.groups.items()}
        tell_history(self.pack, self.campaign, voices, foundings)
        if self.samples:
            group = self.groups[self.samples.group]
            place = (group.id, group.address)
            self.office = Office(group.folder / "cases", place, read_law(self.pack), self.open)
            name_caseworkers(self.office, group.voice, voices.values(), self.open)

    async def _play_cases(self) -> None:
        """Let the clock run through the days of the invented cases, up to the start."""
        if self.samples and self.office:
            group = self.groups[self.samples.group]
            node = _of(group.node)
            await _receive(node, group, is_last=False)
            await play_cases(self.office, self.samples, self.clock, node.tick)

    async def _start_node(self, group: DemoGroup) -> None:
        others = tuple(Asked(one.address) for one in self.groups.values() if one is not group)
        face = face_of(self.pack, self.campaign, group.address, is_trial=True)
        parts = NodeParts(group.folder, (group.id,), face, others)
        group.node = Node(parts, self.clock)
        await self._stack.enter_async_context(group.node_stack)
        group.node_stack.callback(group.node.close)
        await group.node_stack.enter_async_context(running(group.node, group.ports[0]))

    async def _start_desks(self) -> None:
        for group in self.panel:
            folder = group.folder / "desk"
            await asyncio.to_thread(StampingDesk.make, folder)
            desks = await self._stack.enter_async_context(
                stamping([(folder, "")], group.address, group.ports[1], self.clock)
            )
            group.desk, group.clerk = desks[0]

    def _publish(self) -> None:
        said = self.campaign.petition
        owner = self.groups[said.group]
        close = self.open + said.days * DAY
        kids = [Place(group.id, _of(group.desk).key.kid) for group in self.panel]
        asked = Petition(
            group=owner.id,
            charter=owner.voice.charter,
            title=said.title,
            lang=said.lang,
            basis="voucher",
            basis_text=said.basis,
            open=self.open,
            close=close,
            window=said.window,
            q=said.q,
            panel=tuple(kids),
            options=(),
            regions=(),
        )
        text = packs.read_text(self.pack, said.file)
        self.petition = owner.voice.say(petitions.draft_petition(asked, text, self.open))
        ceiling = max(said.ceiling, 2 * self.signers)
        for group in self.panel:
            desk = _of(group.desk)
            desk.set_up(self.petition.id, (self.open, close), ceiling)
            accepted = Acceptance(
                group=group.id,
                charter=group.voice.charter,
                petition=self.petition.id,
                spki=desk.key.spki,
                stamping=desk.desk.public,
                ceiling=ceiling,
                urls=(group.desk_address,),
                prev=None,
            )
            group.voice.say(petitions.draft_acceptance(accepted, self.open))
        self.panel_of_keys: Panel = make_panel(
            self.petition, {_of(one.desk).key.kid: _of(one.desk).key.spki for one in self.panel}
        )
        self._publish_translation()

    def _publish_translation(self) -> None:
        said = self.campaign.petition
        if said.translation:
            owner = self.groups[said.group]
            body = packs.read_text(self.pack, said.translation.file)
            writing = Writing(said.translation.title, said.translation.lang, body)
            ties = Ties(translates=self.petition.id)
            owner.voice.say(write(owner.voice.speaker, writing, self.open, ties))

    async def _sign(self, http: httpx.AsyncClient, count: int) -> None:
        pairs = list(combinations(self.panel, self.campaign.petition.q))
        people = [self._chance.choice(pairs) for _ in range(count)]
        parts = [{group.word: codes.new_secret() for group in pair} for pair in people]
        for group in self.panel:
            own = [part[group.word] for part in parts if group.word in part]
            await asyncio.to_thread(_of(group.desk).add_parts, own)
        for start in range(0, count, AT_ONCE):
            batch = zip(people[start:][:AT_ONCE], parts[start:][:AT_ONCE], strict=True)
            await asyncio.gather(*(self._sign_once(http, pair, part) for pair, part in batch))

    async def _sign_once(
        self, http: httpx.AsyncClient, pair: Sequence[DemoGroup], parts: dict[str, bytes]
    ) -> None:
        record = await self._stamped(http, pair, parts)
        # first to the group that did not stamp, then to one that did
        nodes = sorted(self.groups.values(), key=lambda group: group in pair)[:2]
        await self._hand_in(http, record, nodes)

    async def _stamped(
        self, http: httpx.AsyncClient, pair: Sequence[DemoGroup], parts: dict[str, bytes]
    ) -> Record:
        signer = Signer.begin(self.panel_of_keys, [group.id for group in pair])
        answers = {}
        for group in pair:
            question = next(one for one in signer.questions if one.seat.group == group.id)
            body = {
                "petition": self.petition.id,
                "kid": question.seat.kid,
                "blinded": b64encode(question.blinded).decode(),
                "voucher": parts[group.word].hex(),
            }
            answer = await http.post(f"{group.desk_address}/stamp", json=body)
            if answer.status_code != httpx.codes.OK:
                raise DemoFault(f"a stamping desk answered {answer.status_code}: {answer.text}")
            answers[group.id] = b64decode(answer.json()["blind_sig"])
        return sign(signer.draft(answers, self.clock()), signer.secret_key)

    async def _hand_in(
        self, http: httpx.AsyncClient, record: Record, nodes: Sequence[DemoGroup]
    ) -> None:
        for group in nodes:
            url = f"{group.address}/petition/{self.petition.id}/records"
            answer = await http.post(url, content=record.line)
            if answer.status_code != httpx.codes.ACCEPTED:
                raise DemoFault(f"a node answered {answer.status_code}: {answer.text}")

    def _new_code(self, group: DemoGroup) -> str:
        secret = codes.new_secret()
        _of(group.desk).add_parts([secret])
        return codes.write(_of(group.desk).key.kid, secret)

    def _name(self, group: DemoGroup) -> str:
        return next(one.name for one in self.campaign.group if one.word == group.word)


def person() -> httpx.AsyncClient:
    """Ask as people do: each request on a connection of its own.

    Where one is kept, it may be given up at the very moment at which somebody takes it again.
    """
    alone = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(timeout=60.0, trust_env=False, limits=alone)


async def _receive(node: Node, group: DemoGroup, *, is_last: bool) -> None:
    async for outcome in node.intake.receive_lines(group.voice.lines, "own"):
        if is_last and isinstance(outcome, Refused):
            raise DemoFault(f"a node refused its own group's record: {outcome}")


def _of(part: _Part | None) -> _Part:
    """Give a part of a group that has been started."""
    if part is None:
        raise AssertionError("asked before it was started")
    return part
