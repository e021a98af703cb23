"""From the ledger to report files: reads the month, builds the report, writes every wanted format beside the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeAlias

from monitor import __version__, model
from monitor.acts import Head, PeriodClosed, Step, act_terms
from monitor.calendar import months_before
from monitor.contract import Contract
from monitor.errors import FiguresMoved
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import Camera
from monitor.render import csv_tables, to_html, to_pdf, to_text, write_csv, write_json, write_xlsx
from monitor.report import (
    MonthForecast,
    Report,
    TrendMonth,
    agrees,
    build_forecast,
    build_report,
    build_trend,
    closing,
    corrections,
    figures_digest,
    recorded_span,
)
from monitor.settings import Settings
from monitor.writing import whole_file

TREND_MONTHS = 12  # the report's own included


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


class Stage(StrEnum):
    """What is done before a report can be written."""

    READING = "reading"  # the record of the month
    ADDING_UP = "adding_up"  # its figures
    LOOKING_BACK = "looking_back"  # at the months before


# Is told what is being done, and how far that is: so many of so many.
Watcher = Callable[[Stage | Format, int, int], None]


FileWork: TypeAlias = "tuple[Format, Path, Callable[[BinaryIO], None]]"  # what writes a file of a format, and where

# Does the work of every file.
Each = Callable[[Callable[[FileWork], None], Sequence[FileWork]], None]


def one_by_one(work: Callable[[FileWork], None], files: Sequence[FileWork]) -> None:
    """In their order."""
    for file in files:
        work(file)


def unwatched(stage: Stage | Format, done: int, of: int) -> None:
    """Nobody waits for it."""


def month_report(
    settings: Settings, contract: Contract, month: tuple[int, int], now: datetime, watcher: Watcher = unwatched
) -> Report:
    """The report of (year, month) as far as it had passed at ``now``. LedgerError when there is no ledger."""
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        return report_of(ledger, settings, contract, month, now, watcher)


def report_of(
    ledger: Ledger,
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    now: datetime,
    watcher: Watcher = unwatched,
) -> Report:
    """The same from an open ledger. A closed month is reported as it was closed, whatever was written afterwards.

    FiguresMoved: it does not come out as it was closed.
    """
    ledger, name = ledger.as_it_is(), f"{month[0]}-{month[1]:02}"
    so_far = ledger.standing(act_terms(contract))

    def built(then: Ledger) -> Report:
        return _built(then, settings, contract, month, now, watcher)

    closed = so_far.closed(name)
    closings = [Step(act, so_far.signed(act)) for act in so_far.closings.get(name, ())]
    corrected = [Step(act, so_far.signed(act)) for act in so_far.corrections.get(name, ())]
    versions = [built(ledger.as_of(_closing(step).heads)) for step in closings]
    if closed and not agrees(versions[-1], _closing(closings[-1]).figures):
        raise FiguresMoved(
            f"{name} was closed with the figures {_closing(closings[-1]).figures} and now gives "
            f"{figures_digest(versions[-1])}: the contract, this program or the record are not those it was closed "
            "with; put them back, or `ledger correct` it"
        )
    done = tuple(closing(number, step, versions[number - 1]) for number, step in enumerate(closings, 1))
    if not closed:
        versions.append(built(ledger))
    report = replace(versions[-1], closings=done, corrections=corrections(corrected, versions, closed=closed))
    return replace(report, trend=_trend(ledger, report, contract, now, watcher))


def _trend(
    ledger: Ledger, report: Report, contract: Contract, now: datetime, watcher: Watcher
) -> tuple[TrendMonth, ...]:
    """As of the report's heads, so that trend and figures speak of the same record while another process writes."""
    then = ledger if report.heads == ledger.heads() else ledger.as_of(report.heads)
    past = then.past(months_before((report.year, report.month), TREND_MONTHS - 1), act_terms(contract))
    count = len(report.cameras)

    def watched() -> Iterator[tuple[str, Sequence[model.Step]]]:
        for number, course in enumerate(past.courses, 1):
            watcher(Stage.LOOKING_BACK, min(number, count), count)
            yield course

    return build_trend(report, contract, replace(past, courses=watched()), now)


def month_forecast(settings: Settings, contract: Contract, month: tuple[int, int], now: datetime) -> MonthForecast:
    """What is still to come of (year, month), in which ``now`` lies. LedgerError when there is no ledger."""
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        record = ledger.record(recorded_span(contract, month), act_terms(contract))
    town = settings.town or town_of(known.camera for known in record.cameras)
    return build_forecast(record, contract, town=town, month=month, now=now, version=__version__)


def _closing(step: Step) -> PeriodClosed:
    closed = step.act.act
    assert isinstance(closed, PeriodClosed)
    return closed


def _built(
    ledger: Ledger,
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    now: datetime,
    watcher: Watcher = unwatched,
) -> Report:
    record = ledger.record(recorded_span(contract, month), act_terms(contract), partial(watcher, Stage.READING))
    watcher(Stage.ADDING_UP, 0, 1)
    town = settings.town or town_of(known.camera for known in record.cameras)
    return build_report(record, contract, town=town, month=month, now=now, version=__version__)


def figures_at(
    ledger: Ledger, heads: Iterable[Head], settings: Settings, contract: Contract, month: tuple[int, int], now: datetime
) -> str:
    """The digest of the month's figures, made from the record up to these heads."""
    return figures_digest(_built(ledger.as_of(heads), settings, contract, month, now))


def town_of(cameras: Iterable[Camera]) -> str:
    """A name for the whole where the settings give none: the towns of its cameras."""
    return "、".join(sorted({camera.site.town for camera in cameras} - {""}))


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
        (form, place.with_stem(place.stem + addition), put)
        for form, place in places.items()
        for addition, put in _files(report, form, language)
    ]

    def write_one(file_work: FileWork) -> None:
        form, path, put = file_work
        watcher(form, 0, 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            put(file)

    each(write_one, files)
    return tuple(path for _, path, _ in files)


def _files(report: Report, form: Format, language: Language) -> Iterator[tuple[str, Callable[[BinaryIO], None]]]:
    """The files of one format: what is put behind the name of its place, and what writes it."""
    if form is Format.CSV:
        yield from csv_tables(report, language)
    else:
        yield "", partial(write, report, form, language)
