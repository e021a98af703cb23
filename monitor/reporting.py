"""From the ledger to report files: reads the month, builds the report, writes every wanted format beside the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.calendar import month_span, months_before
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import Camera
from monitor.render import to_csv, to_html, to_json, to_text
from monitor.report import Report, build_report, build_trend
from monitor.settings import Settings

TREND_MONTHS = 12  # the report's own included


class Format(StrEnum):
    """What a report can be written as."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    HTML = "html"

    @property
    def suffix(self) -> str:
        """The ending of its file's name."""
        return "txt" if self is Format.TEXT else self.value


def month_report(settings: Settings, month: tuple[int, int], now: datetime) -> Report:
    """The report of (year, month) as far as it had passed at ``now``. LedgerError when there is no ledger."""
    terms, zone = settings.contract, ZoneInfo(settings.contract.zone)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        record = ledger.record(month_span(*month, zone))
        town = settings.town or town_of(known.camera for known in record.cameras)
        report = build_report(record, terms, town=town, month=month, now=now, version=__version__)
        past = ledger.past(months_before(month, TREND_MONTHS - 1), zone, record.head_seq)
        return replace(report, trend=build_trend(report, record, past, now))


def town_of(cameras: Iterable[Camera]) -> str:
    """A name for the whole where the settings give none: the towns of its cameras."""
    return "、".join(sorted({camera.site.town for camera in cameras} - {""}))


def report_path(folder: Path, month: tuple[int, int], form: Format) -> Path:
    """Where the report of (year, month) stands in that format."""
    return folder / f"sla-{month[0]}-{month[1]:02d}.{form.suffix}"


def rendered(report: Report, form: Format, language: Language) -> bytes:
    """The report's file in one format."""
    match form:
        case Format.TEXT:
            return to_text(report, language).encode("utf-8")
        case Format.CSV:
            return to_csv(report, language)
        case Format.JSON:
            return to_json(report)
        case Format.HTML:
            return to_html(report, language)


def write_report(
    settings: Settings,
    month: tuple[int, int],
    now: datetime,
    *,
    formats: Collection[Format] = tuple(Format),
    folder: Path | None = None,
    language: Language | None = None,
) -> tuple[Path, ...]:
    """Write the files and return their paths; into the settings' report folder and language unless told otherwise."""
    report = month_report(settings, month, now)
    folder = folder or settings.reports
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for form in formats:
        path = report_path(folder, month, form)
        partial = path.with_name(path.name + ".part")
        partial.write_bytes(rendered(report, form, language or settings.language))
        partial.replace(path)
        written.append(path)
    return tuple(written)
