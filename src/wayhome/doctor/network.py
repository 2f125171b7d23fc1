"""The network of a node: where it listens, its peers, and whether its clock is theirs."""

import asyncio
import socket
import statistics
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

import httpx
from markupsafe import Markup

from wayhome.codec import limits
from wayhome.config import Config
from wayhome.doctor.finding import Finding, found
from wayhome.pages.words import Words
from wayhome.peers.way import Address, BadAddress, Unreachable, Way

_PATIENCE = 10.0  # seconds for one answer
_SLOW = 60  # seconds between two clocks that nobody needs to mind


@dataclass(frozen=True, slots=True)
class Answer:
    """What one peer answered: its clock less ours in seconds, or why there is none."""

    peer: str
    ahead: float | None = None
    fault: str = ""


async def look_at_network(settings: Config, now: int, words: Words, *, runs: bool) -> list[Finding]:
    """Look at the door, the peers and the clock."""
    way = Way(settings.socks)  # through the proxy, where the node itself asks through it
    answers = await asyncio.gather(*(_ask(way, one.url, now) for one in settings.peer))
    at_the_door = await door(settings, words, runs=runs)
    return [at_the_door, *peers(answers, words), clock(answers, words)]


async def door(settings: Config, words: Words, *, runs: bool) -> Finding:
    """Judge where the node listens, or would."""
    if runs:
        return await _answering(settings, words)
    where = _where(settings)
    if not settings.socket:
        try:
            with socket.socket(_family(settings.host)) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind((settings.host, settings.port))
        except OSError as error:
            so = words.say("%(where)s cannot be listened on: %(why)s", where=where, why=_why(error))
            todo = words.say("Stop what is there, or choose another port")
            return found("door", "bad", so, todo)
    free = words.say("%(where)s is free; the node does not run", where=where)
    return _open_door(settings, free, words)


def peers(answers: list[Answer], words: Words) -> list[Finding]:
    """Judge who of the peers answers."""
    if not answers:
        so = words.say("none are configured: what other nodes have does not come here")
        return [found("peers", "warning", so)]
    away = [f"{one.peer} ({one.fault})" for one in answers if one.fault]
    here = len(answers) - len(away)
    if not away:
        so = words.say("%(here)s of %(all)s answer", here=here, all=len(answers))
        return [found("peers", "well", so)]
    so = words.say(
        "%(here)s of %(all)s answer; not %(away)s",
        here=here,
        all=len(answers),
        away=", ".join(away),
    )
    return [found("peers", "warning" if here else "bad", so)]


def clock(answers: list[Answer], words: Words) -> Finding:
    """Judge this machine's clock by the peers'; one of them may be wrong, most of them are not."""
    told = [one.ahead for one in answers if one.ahead is not None]
    if not told:
        so = words.say("no peer says what time it is: see that NTP runs")
        return found("clock", "not looked at", so)
    off = round(statistics.median(told))
    so = (
        words.say("%(num)s seconds behind the peers' clocks", num=words.number(off))
        if off > 0
        else words.say("%(num)s seconds ahead of the peers' clocks", num=words.number(-off))
    )
    if abs(off) > limits.GRACE:
        todo = words.say("Nobody can sign here. Set it, and let NTP run")
        return found("clock", "bad", so, todo)
    if abs(off) > _SLOW:
        return found("clock", "warning", so, words.say("Let NTP run"))
    return found("clock", "well", words.say("as peers have it: %(num)s of them", num=len(told)))


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


async def _answering(settings: Config, words: Words) -> Finding:
    where = _where(settings)
    transport = httpx.AsyncHTTPTransport(uds=settings.socket or None)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    async with httpx.AsyncClient(transport=transport, timeout=_PATIENCE, trust_env=False) as http:
        try:
            answer = await http.get(f"http://{host}:{settings.port}/records")
        except httpx.HTTPError as error:
            so = words.say(
                "the node runs, but %(where)s does not answer (%(why)s)",
                where=where,
                why=type(error).__name__,
            )
            return found("door", "bad", so)
    if answer.status_code != httpx.codes.OK:
        so = words.say(
            "%(where)s answers %(status)s: is it another program's?",
            where=where,
            status=answer.status_code,
        )
        return found("door", "bad", so)
    return _open_door(settings, words.say("the node answers on %(where)s", where=where), words)


def _open_door(settings: Config, so: Markup, words: Words) -> Finding:
    if not settings.socket and not _is_own(settings.host):
        more = words.say("Open to all: visitors' addresses come into this process's memory")
        todo = words.say("Listen on a socket or 127.0.0.1")
        return found("door", "warning", so, more, todo)
    return found("door", "well", so)


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _where(settings: Config) -> str:
    return settings.socket or f"{settings.host}:{settings.port}"


def _is_own(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
