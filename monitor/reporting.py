"""From the ledger to report files: reads the month, builds the report, writes every wanted format beside the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from monitor import __version__
from monitor.acts import Head, PeriodClosed, Step, act_terms, standing
from monitor.calendar import months_before
from monitor.contract import Contract
from monitor.errors import FiguresMoved
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import Camera
from monitor.render import to_csv, to_html, to_json, to_text, write_xlsx
from monitor.report import (
    Report,
    agrees,
    build_report,
    build_trend,
    closing,
    corrections,
    figures_digest,
    recorded_span,
)
from monitor.settings import Settings

TREND_MONTHS = 12  # the report's own included


class Format(StrEnum):
    """What a report can be written as."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    HTML = "html"
    XLSX = "xlsx"

    @property
    def suffix(self) -> str:
        """The ending of its file's name."""
        return "txt" if self is Format.TEXT else self.value


def month_report(settings: Settings, contract: Contract, month: tuple[int, int], now: datetime) -> Report:
    """The report of (year, month) as far as it had passed at ``now``. LedgerError when there is no ledger."""
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        return report_of(ledger, settings, contract, month, now)


def report_of(ledger: Ledger, settings: Settings, contract: Contract, month: tuple[int, int], now: datetime) -> Report:
    """The same from an open ledger. A closed month is reported as it was closed, whatever was written afterwards.

    FiguresMoved: it does not come out as it was closed.
    """
    so_far, name = standing(ledger.acts(), act_terms(contract)), f"{month[0]}-{month[1]:02}"
    closed = so_far.closed(name)
    closings = [Step(act, so_far.signed(act)) for act in so_far.closings.get(name, ())]
    corrected = [Step(act, so_far.signed(act)) for act in so_far.corrections.get(name, ())]
    versions = [_built(ledger.as_of(_closing(step).heads), settings, contract, month, now) for step in closings]
    if closed and not agrees(versions[-1], _closing(closings[-1]).figures):
        raise FiguresMoved(
            f"{name} was closed with the figures {_closing(closings[-1]).figures} and now gives "
            f"{figures_digest(versions[-1])}: the contract, this program or the record are not those it was closed "
            "with; put them back, or `ledger correct` it"
        )
    done = tuple(closing(number, step, versions[number - 1]) for number, step in enumerate(closings, 1))
    if not closed:
        versions.append(_built(ledger, settings, contract, month, now))
    report = replace(versions[-1], closings=done, corrections=corrections(corrected, versions, closed=closed))
    # As of the heads, so that trend and figures speak of the same record while another process writes.
    past = ledger.as_of(report.heads).past(months_before(month, TREND_MONTHS - 1), act_terms(contract))
    return replace(report, trend=build_trend(report, contract, past, now))


def _closing(step: Step) -> PeriodClosed:
    closed = step.act.act
    assert isinstance(closed, PeriodClosed)
    return closed


def _built(ledger: Ledger, settings: Settings, contract: Contract, month: tuple[int, int], now: datetime) -> Report:
    record = ledger.record(recorded_span(contract, month), act_terms(contract))
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
        case Format.XLSX:
            book = BytesIO()
            write_xlsx(report, language, book)
            return book.getvalue()


def write_report(
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    now: datetime,
    *,
    formats: Collection[Format] = tuple(Format),
    folder: Path | None = None,
    language: Language | None = None,
) -> tuple[Path, ...]:
    """Write the files and return their paths; into the settings' report folder and language unless told otherwise."""
    report = month_report(settings, contract, month, now)
    folder = folder or settings.reports
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for form in formats:
        path = folder / report_path(settings, contract, month, form).name
        partial = path.with_name(path.name + ".part")
        partial.write_bytes(rendered(report, form, language or settings.language))
        partial.replace(path)
        written.append(path)
    return tuple(written)
