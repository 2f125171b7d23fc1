"""Foreign: a Nostr relay that nobody here wrote, as far as publishing goes, and a bad one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from websockets.asyncio.server import ServerConnection, serve

from wayhome.crypto import keys


@dataclass
class Relay:
    """Keeps NIP-01's promises: it computes ids itself, and answers OK for what it kept.

    `way` is what it does instead: "refuse", "rubbish", "silent", "chat", "hang up".
    """

    way: str = ""
    events: dict[str, dict[str, object]] = field(default_factory=dict)
    asked: int = 0
    address: str = ""

    async def answer(self, line: ServerConnection) -> None:
        async for raw in line:
            self.asked += 1
            told = await self._answers(line, raw)
            for one in told:
                await line.send(one)

    async def _answers(self, line: ServerConnection, raw: str | bytes) -> list[str]:
        verb, event = json.loads(raw)
        assert verb == "EVENT"
        match self.way:
            case "refuse":
                return [json.dumps(["OK", event["id"], False, "blocked: not on the list\u202e"])]
            case "rubbish":
                return ["{]"]
            case "silent":
                return []
            case "chat":
                return [json.dumps(["NOTICE", "hello"])] * 100
            case "hang up":
                await line.close()
                return []
        whole = [0, event["pubkey"], event["created_at"], event["kind"], event["tags"]]
        text = json.dumps([*whole, event["content"]], separators=(",", ":"), ensure_ascii=False)
        digest = sha256(text.encode()).digest()
        is_good = event["id"] == digest.hex() and keys.verifies(
            bytes.fromhex(event["pubkey"]), digest, bytes.fromhex(event["sig"])
        )
        if is_good:
            self.events[event["id"]] = event
        return [json.dumps(["NOTICE", "slow down"]), json.dumps(["OK", event["id"], is_good, ""])]


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    async with serve(relay.answer, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        relay.address = f"ws://127.0.0.1:{port}"
        yield relay
