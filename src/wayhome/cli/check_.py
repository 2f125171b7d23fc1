"""check: is this text really ours, and is this file of records whole?"""

import sys
from pathlib import Path

import click
from rich.console import Console

from wayhome.channel.genuine import Answer, named_in
from wayhome.channel.proof import Proof, is_proof, read_proof
from wayhome.channel.savedform import is_form, line_of, read_form
from wayhome.cli import mirrors
from wayhome.cli.moments import in_words
from wayhome.desk import checking
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.nodes import read_places
from wayhome.pages.plain import in_a_line, plain
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.sources import lines_of

GENUINE, ALTERED, UNKNOWN = 0, 1, 2


@click.command("check")
@click.argument("what", metavar="TEXT|FILE|LINK|FOLDER|-")
@click.option(
    "--from",
    "places",
    multiple=True,
    metavar="PLACE",
    help="A node's address, an export's folder or a file of records to check a text against.",
)
def command(what: str, places: tuple[str, ...]) -> None:
    """Say of a text whether it is genuine, altered, or nobody's we know.

    What copying changes (spaces, quotes, dashes, ё and е, invisible signs, marks of Markdown) does
    not matter; a changed word does, and is named. Give records to check it against with --from.

    The proof of a post, a file that its page offers, is checked by itself, without the network and
    without --from; a link to the post's page fetches the proof first.

    The form as one file, which the page Help offers, has such a proof behind its bytes; --from says
    besides whether the group has named others since.

    A folder or a .jsonl file is checked as records: every id and every sig; each line that is not
    what it should be is named.

    \b
    Exits 0: genuine, whole, or a group's number. 1: altered, or flawed. 2: nobody's that we know,
    or not proven.

    \b
    Examples:
      wayhome check message.txt --from http://127.0.0.1:8001
      wayhome check "They shall be named a date." --from copy
      pbpaste | wayhome check - --from copy
      wayhome check proof.json
      wayhome check help.html
      wayhome check https://samara.example.org/ru/post/4f1c...9a.html
      wayhome check copy
    """  # noqa: D301 - click's \b
    if not what.strip():  # an empty path is this folder, which nobody asked about
        raise DeskFault("give a text, a file, a link or a folder to check; this is empty")
    path = Path(what)
    if mirrors.is_mirror(what):
        sys.exit(mirrors.check(what, places))
    if path.is_dir() or path.suffix == ".jsonl":
        sys.exit(_check_files(sorted(path.glob("*.jsonl")) if path.is_dir() else [path]))
    out = Console(highlight=False)
    if what.startswith(("http://", "https://")) and not places:
        sys.exit(_say_proof(checking.proof_at(what), out))
    raw = what.encode() if " " in what.strip() or named_in(what) else _bytes(path)
    if is_form(raw):
        sys.exit(_say_form(raw, read_places(places) if places else None, out))
    if is_proof(raw):
        sys.exit(_say_proof(raw, out))
    if not places:
        raise DeskFault("say with --from which node, folder or file of records to check it against")
    sys.exit(_check_text(_decoded(raw, path), read_places(places), out))


def _check_text(text: str, known: Known, out: Console) -> int:
    number = named_in(text)
    if not number:
        return _say(checking.check_text(text, known), known, out)
    if number in known.standing.groups():
        out.print("This is the number of a group, not of a text. The group:")
        out.print(plain(known.name(number)), markup=False)
        out.print("A name can be taken by anyone: compare the number with the one on paper.")
        return GENUINE
    record = checking.record_named(number, known)
    if record is None:
        out.print("[bold]nobody we know[/bold] has signed a text with this number")
        return UNKNOWN
    out.print("There is a [bold]genuine[/bold] text with this number. What stands at the address")
    out.print("was not looked at: compare it, or check its text.")
    _say_record(record, known, out)
    return GENUINE


def _say_proof(raw: bytes, out: Console) -> int:
    try:
        proof = read_proof(raw)
    except Refused as refused:
        out.print(f"the proof [bold]does not hold[/bold]: {refused.reason}")
        return ALTERED
    if proof.is_official:
        out.print("the proof [bold]holds[/bold]: every id and every sig in it is right")
    else:
        out.print("[bold]not proven[/bold] by this file: too few in office signed, or a charter")
        out.print("is missing, or a later one does not keep the text in force")
    out.print(plain(proof.post.title), markup=False)
    _say_signers(proof, out)
    if proof.is_split:
        out.print("  the group is in dispute: the file has two charters against each other")
    if proof.is_replaced and proof.is_official:
        out.print("  under a charter that was replaced since and keeps the text in force")
    out.print(f"  text   {proof.record.id}", soft_wrap=True)
    out.print(f"  group  {proof.group}", soft_wrap=True)
    out.print("  A name can be taken by anyone: compare the group's number.")
    out.print("  That nothing was corrected since, no file can prove.")
    return GENUINE if proof.is_official else UNKNOWN


