"""The network of a node: where it listens, its peers, and whether its clock is theirs."""

import asyncio
import socket
import statistics
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import httpx

from wayhome.codec import limits
from wayhome.config import Config
from wayhome.doctor.finding import Finding
from wayhome.peers.way import Address, BadAddress, Unreachable, Way

_PATIENCE = 10.0  # seconds for one answer
_SLOW = 60  # seconds between two clocks that nobody needs to mind


@dataclass(frozen=True, slots=True)
class Answer:
    """What one peer answered: its clock less ours in seconds, or why there is none."""

    peer: str
    ahead: float | None = None
    fault: str = ""


async def look_at_network(settings: Config, now: int, *, runs: bool) -> list[Finding]:
    """Look at the door, the peers and the clock."""
    way = Way(settings.socks)  # through the proxy, where the node itself asks through it
    answers = await asyncio.gather(*(_ask(way, one.url, now) for one in settings.peer))
    return [await door(settings, runs=runs), *peers(answers), clock(answers)]


async def door(settings: Config, *, runs: bool) -> Finding:
    """Judge where the node listens, or would."""
    if runs:
        return await _answering(settings)
    if not settings.socket:
        try:
            with socket.socket(_family(settings.host)) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind((settings.host, settings.port))
        except OSError as error:
            words = f"{_where(settings)} cannot be listened on: {error.strerror}"
            return Finding("door", "bad", f"{words}. Stop what is there, or choose another port")
    return _open_door(settings, f"{_where(settings)} is free; the node does not run")


def peers(answers: list[Answer]) -> list[Finding]:
    """Judge who of the peers answers."""
    if not answers:
        words = "none are configured: what other nodes have does not come here"
        return [Finding("peers", "warning", words)]
    away = [f"{one.peer} ({one.fault})" for one in answers if one.fault]
    here = len(answers) - len(away)
    if not away:
        return [Finding("peers", "well", f"{here} of {len(answers)} answer")]
    words = f"{here} of {len(answers)} answer; not {', '.join(away)}"
    return [Finding("peers", "warning" if here else "bad", words)]


def clock(answers: list[Answer]) -> Finding:
    """Judge this machine's clock by the peers'; one of them may be wrong, most of them are not."""
    told = [one.ahead for one in answers if one.ahead is not None]
    if not told:
        words = "no peer says what time it is: see that NTP runs"
        return Finding("clock", "not looked at", words)
    off = round(statistics.median(told))
    words = f"{abs(off)} seconds {'behind' if off > 0 else 'ahead of'} the peers' clocks"
    if abs(off) > limits.GRACE:
        return Finding("clock", "bad", f"{words}: nobody can sign here. Set it, and let NTP run")
    if abs(off) > _SLOW:
        return Finding("clock", "warning", f"{words}. Let NTP run")
    return Finding("clock", "well", f"as {len(told)} peers have it")


async def _ask(way: Way, peer: str, now: int) -> Answer:
    try:
        address = Address.read(peer, is_trusted=True)
        async with way.to_files(address) as files, files.get("/") as answer:
            status, date = answer.status_code, answer.headers.get("date", "")
    except (BadAddress, Unreachable) as fault:
        return Answer(peer, fault=str(fault))
    except httpx.HTTPError as error:
        return Answer(peer, fault=type(error).__name__)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Answer(peer, fault=f"it answers {status}")
    try:
        return Answer(peer, parsedate_to_datetime(date).timestamp() - now)
    except ValueError:  # it says no time, or not as HTTP writes it
        return Answer(peer)


async def _answering(settings: Config) -> Finding:
    transport = httpx.AsyncHTTPTransport(uds=settings.socket or None)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    async with httpx.AsyncClient(transport=transport, timeout=_PATIENCE, trust_env=False) as http:
        try:
            answer = await http.get(f"http://{host}:{settings.port}/records")
        except httpx.HTTPError as error:
            words = f"the node runs, but {_where(settings)} does not answer"
            return Finding("door", "bad", f"{words} ({type(error).__name__})")
    if answer.status_code != httpx.codes.OK:
        words = f"{_where(settings)} answers {answer.status_code}: is it another program's?"
        return Finding("door", "bad", words)
    return _open_door(settings, f"the node answers on {_where(settings)}")


def _open_door(settings: Config, words: str) -> Finding:
    if not settings.socket and not _is_own(settings.host):
        more = "visitors' addresses come into this process's memory. Listen on a socket or"
        return Finding("door", "warning", f"{words}, open to all: {more} 127.0.0.1")
    return Finding("door", "well", words)


def _where(settings: Config) -> str:
    return settings.socket or f"{settings.host}:{settings.port}"


def _is_own(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
