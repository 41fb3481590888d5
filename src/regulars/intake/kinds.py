"""What sort of file lies there, told by its first bytes and not by its name."""

import re
from pathlib import Path

from regulars.intake.text_files import open_bytes
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also a password-protected .xlsx
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_JSON = re.compile(rb'(\[\s*)?\{\s*["}]')  # what else begins with a brace may be a heading
_OTHERS = (
    (b"%PDF", N_("{file} is a PDF, not a table."), N_("Export the table itself, as CSV or XLSX.")),
    (
        b"\x89PNG",
        N_("{file} is a picture, not a table."),
        N_("Export the table itself, as CSV or XLSX."),
    ),
    (
        b"\xff\xd8\xff",
        N_("{file} is a picture, not a table."),
        N_("Export the table itself, as CSV or XLSX."),
    ),
    (
        b"SQLite format 3",
        N_("{file} is an SQLite database."),
        N_("Export the table of orders as CSV."),
    ),
    (b"7z\xbc\xaf", N_("{file} is a 7z archive."), N_("Unpack it and give the file inside.")),
    (b"Rar!", N_("{file} is a RAR archive."), N_("Unpack it and give the file inside.")),
)


def refuse_wrong_kind(file: str, what: str, mend: str) -> InputRefused:
    """The refusal of a file that holds something else than its name says."""
    return InputRefused("wrong_kind", what, mend, file=file)


def kind_of(path: Path, file: str) -> str:
    """csv, xlsx or parquet; anything else is refused with what it is.

    Error   InputRefused: missing, a folder or pipe, empty, or a kind that cannot be read.
    """
    _refuse_no_file(path, file)
    with path.open("rb") as opened:
        start = opened.read(4096)
    if not start.strip():
        raise _refuse_empty(file)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(_ZIP):
        return _zip_kind(path, file)
    if start.startswith(_OLD_OFFICE):
        raise refuse_wrong_kind(
            file,
            N_("{file} is an old .xls workbook, or one with a password."),
            N_("Open it, take the password off, and save it as .xlsx or CSV."),
        )
    for magic, what, mend in _OTHERS:
        if start.startswith(magic):
            raise refuse_wrong_kind(file, what, mend)
    with open_bytes(path) as opened:
        text = opened.read(4096)
    if not text.strip():
        raise _refuse_empty(file)
    return _text_kind(text, file)


def _refuse_empty(file: str) -> InputRefused:
    return InputRefused("empty_file", N_("{file} is empty."), N_("Export it again."), file=file)


def _refuse_no_file(path: Path, file: str) -> None:
    """Refuse what is not there, and what is there and no file."""
    if not path.exists():
        raise InputRefused(
            "no_file",
            N_("There is no file {file}."),
            N_("Check the name and the folder."),
            file=file,
        )
    if path.is_dir():
        raise InputRefused(
            "is_folder",
            N_("{file} is a folder."),
            N_("Name the files in it, for example {file}/*.csv."),
            file=file,
        )
    if not path.is_file():
        raise InputRefused(
            "is_pipe",
            N_("{file} is a pipe or a device; a file is read more than once."),
            N_("Save what comes through it to a file, and give that."),
            file=file,
        )


def _zip_kind(path: Path, file: str) -> str:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except BadZipFile:
        raise refuse_wrong_kind(
            file, N_("{file} is a damaged workbook or archive."), N_("Export it again.")
        ) from None
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return "xlsx"  # .ods: read by the same library
    raise refuse_wrong_kind(
        file, N_("{file} is a zip archive."), N_("Unpack it and give the file inside.")
    )


def _text_kind(start: bytes, file: str) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<head")):
        raise refuse_wrong_kind(
            file,
            N_("{file} is a web page, not a table."),
            N_("Open it in a spreadsheet and save it as .xlsx or CSV; or log in and export again."),
        )
    if text.startswith((b"<?xml", b"{\\rtf")):
        raise refuse_wrong_kind(
            file,
            N_("{file} is an XML or RTF document."),
            N_("Export the table itself, as CSV or XLSX."),
        )
    if _JSON.match(text):
        raise refuse_wrong_kind(
            file, N_("{file} is JSON."), N_("Export the table itself, as CSV, XLSX or Parquet.")
        )
    if _is_binary(start):
        raise refuse_wrong_kind(
            file,
            N_("{file} is neither text nor a workbook."),
            N_("Export the table as CSV, XLSX or Parquet."),
        )
    return "csv"


def _is_binary(start: bytes) -> bool:
    """Whether there are more control signs than in any text, or only zeros (some are harmless)."""
    if not start.strip(b"\0"):
        return True
    control = sum(1 for byte in start if byte < 32 and byte not in b"\0\t\n\r\x0b\x0c\x1a")
    return not start.startswith(_UTF16) and control > 0.05 * len(start)
