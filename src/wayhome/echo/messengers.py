"""Messengers: one message through Apprise, to whatever service an address names."""

import asyncio

from wayhome.echo.places import EchoFault

DEADLINE = 60.0  # seconds; the library has a deadline of its own for each step


async def send(address: str, title: str, text: str) -> None:
    """Hand a message to a service; it took it once this returns.

    Raises:
        EchoFault: it did not, or no service has such an address.
    """
    try:
        async with asyncio.timeout(DEADLINE):
            took = await asyncio.to_thread(_send, address, title, text)
    except TimeoutError as error:
        raise EchoFault("it does not answer in time") from error
    if not took:
        raise EchoFault("it did not take it")


def _send(address: str, title: str, text: str) -> bool:
    import apprise  # noqa: PLC0415 - a second and 20 MB, for those alone who echo

    service = apprise.Apprise()
    if not service.add(address):
        raise EchoFault("no service has an address of this form")
    return bool(service.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT))
