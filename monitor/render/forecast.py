"""A forecast as plain text: how the month will end, then what to repair first, then what is lost already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import Basis
from monitor.render import forecast_words as words
from monitor.render.layout import INDENT, Align, Column, clean, table, width
from monitor.render.phrases import cause_words, duration, local, percent_sign
from monitor.report import MonthForecast, Trip
from monitor.sla import Outlook, coverage

MOST_ROWS = 20  # of villages and cameras; JSON has them all
WIDEST_REASON = 44  # in terminal cells: two causes

Row = TypeVar("Row")


def forecast_to_text(forecast: MonthForecast, language: Language, top: int) -> str:
    """The forecast with the first ``top`` trips; ends in a line feed."""
    return "\n".join(_Text(forecast, language, top).lines()) + "\n"


class _Text:
    """One forecast in one language; every method writes one part."""

    def __init__(self, forecast: MonthForecast, language: Language, top: int) -> None:
        self._forecast = forecast
        self._language = language
        self._top = top
        self._zone = ZoneInfo(forecast.terms.zone)

    def lines(self) -> Iterator[str]:
        yield from self._title()
        yield from self._conclusion()
        yield from self._trips()
        yield from self._villages()
        yield from self._cameras()
        yield ""
        forecast = self._forecast
        yield self._say(words.SOURCE, seq=forecast.head_seq, head=forecast.head_hash, version=forecast.version)

    # ------------------------------------------------------------ the first screen

    def _title(self) -> Iterator[str]:
        forecast = self._forecast
        title = self._say(words.TITLE, town=clean(forecast.town))
        title += "  " + self._say(wording.MONTH, year=forecast.year, month=forecast.month)
        yield title
        yield "=" * width(title)
        start, end = (local(us, self._zone) for us in forecast.period)
        yield self._say(wording.PERIOD, start=start, end=end, zone=forecast.terms.zone)
        if forecast.contract_title:
            yield self._say(wording.CONTRACT_NAME, title=clean(forecast.contract_title), id=forecast.contract_id)
        until = forecast.recorded_until
        yield self._say(
            words.AS_OF,
            now=local(forecast.elapsed.end, self._zone),
            left=self._length(forecast.period.end - forecast.elapsed.end),
            recorded=self._say(words.NOTHING_RECORDED) if until is None else self._local(until),
        )
        if forecast.simulated:
            yield ""
            yield f"*** {self._say(wording.SIMULATED_WARNING)} ***"

    def _conclusion(self) -> Iterator[str]:
        total = self._forecast.total
        yield ""
        outlook = words.OUTLOOKS[total.outlook] if total.known else words.NOTHING_SEEN
        yield self._say(words.VERDICT, outlook=self._say(outlook))
        lines = [self._say(words.NOTHING_COUNTS)] if total.outlook is Outlook.UNDEFINED else [*self._figures()]
        yield from (f"{INDENT}- {line}" for line in lines)

    def _figures(self) -> Iterator[str]:
        total, terms = self._forecast.total, self._forecast.terms
        yield self._say(words.SO_FAR, rate=percent_sign(total.rate), target=percent_sign(terms.target))
        yield self._say(words.LANDING, landing=percent_sign(total.forecast.landing), lately=percent_sign(total.lately))
        yield self._say(words.BEST, best=percent_sign(total.forecast.best))
        yield self._budget()
        yield self._say(
            words.COVERAGE, rate=percent_sign(coverage(total.so_far)), minimum=percent_sign(terms.min_coverage)
        )
        yield from self._passing()
        if total.outlook is not Outlook.UNRECOVERABLE:
            yield self._needed()

    def _budget(self) -> str:
        total = self._forecast.total
        allowed, used = self._length(total.budget.allowed_us), self._length(total.budget.used_us)
        if total.budget.left_us < 0:
            return self._say(words.OVERDRAWN, allowed=allowed, used=used, over=self._length(-total.budget.left_us))
        return self._say(words.BUDGET, allowed=allowed, used=used, left=self._length(total.forecast.budget_left_us))

    def _passing(self) -> Iterator[str]:
        passing, basis = self._forecast.passing, self._forecast.terms.basis
        yield self._say(words.PASSING, now=passing.now, landing=passing.landing, best=passing.best, rated=passing.rated)
        if basis is Basis.CAMERA_PASS_SHARE:
            landing, best = passing.share(passing.landing), passing.share(passing.best)
            yield self._say(words.PASSING_BASIS, landing=percent_sign(landing), best=percent_sign(best))
        if basis is Basis.SNAPSHOTS:
            yield self._say(words.SNAPSHOT_BASIS)

    def _needed(self) -> str:
        match self._forecast.trips_needed:
            case None:
                return self._say(words.NOT_ENOUGH)
            case 0:
                return self._say(words.NONE_NEEDED)
            case count:
                return self._say(words.NEEDED, count=count)

    # ------------------------------------------------------------ what to repair

    def _trips(self) -> Iterator[str]:
        trips = self._forecast.trips
        if not trips:
            yield ""
            yield self._say(words.NOTHING_TO_GAIN if self._forecast.total.down else words.NOTHING_DOWN)
            return
        cameras, gain = sum(len(trip.repairs) for trip in trips), self._length(sum(trip.gain_us for trip in trips))
        yield from self._heading(words.HEAD_TRIPS, trips=len(trips), cameras=cameras, gain=gain)
        for number, trip in enumerate(trips[: self._top], 1):
            yield from self._trip(number, trip)
        if len(trips) > self._top:
            yield INDENT + self._say(words.MORE_TRIPS, count=len(trips) - self._top, all=len(trips))

    def _trip(self, number: int, trip: Trip) -> Iterator[str]:
        line = self._say(
            words.TRIP,
            number=number,
            village=clean(trip.village) or "—",
            cameras=len(trip.repairs),
            gain=self._length(trip.gain_us),
            landing=percent_sign(trip.landing),
        )
        yield line + (self._say(words.LIFTS) if number == self._forecast.trips_needed else "")
        yield from (INDENT + shared for shared in self._shared(trip))
        yield from self._table(
            trip.repairs,
            self._left(wording.CAMERA_ID, lambda repair: repair.camera.id),
            self._left(wording.CAMERA, lambda repair: repair.camera.name),
            self._left(words.SINCE, lambda repair: self._local(repair.since_at)),
            self._right(words.GAIN, lambda repair: self._length(repair.gain_us)),
            Column(
                self._say(wording.REASON),
                lambda repair: cause_words(repair.causes, self._language),
                widest=WIDEST_REASON,
            ),
        )

    def _shared(self, trip: Trip) -> Iterator[str]:
        """The nearest thing all outages of a trip have in common."""
        if trip.recorder or trip.uplink:
            kind = words.RECORDER if trip.recorder else words.UPLINK
            name = clean(trip.recorder or trip.uplink)
            yield self._say(words.SHARED, kind=self._say(kind), name=name)
        elif trip.carrier:
            yield self._say(words.CARRIER_SHARED, name=clean(trip.carrier))

    # ------------------------------------------------------------ who is how far

    def _villages(self) -> Iterator[str]:
        yield from self._heading(words.HEAD_VILLAGES)
        yield from self._table(
            self._forecast.villages,
            self._left(wording.VILLAGE, lambda group: group.name),
            self._right(wording.CAMERAS, lambda group: str(group.cameras)),
            self._right(words.DOWN, lambda group: str(group.down)),
            self._right(words.SO_FAR_COLUMN, lambda group: percent_sign(group.rate)),
            self._right(words.LANDING_COLUMN, lambda group: percent_sign(group.forecast.landing)),
            self._right(words.BEST_COLUMN, lambda group: percent_sign(group.forecast.best)),
            self._right(words.LEFT, lambda group: self._length(group.forecast.budget_left_us)),
            self._right(words.LOST, lambda group: str(group.lost)),
            self._left(words.OUTLOOK, lambda group: self._outlook(group.outlook)),
        )

    def _cameras(self) -> Iterator[str]:
        cameras = self._forecast.cameras
        if not cameras:
            return
        lost = sum(camera.outlook is Outlook.UNRECOVERABLE for camera in cameras)
        yield from self._heading(words.HEAD_CAMERAS, count=len(cameras), lost=lost)
        yield from self._table(
            cameras,
            self._left(wording.CAMERA_ID, lambda camera: camera.camera.id),
            self._left(wording.CAMERA, lambda camera: camera.camera.name),
            self._left(wording.VILLAGE, lambda camera: camera.camera.site.village),
            self._left(words.STATE, lambda camera: self._say(wording.STATES[camera.state])),
            self._right(words.SO_FAR_COLUMN, lambda camera: percent_sign(camera.rate)),
            self._right(words.LANDING_COLUMN, lambda camera: percent_sign(camera.forecast.landing)),
            self._right(words.BEST_COLUMN, lambda camera: percent_sign(camera.forecast.best)),
            self._left(words.OUTLOOK, lambda camera: self._outlook(camera.outlook)),
        )

    def _outlook(self, outlook: Outlook) -> str:
        return self._say(words.OUTLOOKS[outlook])

    # ------------------------------------------------------------ building blocks

    def _say(self, phrase: Phrase, **values: object) -> str:
        return phrase[self._language].format(**values) if values else phrase[self._language]

    def _local(self, at: datetime) -> str:
        return local(at, self._zone, self._forecast.year)

    def _length(self, us: int) -> str:
        return duration(us, self._language)

    def _heading(self, phrase: Phrase, **values: object) -> Iterator[str]:
        heading = self._say(phrase, **values)
        yield ""
        yield heading
        yield "-" * width(heading)

    def _left(self, heading: Phrase, cell: Callable[[Row], str]) -> Column[Row]:
        return Column(self._say(heading), cell, Align.LEFT)

    def _right(self, heading: Phrase, cell: Callable[[Row], str]) -> Column[Row]:
        return Column(self._say(heading), cell, Align.RIGHT)

    def _table(self, rows: Sequence[Row], *columns: Column[Row]) -> Iterator[str]:
        yield from table(rows[:MOST_ROWS], columns)
        if len(rows) > MOST_ROWS:
            yield INDENT + self._say(words.MORE, count=len(rows) - MOST_ROWS)
