"""From the ledger to a month's report, and to where it will end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from monitor import __version__, model
from monitor.acts import Head, PeriodClosed, Step, act_terms
from monitor.calendar import months_before
from monitor.contract import Contract
from monitor.errors import FiguresMoved
from monitor.incidents import News, References, references, rules_for
from monitor.ledger import Ledger, Share
from monitor.model import MICROSECOND, Camera, Span, instant, micros
from monitor.report import (
    Folded,
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
    fold_cameras,
    recorded_span,
)
from monitor.settings import Settings

TREND_MONTHS = 12  # the report's own included
# Incidents of a period are told from the day before it, so that those that last into it come out right, and for an hour
# after it, in which the last ones take their final form.
LOOK_BACK_US, AFTERWARDS_US = timedelta(days=1) // MICROSECOND, timedelta(hours=1) // MICROSECOND
SOMETIMES = 1000  # changes folded between two looks at how far that is
# Half each: the helper packs what it made, and whoever asked for help unpacks it and tells the whole.
OTHERS, REST = Share(0, 50), Share(50, 100)


class Stage(StrEnum):
    """What is done before a report can be written."""

    READING = "reading"  # the record of the month
    ADDING_UP = "adding_up"  # its figures
    LOOKING_BACK = "looking_back"  # at the months before


# Has another process do the work, and receives what that makes as it comes; None where nobody else can do it.
Beside = Callable[[Callable[[], Iterator[Folded]]], AbstractContextManager[Iterator[Folded] | None]]

# Is told what is being done, and how far that is: so many of so many.
Watcher = Callable[[Stage, int, int], None]


def unwatched(stage: Stage, done: int, of: int) -> None:
    """Nobody waits for it."""


def alone(_: Callable[[], Iterator[Folded]]) -> AbstractContextManager[None]:
    """Nobody helps."""
    return nullcontext()


def month_report(
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    now: datetime,
    watcher: Watcher = unwatched,
    beside: Beside = alone,
) -> Report:
    """The report of (year, month) as far as it had passed at ``now``. LedgerError when there is no ledger.

    Another process may fold the first cameras meanwhile, as long as ``beside`` has one.
    """
    with Ledger.open_read_only(settings.ledger, settings.vantage) as opened:
        then = opened.as_it_is()
        then.inventory_changes()  # told once for both
    # Here nothing is open: what SQLite knows of an open file must not be copied into another process.
    with beside(partial(_folded, then, contract, month, now)) as others, then.opened_again() as ledger:
        return report_of(ledger, settings, contract, month, now, watcher, others)


def report_of(
    ledger: Ledger,
    settings: Settings,
    contract: Contract,
    month: tuple[int, int],
    now: datetime,
    watcher: Watcher = unwatched,
    others: Iterator[Folded] | None = None,
) -> Report:
    """The same from an open ledger. A closed month is reported as it was closed, whatever was written afterwards.

    ``others`` are the first cameras of every version, where another process folds them. FiguresMoved: it does not come
    out as it was closed.
    """
    ledger, name = ledger.as_it_is(), f"{month[0]}-{month[1]:02}"
    so_far = ledger.standing(act_terms(contract))
    closed = so_far.closed(name)
    closings = [Step(act, so_far.signed(act)) for act in so_far.closings.get(name, ())]
    corrected = [Step(act, so_far.signed(act)) for act in so_far.corrections.get(name, ())]
    versions = [
        _built(then, settings, contract, month, now, watcher, others) for then in _versions(ledger, contract, month)
    ]
    if closed and not agrees(versions[-1], _closing(closings[-1]).figures):
        raise FiguresMoved(
            f"{name} was closed with the figures {_closing(closings[-1]).figures} and now gives "
            f"{figures_digest(versions[-1])}: the contract, this program or the record are not those it was closed "
            "with; put them back, or `ledger correct` it"
        )
    done = tuple(closing(number, step, versions[number - 1]) for number, step in enumerate(closings, 1))
    report = replace(versions[-1], closings=done, corrections=corrections(corrected, versions, closed=closed))
    return replace(report, trend=_trend(ledger, report, contract, now, watcher))


def _versions(ledger: Ledger, contract: Contract, month: tuple[int, int]) -> Iterator[Ledger]:
    """From what the month's figures were made: each time it was closed, and as it is now unless it is closed."""
    so_far, name = ledger.standing(act_terms(contract)), f"{month[0]}-{month[1]:02}"
    for act in so_far.closings.get(name, ()):
        yield ledger.as_of(_closing(Step(act, so_far.signed(act))).heads)
    if not so_far.closed(name):
        yield ledger


def _folded(then: Ledger, contract: Contract, month: tuple[int, int], now: datetime) -> Iterator[Folded]:
    """The others' share of every version."""
    with then.opened_again() as ledger:
        for version in _versions(ledger, contract, month):
            record = version.record(recorded_span(contract, month), act_terms(contract), share=OTHERS)
            yield fold_cameras(record, contract, month, now)


def incidents_of(
    ledger: Ledger, settings: Settings, period: Span, seen: Callable[[float], None] = lambda _: None
) -> References:
    """To which incidents the outages of a period belong, as far as is known an hour after it.

    ``seen`` is told how far that is, from 0 to 1: a month of a county takes a quarter of a minute.
    """
    around = Span(period.start - LOOK_BACK_US, period.end + AFTERWARDS_US)

    def followed() -> Iterator[tuple[datetime, News]]:
        for nth, news in enumerate(ledger.news(around)):
            if nth % SOMETIMES == 0:
                share = (micros(news[0]) - around.start) / (around.end - around.start)
                seen(min(1.0, max(0.0, share)))
            yield news

    until = min(instant(around.end), ledger.last_recorded_at() or instant(around.end))
    return references(followed(), rules_for(settings.probe.max_gap), until)


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
    others: Iterator[Folded] | None = None,
) -> Report:
    span, read = recorded_span(contract, month), partial(watcher, Stage.READING)
    record = ledger.record(span, act_terms(contract), read, None if others is None else REST)
    watcher(Stage.ADDING_UP, 0, 1)
    town = settings.town or town_of(known.camera for known in record.cameras)
    rest = None if others is None else partial(next, others)
    return build_report(record, contract, town=town, month=month, now=now, version=__version__, rest=rest)


def figures_at(
    ledger: Ledger, heads: Iterable[Head], settings: Settings, contract: Contract, month: tuple[int, int], now: datetime
) -> str:
    """The digest of the month's figures, made from the record up to these heads."""
    return figures_digest(_built(ledger.as_of(heads), settings, contract, month, now))


def town_of(cameras: Iterable[Camera]) -> str:
    """A name for the whole where the settings give none: the towns of its cameras."""
    return "、".join(sorted({camera.site.town for camera in cameras} - {""}))
