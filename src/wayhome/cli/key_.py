"""key: make an organiser's or caseworker's key, show its public half, agree with it."""

from pathlib import Path

import click

from wayhome.crypto import keys
from wayhome.desk import keyring
from wayhome.groups.caseworker import ROLES, Caseworker, Role, named_by


@click.group("key")
def command() -> None:
    """Make an organiser's key, or show its public half.

    The secret key stays in the file. Give the public key to whoever writes your group's charter.
    """


@command.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--no-passphrase", is_flag=True, help="Leave the key unsealed: for trials only.")
def new(file: Path, *, no_passphrase: bool) -> None:
    """Make a key in FILE, sealed under a passphrase; print the public key."""
    text = (
        ""
        if no_passphrase
        else click.prompt("Passphrase (long is good)", hide_input=True, confirmation_prompt=True)
    )
    click.echo(keyring.make_key(file, text))


@command.command("show")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def show(file: Path) -> None:
    """Print the public key of FILE."""
    click.echo(keys.public_key(opened(file)))


@command.command("agree")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.argument("recipient")
@click.option("--role", type=click.Choice(ROLES), default="intake", show_default=True)
@click.option("--custodian", default="", metavar="RECIPIENT", help="If you keep names, apart.")
def agree(file: Path, recipient: str, role: Role, custodian: str) -> None:
    """Agree to read families' reports, sealed to RECIPIENT (age1..., age1pq1...), with FILE's key.

    Prints what whoever amends the charter gives to `wayhome group amend --caseworker`. It holds no
    secret. The identity behind RECIPIENT stays with you.
    """
    said = Caseworker.agreed(opened(file), recipient, role, custodian)
    click.echo(said.with_keys({named_by(one): one for one in (recipient, custodian)}).line)


def opened(file: Path) -> keys.SecretKey:
    """Open a key file, asking for its passphrase where it has one."""
    text = click.prompt("Passphrase", hide_input=True, err=True) if keyring.is_locked(file) else ""
    return keyring.open_key(file, text)
