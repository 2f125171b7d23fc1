"""Relays: one note to one Nostr relay, and its answer (NIP-01)."""

import asyncio

import msgspec
from websockets.exceptions import WebSocketException

from wayhome.echo.places import EchoFault, EchoRefused
from wayhome.peers.way import Address, BadAddress, Unreachable, Way
from wayhome.records.record import Record

DEADLINE = 30.0  # seconds for all of it
_MESSAGES = 50  # of other things that a relay may say before it answers
_REASON = 100  # characters of a refusal that are shown


async def publish(way: Way, address: str, record: Record, deadline: float = DEADLINE) -> None:
    """Hand a note to a relay; it is there once this returns.

    Raises:
        EchoFault: the relay is away, or answers other than NIP-01 says.
        EchoRefused: it does not take it.
    """
    try:
        async with asyncio.timeout(deadline):
            await _publish(way, Address.read(address, is_trusted=True), record)
    except TimeoutError as error:
        raise EchoFault("it does not answer in time") from error
    except (BadAddress, Unreachable, OSError, WebSocketException) as error:
        raise EchoFault(f"it does not answer ({type(error).__name__})") from error


async def _publish(way: Way, address: Address, record: Record) -> None:
    async with way.to_relay(address) as relay:
        await relay.send(f'["EVENT",{record.line.decode()}]')
        for _ in range(_MESSAGES):
            match _read(await relay.recv()):
                case ["OK", record.id, True, *_]:
                    return
                case ["OK", record.id, False, str(reason)]:
                    if reason.startswith("duplicate:"):
                        return
                    raise EchoRefused(_plain(reason))
                case ["CLOSED" | "NOTICE" | "AUTH" | "OK", *_]:
                    continue
                case _:
                    raise EchoFault("it answers other than a relay does")
    raise EchoFault("it talks, and does not answer")


def _read(raw: str | bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _plain(reason: str) -> str:
    return "".join(one for one in reason if one.isprintable())[:_REASON]
