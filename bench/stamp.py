"""Stamps per second through a desk's HTTP door, each use durable, against RSA alone."""

import argparse
import asyncio
import json
import os
import secrets
import sys
import time
from base64 import b64encode
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from server import clients, free_port
from sheets import say
from wayhome.crypto import codes
from wayhome.crypto.rawrsa import Signer
from wayhome.serving import serving
from wayhome.stamping.service import StampingDesk
from wayhome.web.stamping import make_desk_app

PETITION = "ab" * 32
ROUNDS = 5
CLIENTS = 48  # below the desk's queue of 64


def opened(folder: Path, parts: list[bytes]) -> StampingDesk:
    """Make a desk, with these parts, that stamps."""
    StampingDesk.make(folder)
    desk = StampingDesk(folder, lambda: 1_000)
    desk.set_up(PETITION, (0, 10_000), len(parts))
    desk.add_parts(parts)
    desk.open_for_stamping()
    return desk


def bodies(desk: StampingDesk, parts: list[bytes]) -> list[bytes]:
    """Write the requests: a number below the modulus is as good as a blinded key."""
    return [
        json.dumps(
            {
                "petition": PETITION,
                "kid": desk.key.kid,
                "blinded": b64encode(b"\0" + secrets.token_bytes(255)).decode(),
                "voucher": part.hex(),
            }
        ).encode()
        for part in parts
    ]


async def directly(desk: StampingDesk, asked: list[bytes]) -> float:
    """Give stamps per second without HTTP."""
    waiting = iter(asked)

    async def client() -> None:
        for body in waiting:
            await desk.stamp(body)

    begun = time.monotonic()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return len(asked) / (time.monotonic() - begun)


async def by_http(desk: StampingDesk, asked: list[bytes]) -> dict[str, float]:
    """Give stamps per second through the door, and what the clients cost."""
    port = free_port()
    cpu = time.process_time()
    async with serving(make_desk_app({"": desk}), port):
        said = await clients(port, "/stamp", CLIENTS, asked)
    if said["statuses"] != {"200": len(asked)}:
        raise AssertionError(said["statuses"])
    return {
        "rate": len(asked) / said["seconds"],
        "cpu": (time.process_time() - cpu) / len(asked),
    }


def alone(desk: StampingDesk, number: int) -> float:
    """Give RSA private operations per second of one core: same back end, nothing else."""
    signer: Signer | None = desk._signer  # noqa: SLF001 - the very key that the door uses
    if signer is None:
        raise AssertionError("the desk stamps")
    asked = [b"\0" + secrets.token_bytes(255) for _ in range(number)]
    begun = time.process_time()
    for one in asked:
        signer.sign(one)
    return number / (time.process_time() - begun)


async def measure(number: int) -> dict[str, object]:
    """Measure all three in turn."""
    rates: dict[str, list[float]] = {"http": [], "direct": [], "alone": [], "cpu": []}
    with TemporaryDirectory(dir=os.environ.get("WAYHOME_BENCH_DISK")) as folder:
        for i in range(ROUNDS):
            parts = [codes.new_secret() for _ in range(2 * number)]
            desk = await asyncio.to_thread(opened, Path(folder) / str(i), parts)
            asked = bodies(desk, parts)
            rates["alone"].append(alone(desk, number // 2))
            http = await by_http(desk, asked[:number])
            rates["http"].append(http["rate"])
            rates["cpu"].append(http["cpu"])
            rates["direct"].append(await directly(desk, asked[number:]))
            desk.close()
            say(", ".join(f"{name} {value[-1]:.4g}" for name, value in rates.items()))
    found = {name: median(values) for name, values in rates.items()}
    return {
        "bench": "stamp",
        "figure": round(found["http"]),
        "floor": round(found["alone"]),
        "unit": "stamps per second; the floor is the private operation alone on one core",
        "ratio": round(
            median(h / a for h, a in zip(rates["http"], rates["alone"], strict=True)), 3
        ),
        "wanted": 0.35,
        "without HTTP": round(found["direct"]),
        "without HTTP, ratio": round(found["direct"] / found["alone"], 3),
        "microseconds of CPU a stamp, server": round(found["cpu"] * 1e6),
        "clients": CLIENTS,
    }


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--stamps", type=int, default=4_000)
    json.dump(uvloop.run(measure(given.parse_args().stamps)), sys.stdout, indent=1)
    print()
