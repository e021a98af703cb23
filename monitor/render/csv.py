"""The report as a table of cameras for Excel: UTF-8 with a byte order mark, one row per camera, nothing rounded up.

A cell that Excel would take for a formula gets an apostrophe in front: names come from files other people wrote. Other
tables: ``csv_tables``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from typing import BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import Camera, Seconds
from monitor.render.phrases import exact_seconds, local
from monitor.report import CameraFigure, Rates, Report
from monitor.sla import counted, percent

Cell: TypeAlias = Callable[[CameraFigure], str]
Column: TypeAlias = tuple[str, Cell]

FORMULA_STARTS = frozenset("=+-@\t\r\n")
BYTE_ORDER_MARK = "\ufeff"


def write_csv(report: Report, language: Language, file: BinaryIO) -> None:
    """One row per camera in the contract, worst first, under one row of headings."""
    columns = [*_names(report, language), *_figures(report, language)]
    rows = ([cell(figure) for _, cell in columns] for figure in report.cameras)
    write_table([heading for heading, _ in columns], rows, file)


def to_csv(report: Report, language: Language) -> bytes:
    """The same in one piece."""
    file = io.BytesIO()
    write_csv(report, language, file)
    return file.getvalue()


def write_table(headings: Iterable[str], rows: Iterable[Iterable[str]], file: BinaryIO) -> None:
    """A table as Excel reads it: UTF-8 with a byte order mark, no cell a formula, whatever it begins with."""
    out = io.TextIOWrapper(file, "utf-8", "replace", newline="")
    out.write(BYTE_ORDER_MARK)  # by hand: what Python calls utf-8-sig takes longer for every row
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([f"'{cell}" if cell[:1] in FORMULA_STARTS else cell for cell in row] for row in rows)
    out.detach()


def _names(report: Report, language: Language) -> Iterator[Column]:
    month = f"{report.year}-{report.month:02}"
    kind = (wording.SIMULATED if report.simulated else wording.RECORDED)[language]
    yield wording.CSV_MONTH[language], lambda _: month
    yield wording.CSV_RECORD[language], lambda _: kind
    for field, cell in (
        ("id", lambda camera: camera.id),
        ("name", lambda camera: camera.name),
        ("site.id", lambda camera: camera.site.id),
        ("site.name", lambda camera: camera.site.name),
        ("site.category", lambda camera: wording.CATEGORIES[camera.site.category][language]),
        ("site.village", lambda camera: camera.site.village),
        ("site.town", lambda camera: camera.site.town),
        ("site.county", lambda camera: camera.site.county),
        ("carrier", lambda camera: camera.carrier),
        ("uplink", lambda camera: camera.uplink),
    ):
        yield wording.CAMERA_FIELDS[field][language], _of_camera(cell)
    yield wording.CSV_REMOVED_AT[language], lambda figure: _instant(figure.removed_at, report.terms.zone)


def _figures(report: Report, language: Language) -> Iterator[Column]:
    blind = report.terms.blind_time
    for rate, ratio in (
        (wording.ONLINE, lambda rates: rates.online),
        (wording.INTACT, lambda rates: rates.intact),
        (wording.COVERAGE, lambda rates: rates.coverage),
    ):
        yield wording.CSV_PERCENT[language].format(rate=rate[language]), _percent(ratio)
    yield wording.CSV_TARGET_MET[language], lambda figure: _reaches_target(figure)[language]
    for kind, length in (
        (wording.SCHEDULED, lambda seconds: seconds.scheduled),
        (wording.UP_TIME, lambda seconds: seconds.up),
        (wording.DEGRADED_TIME, lambda seconds: seconds.degraded),
        (wording.DOWN_TIME, lambda seconds: seconds.down),
        (wording.EXCLUDED_TIME, lambda seconds: seconds.excluded),
        (wording.UNOBSERVED_TIME, lambda seconds: seconds.unobserved),
        (wording.COUNTED_TIME, lambda seconds: counted(seconds, blind)),
    ):
        yield wording.CSV_SECONDS[language].format(kind=kind[language]), _of_seconds(length)
    yield wording.OUTAGES[language], lambda figure: str(figure.outages)
    yield wording.CSV_LOOKS_ONLINE[language], lambda figure: str(figure.looks.up + figure.looks.degraded)
    yield wording.CSV_LOOKS[language], lambda figure: str(counted(figure.looks, blind))


def _of_camera(cell: Callable[[Camera], str]) -> Cell:
    return lambda figure: cell(figure.camera)


def _of_seconds(length: Callable[[Seconds], int]) -> Cell:
    return lambda figure: exact_seconds(length(figure.seconds))


def _percent(ratio: Callable[[Rates], Fraction | None]) -> Cell:
    return lambda figure: percent(ratio(figure.rates))


def _instant(at: datetime | None, zone: str) -> str:
    return "" if at is None else local(at, ZoneInfo(zone))


def _reaches_target(figure: CameraFigure) -> Phrase:
    if figure.rates.online is None:
        return wording.CSV_NO_VALUE
    return wording.CSV_NO if figure.below_target else wording.CSV_YES
