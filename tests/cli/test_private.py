"""What a program says of its own faults: where, and not a word of what people sent."""

import asyncio
import io
import logging

from wayhome.cli.private import places_of, warnings_to

SENT = "Анна Кузнецова 331259"


def refuse(text: str) -> None:
    raise ValueError(f"cannot be read: {text}")


def fault() -> BaseException:
    """A fault inside a fault, in a group: the words of each quote what was sent."""
    try:
        try:
            refuse(SENT)
        except ValueError as error:
            raise KeyError(SENT) from error
    except KeyError as error:
        return BaseExceptionGroup(SENT, [error])


def test_a_fault_is_told_by_its_places_alone() -> None:
    told = places_of(fault())
    assert "in refuse" in told
    assert "ValueError" in told
    assert "KeyError" in told
    assert SENT not in told


def test_the_libraries_warnings_quote_nobody() -> None:
    written = io.StringIO()
    log = logging.getLogger("wayhome.test")
    log.addHandler(warnings_to(written))
    log.error("Exception in ASGI application\n", exc_info=fault())
    log.warning('%s - "%s"', "203.0.113.7", SENT)
    log.error(OSError(SENT))
    told = written.getvalue()
    assert "Exception in ASGI application" in told
    assert "in refuse" in told
    assert SENT not in told
    assert "203.0.113.7" not in told


def test_a_task_that_nobody_waits_for_is_told_in_one_line() -> None:
    """Python's own loop writes the fault's words into the message itself."""
    written = io.StringIO()
    log = logging.getLogger("asyncio")
    shown = warnings_to(written)
    log.addHandler(shown)

    async def forgotten() -> None:
        async def fails() -> None:
            raise ValueError(SENT)

        task = asyncio.create_task(fails())
        await asyncio.wait([task])
        del task

    try:
        asyncio.run(forgotten())
    finally:
        log.removeHandler(shown)
    assert "Task exception was never retrieved" in written.getvalue()
    assert SENT not in written.getvalue()
