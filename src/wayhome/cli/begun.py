"""Begun: whoever started a program that serves is told when it does."""

import os
import socket

import click


def tell_begun(line: str) -> None:
    """Say so, and tell systemd where it was it that started us: sd_notify(3).

    So `systemctl start` comes back when there is somebody to knock at, and fails, with a word, when
    a setting stops the start.
    """
    click.echo(line)
    place = os.environ.get("NOTIFY_SOCKET", "")
    if place:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.connect(place.replace("@", "\0", 1) if place.startswith("@") else place)
            told.sendall(b"READY=1")
