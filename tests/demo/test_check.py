"""`./run demo --check` with a few people: all that it claims is looked at, or it stops."""

import asyncio
from pathlib import Path

import pytest

from network import PACK, free_ports
from wayhome.demo import Demo, DemoFault
from wayhome.democheck import check

pytestmark = pytest.mark.slow


async def played(folder: Path) -> list[str]:
    """What the check says; first it is told of one signer too many, and must stop."""
    said: list[str] = []
    demo = Demo(folder, PACK, 3, free_ports())
    async with demo:
        await demo.sign_history(lambda _what, _done, _all: None)
        demo.signers += 1
        with pytest.raises(DemoFault, match="4 and open were expected; the recount says 3"):
            await check(demo, lambda _: None)
        demo.signers -= 1
        await check(demo, said.append)
    return said


def test_it_signs_at_one_node_counts_at_others_and_loses_none_with_the_first(
    tmp_path: Path,
) -> None:
    said = asyncio.run(played(tmp_path / "demo"))
    assert "recounted from three nodes and an export: 4, open; the nodes say so too" in said
    assert "recounted from two nodes and an export: 4, closed; the nodes say so too" in said
    assert any(line.startswith("the first node is stopped") for line in said)
    assert said[-1].startswith("one byte of one file changed: the check names it")
