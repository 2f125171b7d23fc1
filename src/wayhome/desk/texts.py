"""Texts: an organiser's file of text, as it may stand in a record."""

from pathlib import Path

from wayhome.desk.known import DeskFault


def read_file(path: Path) -> str:
    """Read a text file: UTF-8, any line ends; the empty lines around it are left out.

    Raises:
        DeskFault: it is not text, or empty.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeskFault(f"{path} is not plain text in UTF-8; save it as that") from error
    # a tab may stand in no record: it looks different to every reader
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).strip()
    if not text:
        raise DeskFault(f"{path} is empty")
    return text
