"""Which peer, and when again: one task a peer, with a growing pause while it is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from wayhome.peers.in_step import Peer, PeerFault, Pulled, Receive, pull
from wayhome.store.store import Reader

PAUSE_MOST = 900.0  # seconds: a peer that is back is found within a quarter of an hour
DEADLINE = httpx.Timeout(30.0)  # seconds for any one step; a slow line still moves in that time


@dataclass(slots=True)
class PeerState:
    """What the status page tells of one peer; no times, but how it stands."""

    address: str
    reached: bool = False
    fetched: int = 0
    fault: str = ""


class Peers:
    """All peers of one node."""

    def __init__(
        self, addresses: Sequence[str], ours: Reader, kinds: Sequence[int], receive: Receive
    ) -> None:
        self.states = [PeerState(address.rstrip("/")) for address in addresses]
        self._ours = ours
        self._kinds = kinds
        self._receive = receive

    @property
    def are_silent(self) -> bool:
        """Tell whether every peer was asked and none answered; without peers nobody is missed."""
        return bool(self.states) and all(one.fault and not one.reached for one in self.states)

    async def run(self, pause: float) -> None:
        """Fetch from every peer each ``pause`` seconds until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for state in self.states:
                tasks.create_task(self._follow(state, pause))

    async def once(self) -> None:
        """Fetch from every peer once, one after the other."""
        for state in self.states:
            await self._fetch(state)

    async def _follow(self, state: PeerState, pause: float) -> None:
        wait = pause
        while True:
            await self._fetch(state)
            wait = pause if state.reached else min(2 * wait, PAUSE_MOST)
            await asyncio.sleep(wait)

    async def _fetch(self, state: PeerState) -> None:
        # no redirects, no proxy from the environment: nobody but the configured peer is asked
        async with httpx.AsyncClient(timeout=DEADLINE, trust_env=False) as http:
            try:
                pulled: Pulled = await pull(
                    Peer(state.address, http), self._ours, self._kinds, self._receive
                )
            except PeerFault as fault:
                state.reached, state.fault = False, str(fault)
            else:
                state.reached, state.fault = True, ""
                state.fetched += pulled.fetched
