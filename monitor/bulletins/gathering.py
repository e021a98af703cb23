"""From the ledger to a bulletin's text: opened once, and all of one moment. It reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.acts import act_terms
from monitor.bulletins import daily, landing, patrol, pictures
from monitor.bulletins.pictures import ToSeeTo
from monitor.bulletins.situation import Known, Situation
from monitor.calendar import month_of, month_span
from monitor.clock import at_once
from monitor.contract import Contract
from monitor.engine.casebook import Casebook, running_repairs
from monitor.incidents import rules_for
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import Camera, State, micros
from monitor.report import DayFigures, MonthForecast, Record, build_day, build_forecast, excluded_by, recorded_span
from monitor.reporting import town_of
from monitor.settings import BulletinKind, Settings

SILENT = 3  # heartbeats: a record that ends so long ago is not being written


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One reading of the record, to be said in any language."""

    text: Callable[[Language], str]  # the title in its first line, and no line feed at its end
    needed: bool = True  # False: it says that there is nothing to do, and that need not be sent


def bulletin(
    kind: BulletinKind, settings: Settings, contract: Contract, now: datetime, due_on: date | None = None
) -> Bulletin:
    """What the record says now; LedgerError where there is no ledger.

    ``due_on`` is the contract's local day for which it is told; None: today.
    """
    with Ledger.open_read_only(settings.ledger, settings.vantage) as growing:
        reading = _Reading(growing.as_it_is(), settings, contract, now)
        match kind:
            case BulletinKind.DAILY:
                today = due_on or now.astimezone(reading.zone).date()
                day, ahead = reading.day_and_month(today - timedelta(days=1))
                return Bulletin(partial(daily.text, day, ahead, reading.situation()))
            case BulletinKind.PATROL:
                return Bulletin(partial(patrol.text, reading.situation()))
            case BulletinKind.PICTURES:
                found = reading.to_see_to()
                return Bulletin(partial(pictures.text, found), bool(found.pictures or found.devices))
            case BulletinKind.MONTH:
                ahead = reading.forecast(reading.record(reading.month))
                return Bulletin(partial(landing.text, ahead, reading.situation()))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the ledger says at one moment."""

    ledger: Ledger
    settings: Settings
    contract: Contract
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.contract.terms.zone)

    @property
    def month(self) -> tuple[int, int]:
        return month_of(self.now, self.zone)

    def record(self, month: tuple[int, int]) -> Record:
        return self.ledger.record(recorded_span(self.contract, month), act_terms(self.contract))

    def forecast(self, record: Record) -> MonthForecast:
        town, month = self._town(record), self.month
        return build_forecast(record, self.contract, town=town, month=month, now=self.now, version=__version__)

    def day_and_month(self, day: date) -> tuple[DayFigures, MonthForecast]:
        """On the first of a month they are of two months; else they are of one record."""
        running, its = self.month, (day.year, day.month)
        record = self.record(running)
        then = record if its == running else self.record(its)
        return build_day(then, self.contract, town=self._town(then), day=day), self.forecast(record)

    def known(self, record: Record) -> Known:
        """Of which town and moment it speaks, and what the record is worth."""
        until = record.recorded_until
        watched = until is not None and self.now - until <= SILENT * self.settings.heartbeat
        return Known(self._town(record), self.now, self.zone, until, record.simulated, watched)

    def situation(self) -> Situation:
        """What lasts now under the contract."""
        now, record = self.now, self._around()
        casebook = Casebook(rules_for(self.settings.probe.max_gap))
        casebook.restore(self.ledger)
        casebook.advance(now)
        about = self._about(record)
        faults = casebook.faults(excluded_by(record, self.contract, self.month), micros(now))
        casebook.repairs = running_repairs(faults, [self.contract], micros(now))
        known = self.known(record)
        return Situation(
            known.town,
            known.at,
            known.zone,
            known.recorded_until,
            known.simulated,
            known.watched,
            incidents=at_once(casebook.incidents(now, lambda camera_id: camera_id not in about)),
            blind_spots=tuple(spot for spot in casebook.blind_spots() if not about.keys().isdisjoint(spot.camera_ids)),
            unseen=tuple(site for site in casebook.unseen_sites() if not about.keys().isdisjoint(site.camera_ids)),
            unknown=len(about.keys() & casebook.in_state(State.UNKNOWN)),
            degraded=len(about.keys() & casebook.in_state(State.DEGRADED)),
        )

    def to_see_to(self) -> ToSeeTo:
        """Faulty pictures and changed devices of the contract's cameras."""
        record = self._around()
        about, moves = self._about(record), self.ledger.last_transitions()
        faulty = [(about[id_], move) for id_, move in moves.items() if id_ in about and move.new is State.DEGRADED]
        lasting = [span for span in record.findings if span.until_at is None and span.camera_id in about]
        return ToSeeTo(
            self.known(record),
            sorted(faulty, key=lambda pair: (pair[1].at, pair[0].id)),
            [(about[span.camera_id], span) for span in sorted(lasting, key=lambda span: span.since_at, reverse=True)],
        )

    def _around(self) -> Record:
        return self.ledger.without_transitions(month_span(*self.month, self.zone), act_terms(self.contract))

    def _about(self, record: Record) -> dict[str, Camera]:
        """The contract's cameras, by id, without those that are allowed to be gone now."""
        at = micros(self.now)
        gone = {camera_id for camera_id, span in record.absences if span.start <= at < span.end}
        cameras = (known.camera for known in record.cameras)
        return {camera.id: camera for camera in cameras if self.contract.about(camera) and camera.id not in gone}

    def _town(self, record: Record) -> str:
        return self.settings.town or town_of(known.camera for known in record.cameras)
