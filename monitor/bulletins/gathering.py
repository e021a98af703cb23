"""From the ledger to a bulletin's text. It reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor.acts import act_terms
from monitor.bulletins import daily, landing, patrol
from monitor.bulletins.situation import Situation
from monitor.calendar import month_of, month_span
from monitor.clock import at_once
from monitor.contract import Contract
from monitor.engine.casebook import Casebook, running_repairs
from monitor.incidents import rules_for
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import micros
from monitor.report import excluded_by
from monitor.reporting import day_figures, month_forecast, town_of
from monitor.settings import BulletinKind, Settings

SILENT = 3  # heartbeats: a record that ends so long ago is not being written


def bulletin(kind: BulletinKind, settings: Settings, contract: Contract, now: datetime) -> Callable[[Language], str]:
    """One reading of the record, to be said in any language; LedgerError where there is no ledger.

    A text has its title in the first line, and no line feed at its end.
    """
    zone = ZoneInfo(contract.terms.zone)
    match kind:
        case BulletinKind.DAILY:
            ahead = month_forecast(settings, contract, month_of(now, zone), now)
            day = day_figures(settings, contract, now.astimezone(zone).date() - timedelta(days=1))
            return partial(daily.text, day, ahead, situation(settings, contract, now))
        case BulletinKind.PATROL:
            return partial(patrol.text, situation(settings, contract, now))
        case BulletinKind.MONTH:
            return partial(landing.text, month_forecast(settings, contract, month_of(now, zone), now))


def situation(settings: Settings, contract: Contract, now: datetime) -> Situation:
    """What lasts now under the contract, by a reading of the whole record."""
    zone = ZoneInfo(contract.terms.zone)
    month = month_of(now, zone)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as growing:
        ledger = growing.as_it_is()
        record = ledger.without_transitions(month_span(*month, zone), act_terms(contract))
        casebook = Casebook(rules_for(settings.probe.max_gap))
        casebook.restore(ledger)
    casebook.advance(now)
    gone = {camera_id for camera_id, span in record.absences if span.start <= micros(now) < span.end}
    about = {known.camera.id for known in record.cameras if contract.about(known.camera)} - gone
    faults = casebook.faults(excluded_by(record, contract, month), micros(now))
    casebook.repairs = running_repairs(faults, [contract], micros(now))
    return Situation(
        town=settings.town or town_of(known.camera for known in record.cameras),
        at=now,
        zone=zone,
        recorded_until=record.recorded_until,
        simulated=record.simulated,
        incidents=at_once(casebook.incidents(now, lambda camera_id: camera_id not in about)),
        blind_spots=tuple(spot for spot in casebook.blind_spots() if not about.isdisjoint(spot.camera_ids)),
        watched=record.recorded_until is not None and now - record.recorded_until <= SILENT * settings.heartbeat,
    )
