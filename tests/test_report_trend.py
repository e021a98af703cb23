"""Months before: each has, to the microsecond, the sums of its own report."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.calendar import months_before
from monitor.errors import LedgerBroken
from monitor.ledger import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    Event,
    Ledger,
    MaintenancePlanned,
    TransitionRecorded,
)
from monitor.model import Cause, Maintenance, Scope, State, Transition
from monitor.report import Report, TrendMonth
from monitor.reporting import month_report
from monitor.settings import Settings
from tests.test_report import camera

ZONE_SHIFT = timedelta(hours=8)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def at(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    """Local time in Shanghai."""
    return datetime(year, month, day, hour, tzinfo=UTC) - ZONE_SHIFT


def changed(number: int, when: datetime, new: State) -> TransitionRecorded:
    old, cause = (State.UP, Cause.TCP_TIMEOUT) if new is State.DOWN else (State.DOWN, Cause.OK)
    return TransitionRecorded(Transition(f"c{number}", when, when, old, new, cause))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Half a year of three cameras: one comes later, one leaves the contract, outages cross the ends of months."""
    settings = Settings(path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "l.db", reports=tmp_path)
    planned = Maintenance("m", "换杆", Scope(camera_ids=frozenset({"c1"})), at(7, 31, 12), at(8, 1, 12))
    story: list[tuple[datetime, Event]] = [
        (at(6, 10), CameraAdded(camera(1))),
        (at(6, 10), CameraAdded(camera(2))),
        (at(6, 10, 1), changed(1, at(6, 10, 1), State.UP)),
        (at(6, 10, 1), changed(2, at(6, 10, 1), State.UP)),
        (at(7, 1), MaintenancePlanned(planned)),
        (at(7, 30), changed(1, at(7, 30), State.DOWN)),
        (at(8, 2), changed(1, at(8, 2), State.UP)),
        (at(8, 20), CameraAdded(camera(3, "西村"))),
        (at(8, 20, 1), changed(3, at(8, 20, 1), State.DOWN)),
        (at(9, 5), CameraChanged(replace(camera(2), in_contract=False))),
        (at(9, 6), changed(2, at(9, 6), State.DOWN)),
        (at(10, 3), changed(3, at(10, 3), State.UP)),
        (at(10, 20), CameraRemoved("c1")),
        (at(10, 20), changed(1, at(10, 20), State.DOWN)),
        (at(11, 20, 10), changed(3, at(11, 20, 10), State.DOWN)),
    ]
    with Ledger.open(settings.ledger) as ledger:
        for when, event in story:
            ledger.append([event], when)
    return settings


def own(report: Report) -> TrendMonth:
    rated = [each for each in report.cameras if each.rates.online is not None]
    passing = sum(not each.below_target for each in rated)
    total = report.total
    return TrendMonth(report.year, report.month, len(report.cameras), passing, len(rated), total.seconds, total.rates)


def test_each_month_has_the_sums_of_its_own_report(settings: Settings) -> None:
    trend = month_report(settings, (2026, 11), NOW).trend
    months = [(2026, month) for month in range(6, 12)]
    assert [(each.year, each.month) for each in trend] == months
    assert list(trend) == [own(month_report(settings, month, NOW)) for month in months]
    assert len({each.rates.online for each in trend}) > 3, "the months differ, so the comparison can fail"


def test_months_before_the_record_are_left_out(settings: Settings) -> None:
    assert [each.month for each in month_report(settings, (2026, 6), NOW).trend] == [6]


def test_no_more_than_twelve_months_are_shown(settings: Settings) -> None:
    later = datetime(2028, 1, 5, tzinfo=UTC)
    trend = month_report(settings, (2027, 10), later).trend
    assert [(each.year, each.month) for each in trend] == [*months_before((2027, 10), 11), (2027, 10)]


def test_entries_after_the_record_s_head_are_not_in_its_past(settings: Settings) -> None:
    with Ledger.open(settings.ledger) as ledger:
        zone = settings.contract.zone
        seq, _ = ledger.head()
        before = courses(ledger, zone, seq)
        ledger.append([changed(3, at(10, 30), State.UP)], NOW)
        assert courses(ledger, zone, seq) == before
        assert courses(ledger, zone, seq + 1) != before


def courses(ledger: Ledger, zone: str, last_seq: int) -> dict[str, list[State]]:
    past = ledger.past([(2026, 10)], ZoneInfo(zone), last_seq)
    return {camera_id: [step.state for step in steps] for camera_id, steps in past.courses}


def test_a_month_s_steps_begin_with_the_last_one_before_it(settings: Settings) -> None:
    with Ledger.open_read_only(settings.ledger) as ledger:
        found = courses(ledger, settings.contract.zone, ledger.head()[0])
    assert found == {"c1": [State.UP, State.DOWN], "c2": [State.DOWN], "c3": [State.DOWN, State.UP]}


def test_a_state_nobody_knows_is_named_with_its_entry(settings: Settings) -> None:
    connection = sqlite3.connect(settings.ledger)
    connection.execute("DROP TRIGGER events_are_never_updated")
    connection.execute('UPDATE events SET body = replace(body, \'"new":"down"\', \'"new":"gone"\') WHERE seq = 6')
    connection.commit()
    connection.close()
    with pytest.raises(LedgerBroken, match=r"seq 6.*none of ours"):
        month_report(settings, (2026, 11), NOW)


def test_an_outage_whose_cause_changed_before_the_month_keeps_its_first_second(settings: Settings) -> None:
    def down(when: datetime, cause: Cause, new: State = State.DOWN) -> TransitionRecorded:
        return TransitionRecorded(Transition("c3", when, when, State.DOWN, new, cause))

    with Ledger.open(settings.ledger) as ledger:
        for event in (
            down(at(11, 21), Cause.NO_REPLY),
            down(at(11, 22), Cause.MONITOR_STOPPED, State.UNKNOWN),
            down(at(11, 23), Cause.TCP_REFUSED),
            down(at(11, 24), Cause.NO_REPLY),
            down(at(12, 2), Cause.OK, State.UP),
        ):
            ledger.append([event], at(12, 3))
    report = month_report(settings, (2026, 12), at(12, 5))
    (outage,) = [each for each in report.outages if each.camera.id == "c3"]
    assert (outage.start_at, outage.causes) == (at(11, 23), (Cause.TCP_REFUSED, Cause.NO_REPLY))
    (figure,) = [each for each in report.cameras if each.camera.id == "c3"]
    # From 10:00 on the 20th, without the day nobody watched.
    down_hours = (at(12, 2) - at(11, 20, 10)) - timedelta(days=1)
    assert figure.reliability.mttr_us == down_hours // timedelta(microseconds=1)
