"""No name leads out of a mirror's folder: in no manifest, by no link, from no web space."""

import json
from pathlib import Path

import pytest

from cli.town import Machine
from mirror.copies import Copies, check, contents, manifest_of
from mirror.webspace import web_space
from wayhome.mirror.folder import Folder, MirrorFault
from wayhome.mirror.manifest import NAME, BadManifest, Manifest, is_path
from web.small import Opened

NASTY = [
    "../outside",
    "ru/../../outside",
    "/etc/passwd",
    "//host/share",
    "C:\\outside",
    "ru\\..\\outside",
    "ru/./index.html",
    "ru//index.html",
    "ru/",
    ".hidden",
    "ru/.hidden",
    "..",
    ".",
    "",
    "a\0b",
    "a\nb",
    "a b",
    "con",
    "ru/NUL.html",
    "aux.txt",
    "lpt1/x",
    "a" * 300,
    "/".join("a" * 9),
    "ünicode",
    "manifest.txt",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_name_is_no_file_of_a_mirror(name: str, tmp_path: Path, copy: Path) -> None:
    assert not is_path(name)
    if name != NAME:
        with pytest.raises(MirrorFault):
            Folder(tmp_path).place(name)
    old = manifest_of(copy)
    raw = Manifest(old.node, old.at, old.program, old.set, {**old.files, name: "0" * 64}).signed(
        Copies.secret
    )
    with pytest.raises(BadManifest):
        Manifest.read(raw)


def test_a_link_is_neither_read_nor_written_through(
    opened: Opened, copy: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "groups.html").write_text("mine")
    (copy / "ru" / "groups.html").unlink()
    (copy / "ru" / "groups.html").symlink_to(outside / "groups.html")
    status, said = check(copy)
    assert status == 1
    assert "ru/groups.html: ru/groups.html is a link" in said
    with pytest.raises(MirrorFault, match="is a link"):
        Copies(opened).write(copy)
    assert (outside / "groups.html").read_text() == "mine"


def test_a_folder_that_is_a_link_is_not_written_into(
    opened: Opened, copy: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (copy / "en").rename(outside)
    (copy / "en").symlink_to(outside)
    before = contents(outside)
    with pytest.raises(MirrorFault, match="is a link"):
        Copies(opened).write(copy)
    assert contents(outside) == before
    assert check(copy)[0] == 1


def test_a_mirror_on_a_web_space_is_checked_and_copied_on(copy: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "stick")
    with web_space(copy) as address:
        assert "whole" in machine.does("check", address)
        machine.does("mirror", "again", "--from", address)
        assert contents(machine.folder / "again") == contents(copy)
        (copy / "ru" / "groups.html").write_text("<p>changed")
        assert "ru/groups.html: changed" in machine("check", address).output
        said = machine.is_refused("mirror", "third", "--from", address)
        assert "ru/groups.html among them" in said


def test_a_web_space_that_lies_about_names_writes_nothing_outside(
    copy: Path, tmp_path: Path
) -> None:
    old = manifest_of(copy)
    body = Manifest(
        old.node, old.at, old.program, old.set, {"../../outside": "0" * 64, **old.files}
    )
    (copy / NAME).write_bytes(body.signed(Copies.secret))
    machine = Machine(tmp_path / "stick")
    with web_space(copy) as address:
        assert "no file of a mirror" in machine.is_refused("mirror", "again", "--from", address)
    assert not (tmp_path / "outside").exists()
    assert not (machine.folder / "again").exists()


def test_what_is_neither_node_nor_mirror_is_said(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "stick")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "site.json").write_text(json.dumps({"home": "x"}))
    with web_space(tmp_path / "web") as address:
        assert "is not the page of a text" in machine.is_refused("check", address)
        assert "site.json" in machine.is_refused("mirror", "again", "--from", address)
    assert "does not answer" in machine.is_refused(
        "mirror", "again", "--from", "http://127.0.0.1:9"
    )
