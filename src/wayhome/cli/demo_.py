"""demo: a small network with a sample campaign, on this machine."""

import asyncio
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.progress import Progress

from wayhome.cli.stopping import run_until_stopped
from wayhome.demo import Demo
from wayhome.democases import PASSPHRASE, Office
from wayhome.democheck import check

ANSWERED = "asked"  # the invented case whose family finds an answer
PACK = Path("campaigns/way-home")


@click.command("demo")
@click.option(
    "--signers",
    default=200,
    type=click.IntRange(1),
    show_default=True,
    help="Simulated people who sign.",
)
@click.option(
    "--port",
    default=8001,
    type=click.IntRange(1, 65_000),
    show_default=True,
    help="First of the ports that are used.",
)
@click.option("--data", default="demo-data", show_default=True, help="Folder, made anew.")
@click.option("--pack", default=str(PACK), show_default=True, help="The campaign's data pack.")
@click.option("--check", "is_check", is_flag=True, help="Do all of it without waiting, then stop.")
def command(signers: int, port: int, data: str, pack: str, *, is_check: bool) -> None:
    """Run three groups with a node and a stamping desk each, and people who sign.

    It prints the addresses and two vouchers, so that you can sign too, and how to open the desk of
    a caseworker with invented cases. Stop it with Ctrl-C.
    """
    demo = Demo(Path(data), Path(pack), signers, port, has_cases=True)
    run_until_stopped(uvloop.run, _run(demo, is_check=is_check))


async def _run(demo: Demo, *, is_check: bool) -> None:
    out = Console(highlight=False)
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("groups, nodes, desks", total=demo.signers)
        async with demo:
            await demo.sign_history(
                lambda what, done, _: progress.update(task, description=what, completed=done)
            )
            progress.stop()
            if is_check:
                await check(demo, lambda line: out.print(line, soft_wrap=True))
                return
            _tell(demo, out)
            await asyncio.Event().wait()


def _tell(demo: Demo, out: Console) -> None:
    out.print("\nThe network is up. Three nodes, any of which shows everything:")
    for group in demo.groups.values():
        out.print(f"  {group.address}/ru/   {group.address}/en/", soft_wrap=True)
    home = demo.panel[0].address
    out.print(f"\nThe petition: {home}/ru/petition/{demo.petition.id}.html", soft_wrap=True)
    out.print("Sign it yourself. Each voucher is two codes, from two groups; each works once:")
    for i, voucher in enumerate(demo.sample_vouchers(), 1):
        for name, code in voucher:
            out.print(f"  {i}. {code}  {name}", soft_wrap=True)
    out.print("\nA signature enters the count at the end of its window, here a minute; in a real")
    out.print("petition a day. Recount it, trusting nobody:")
    out.print(f"  ./run wayhome recount {home}", soft_wrap=True)
    if demo.office:
        _tell_cases(demo, demo.office, out)
    out.print("\nStop with Ctrl-C. The texts are samples; nobody in them is real.")


def _tell_cases(demo: Demo, office: Office, out: Console) -> None:
    out.print(f"\nA family asks for help: {office.address}/ru/help.html", soft_wrap=True)
    out.print("Come back there with the words of an invented one that was answered:")
    out.print(f"  {office.households[ANSWERED].words}", soft_wrap=True)
    out.print("The desk that works on the invented cases, in another terminal:")
    out.print(
        f"  ./run wayhome desk run {office.folders[0]} --node {office.address}"
        f" --campaign {demo.pack}",
        soft_wrap=True,
    )
    out.print(f"  the sample's passphrase: {PASSPHRASE}", soft_wrap=True)
    out.print("What you report yourself is at the desk after the next full hour, as in earnest.")