def _say_signers(proof: Proof, out: Console) -> None:
    out.print(
        f"  signed by {proof.signed} of {proof.organisers} organisers of {plain(proof.name)};"
        f" {proof.k} must sign",
        markup=False,
    )


def _say_form(raw: bytes, known: Known | None, out: Console) -> int:
    """Say whether a group has signed a form in a file, and for whom it seals."""
    try:
        form = read_form(raw)
    except Refused as refused:
        raise DeskFault(f"{refused.reason}: this is larger than any form") from refused
    proof = form.proof
    post = None if proof or known is None else checking.post_that_signs(form.sum, known)
    if post is not None and known is not None:
        out.print("[bold]genuine[/bold]: a form as one file, in these very bytes")
        _say_record(post, known, out)
        return GENUINE
    if form.word == "altered":
        out.print("[bold]altered[/bold]: these are not the bytes that were signed. Do not write")
        out.print("into it: it may seal for somebody else, or not at all.")
    elif proof is None:
        out.print("[bold]nobody[/bold] has signed this form in a way that stands in the file.")
        out.print("Do not write into it. Who organises signs it by a post with this line:")
        out.print(f"  {line_of(form.sum)}", soft_wrap=True)
    else:
        out.print("[bold]genuine[/bold]: a form as one file, in these very bytes")
        _say_signers(proof, out)
        out.print(f"  group  {proof.group}", soft_wrap=True)
        for key in proof.readers:
            out.print(f"  reads  {key}", soft_wrap=True)
        out.print("  A name can be taken by anyone: compare the group's number.")
        return _say_whether_old(proof, known, out)
    return ALTERED if form.word == "altered" else UNKNOWN


def _say_whether_old(proof: Proof, known: Known | None, out: Console) -> int:
    if known is None:
        out.print(
            "  That the group has named nobody else since, no file can prove: ask with --from."
        )
        return GENUINE
    heads = known.standing.heads(proof.group)
    if proof.post.charter in heads:
        out.print("  its charter is in force there")
        return GENUINE
    if heads:
        out.print("  [bold]but old[/bold]: the group has another charter there; take it anew")
        return ALTERED
    out.print("  nothing is known there of this group")
    return GENUINE


def _bytes(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error


def _decoded(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeskFault(f"{path} is not a text in UTF-8") from error


def _check_files(paths: list[Path]) -> int:
    if not paths:
        raise DeskFault("there are no .jsonl files in it")
    if not any(True for path in paths for _ in lines_of(path)):
        raise DeskFault("there are no records in it")
    found = 0
    for path in paths:
        for flaw in checking.flaws(lines_of(path)):
            click.echo(f"{in_a_line(path.name)}, line {flaw.line}: {flaw.reason}")
            found += 1
    click.echo(f"{found} flawed" if found else "whole: every id and every sig is right")
    return ALTERED if found else GENUINE


def _say(answer: Answer, known: Known, out: Console) -> int:
    if answer.word == "too-short":
        raise DeskFault("that is too short to be told from anybody's words; give the whole text")
    if answer.word == "too-long":
        raise DeskFault("that is longer than any signed text can be; give the text alone")
    if answer.word == "unknown":
        out.print("[bold]nobody we know[/bold] has signed this text")
        out.print("It may be from a group that these records do not have, or from no group at all.")
        return UNKNOWN
    is_genuine = answer.word == "genuine"
    out.print(f"[bold]{answer.word}[/bold]" + (", a piece of it" if answer.is_part else ""))
    for name in answer.ids[:1] if not is_genuine else answer.ids:
        _say_record(known.records[name], known, out)
    for change in answer.changes:
        out.print(
            f"  signed: {plain(change.official) or '(nothing)'}", markup=False, soft_wrap=True
        )
        out.print(f"  here:   {plain(change.asked) or '(nothing)'}", markup=False, soft_wrap=True)
        if change.looks_alike:
            out.print("          some of its letters are of another alphabet and only look alike")
    return GENUINE if is_genuine else ALTERED


def _say_record(record: Record, known: Known, out: Console) -> None:
    speaker = checking.speaker_of(record, known)
    out.print(plain(checking.title_of(record)), markup=False)
    out.print(
        f"  signed by {speaker.signed} of {speaker.organisers} organisers of {plain(speaker.name)}",
        markup=False,
    )
    out.print(f"  {record.id}", soft_wrap=True)
    is_head = speaker.charter in known.standing.heads(speaker.group)
    state = "in force now" if is_head else "replaced since, and this text kept in force"
    out.print(f"  dated {in_words(record.created_at)} by the record itself; charter {state}")
    for later in checking.corrections_of(record, known):
        out.print(f"  [bold]corrected[/bold] since, by {later.id}", soft_wrap=True)
