"""From a month's report to its files: every wanted format beside the others, and never half a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeAlias

from monitor.contract import Contract
from monitor.language import Language
from monitor.render import csv_tables, to_html, to_pdf, to_text, write_csv, write_json, write_xlsx
from monitor.report import Report
from monitor.reporting import month_report
from monitor.settings import Settings
from monitor.writing import whole_file


class Format(StrEnum):
    """What a report can be written as."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    HTML = "html"
    XLSX = "xlsx"
    PDF = "pdf"

    @property
    def suffix(self) -> str:
        """The ending of its file's name."""
        return "txt" if self is Format.TEXT else self.value


# What is written where nobody chose: all that needs nothing but this program.
ALWAYS = tuple(form for form in Format if form is not Format.PDF)
_LONGEST_FIRST = (Format.PDF, Format.XLSX, Format.JSON, Format.CSV, Format.HTML, Format.TEXT)


# Is told what is being written, and how far that is: so many of so many.
Watcher = Callable[[Format, int, int], None]

FileWork: TypeAlias = "tuple[Format, Path, Callable[[BinaryIO], None]]"  # what writes a file of a format, and where

# Does the work of every file.
Each = Callable[[Callable[[FileWork], None], Sequence[FileWork]], None]


def one_by_one(work: Callable[[FileWork], None], files: Sequence[FileWork]) -> None:
    """In their order."""
    for file in files:
        work(file)


def in_turn(formats: Iterable[Format]) -> list[Format]:
    """What takes longest first: two who take the next one are then done at about the same time."""
    return sorted(formats, key=_LONGEST_FIRST.index)


def unwatched(form: Format, done: int, of: int) -> None:
    """Nobody waits for it."""


def report_path(settings: Settings, contract: Contract, month: tuple[int, int], form: Format) -> Path:
    """Where the report of (year, month) stands in that format; the contract is named where there are several."""
    name = f"-{contract.id}" if len(settings.contracts) > 1 else ""
    return settings.reports / f"sla-{month[0]}-{month[1]:02d}{name}.{form.suffix}"


def write(report: Report, form: Format, language: Language, file: BinaryIO) -> None:
    """The report in one format, as it stands on the screen; of CSV the table of cameras."""
    match form:
        case Format.TEXT:
            file.write(to_text(report, language).encode("utf-8"))
        case Format.CSV:
            write_csv(report, language, file)
        case Format.JSON:
            write_json(report, file)
        case Format.HTML:
            file.write(to_html(report, language))
        case Format.XLSX:
            write_xlsx(report, language, file)
        case Format.PDF:
            file.write(to_pdf(to_html(report, language), language))


def rendered(report: Report, form: Format, language: Language) -> bytes:
    """The same in memory."""
    file = BytesIO()
    write(report, form, language, file)
    return file.getvalue()


def write_report(
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    now: datetime,
    *,
    formats: Collection[Format] = ALWAYS,
    folder: Path | None = None,
    language: Language | None = None,
) -> tuple[Path, ...]:
    """Write the files and return their paths; into the settings' report folder and language unless told otherwise."""
    report = month_report(settings, contract, month, now)
    places = places_of(settings, contract, month, formats, folder)
    return write_files(report, places, language or settings.language)


def places_of(
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    formats: Collection[Format],
    folder: Path | None = None,
) -> dict[Format, Path]:
    """Where the formats are written: in that folder, or in the settings' report folder."""
    paths = {form: report_path(settings, contract, month, form) for form in formats}
    return paths if folder is None else {form: folder / path.name for form, path in paths.items()}


def write_files(
    report: Report,
    places: Mapping[Format, Path],
    language: Language,
    watcher: Watcher = unwatched,
    each: Each = one_by_one,
) -> tuple[Path, ...]:
    """Write the report in these formats and return the paths; a format of several files names them after its place.

    ``each`` does the work of every file, in whatever order and process.
    """
    files = [
        (form, places[form].with_stem(places[form].stem + addition), put)
        for form in in_turn(places)
        for addition, put in _files(report, form, language)
    ]

    def write_one(file_work: FileWork) -> None:
        form, path, put = file_work
        watcher(form, 0, 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            put(file)

    each(write_one, files)
    wanted = list(places)
    return tuple(path for _, path, _ in sorted(files, key=lambda file: wanted.index(file[0])))


def _files(report: Report, form: Format, language: Language) -> Iterator[tuple[str, Callable[[BinaryIO], None]]]:
    """The files of one format: what is put behind the name of its place, and what writes it."""
    if form is Format.CSV:
        yield from csv_tables(report, language)
    else:
        yield "", partial(write, report, form, language)
