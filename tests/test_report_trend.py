"""Months before: each has, to the microsecond, the sums of its own report."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.acts import (
    Act,
    ExclusionApproved,
    ExclusionProposed,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    Stamp,
    act_terms,
    written_act,
)
from monitor.calendar import months_before
from monitor.contract import Contract
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
from monitor.model import Actor, Cause, ExclusionCause, Maintenance, Scope, State, Transition
from monitor.report import Report, TrendMonth, figures_digest
from monitor.reporting import month_report
from monitor.settings import Settings
from tests.acts.samples import LI, WANG
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
    trend = month_report(settings, settings.contract, (2026, 11), NOW).trend
    months = [(2026, month) for month in range(6, 12)]
    assert [(each.year, each.month) for each in trend] == months
    assert list(trend) == [own(month_report(settings, settings.contract, month, NOW)) for month in months]
    assert len({each.rates.online for each in trend}) > 3, "the months differ, so the comparison can fail"


def test_months_before_the_record_are_left_out(settings: Settings) -> None:
    assert [each.month for each in month_report(settings, settings.contract, (2026, 6), NOW).trend] == [6]


def test_no_more_than_twelve_months_are_shown(settings: Settings) -> None:
    later = datetime(2028, 1, 5, tzinfo=UTC)
    trend = month_report(settings, settings.contract, (2027, 10), later).trend
    assert [(each.year, each.month) for each in trend] == [*months_before((2027, 10), 11), (2027, 10)]


def test_entries_after_the_record_s_head_are_not_in_its_past(settings: Settings) -> None:
    with Ledger.open(settings.ledger) as ledger:
        heads = ledger.heads()
        before = courses(ledger)
        ledger.append([changed(3, at(10, 30), State.UP)], NOW)
        assert courses(ledger.as_of(heads)) == before
        assert courses(ledger) != before


def courses(ledger: Ledger) -> dict[str, list[State]]:
    past = ledger.past([(2026, 10)], act_terms(Contract()))
    return {camera_id: [step.state for step in steps] for camera_id, steps in past.courses}


def test_a_month_s_steps_begin_with_the_last_one_before_it(settings: Settings) -> None:
    with Ledger.open_read_only(settings.ledger) as ledger:
        found = courses(ledger)
    assert found == {"c1": [State.UP, State.DOWN], "c2": [State.DOWN], "c3": [State.DOWN, State.UP]}


def test_a_state_nobody_knows_is_named_with_its_entry(settings: Settings) -> None:
    connection = sqlite3.connect(settings.ledger)
    connection.execute("DROP TRIGGER events_are_never_updated")
    connection.execute('UPDATE events SET body = replace(body, \'"new":"down"\', \'"new":"gone"\') WHERE seq = 6')
    connection.commit()
    connection.close()
    with pytest.raises(LedgerBroken, match=r"seq 6.*none of ours"):
        month_report(settings, settings.contract, (2026, 11), NOW)


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
    report = month_report(settings, settings.contract, (2026, 12), at(12, 5))
    (outage,) = [each for each in report.outages if each.camera.id == "c3"]
    assert (outage.start_at, outage.causes) == (at(11, 23), (Cause.TCP_REFUSED, Cause.NO_REPLY))
    (figure,) = [each for each in report.cameras if each.camera.id == "c3"]
    # From 10:00 on the 20th, without the day nobody watched.
    down_hours = (at(12, 2) - at(11, 20, 10)) - timedelta(days=1)
    assert figure.reliability.mttr_us == down_hours // timedelta(microseconds=1)


def act_at(settings: Settings, when: datetime, *acts: Act) -> None:
    with Ledger.open_beside(settings.ledger) as ledger:
        ledger.add_acts([written_act(act) for act in acts], when, ledger.people_head())


def stamp(id_: str, when: datetime, by: Actor = WANG) -> Stamp:
    return Stamp(id_, Contract().id, when, by)


def excluded(id_: str, when: datetime, start_at: datetime, end_at: datetime) -> tuple[Act, Act]:
    """Proposed by one party and approved by the other."""
    power = ExclusionProposed(
        stamp(id_, when), ExclusionCause.POWER, Scope(), start_at, end_at, "全镇停电", "通知 17 号"
    )
    return power, ExclusionApproved(stamp(f"{id_}-yes", when, LI), id_, written_act(power).digest)


def close(settings: Settings, id_: str, month: tuple[int, int], when: datetime) -> None:
    with Ledger.open_read_only(settings.ledger) as ledger:
        heads = ledger.heads()
    digest = figures_digest(month_report(settings, settings.contract, month, when))
    act_at(settings, when, PeriodClosed(stamp(id_, when, LI), f"{month[0]}-{month[1]:02}", heads, digest))


def whole(settings: Settings) -> list[TrendMonth]:
    return list(month_report(settings, settings.contract, (2026, 11), NOW).trend)


def each_by_itself(settings: Settings) -> list[TrendMonth]:
    return [own(month_report(settings, settings.contract, (2026, month), NOW)) for month in range(6, 12)]


def test_exclusions_and_allowed_absences_leave_the_months_before_too(settings: Settings) -> None:
    before = whole(settings)
    act_at(settings, NOW, *excluded("e1", NOW, at(7, 31, 6), at(8, 2)))
    act_at(settings, NOW, RemovalConfirmed(stamp("r1", NOW, LI), "c1", at(10, 20)))
    after = whole(settings)
    assert after == each_by_itself(settings)
    changed_months = [new.month for old, new in zip(before, after, strict=True) if old != new]
    assert changed_months == [7, 8, 10, 11]
    assert after[1].seconds.excluded > before[1].seconds.excluded
    assert after[-1].seconds.scheduled < before[-1].seconds.scheduled, "a camera that may be gone is owed nothing"


def test_a_closed_month_keeps_in_the_trend_what_it_was_closed_with_until_a_correction(settings: Settings) -> None:
    with Ledger.open(settings.ledger) as ledger:
        ledger.append([CameraAdded(camera(4))], at(11, 20, 10))
    close(settings, "k1", (2026, 10), NOW)
    before = whole(settings)
    with Ledger.open(settings.ledger) as ledger:
        late = Maintenance("late", "补登", Scope(), at(10, 5), at(10, 6))
        ledger.append([changed(3, at(10, 30), State.DOWN), MaintenancePlanned(late)], NOW)
    assert whole(settings)[4] == before[4]
    assert whole(settings) == each_by_itself(settings)
    act_at(settings, NOW, PeriodCorrected(stamp("k2", NOW, LI), "2026-10", 1, "漏登"))
    assert whole(settings)[4] != before[4]
    assert whole(settings) == each_by_itself(settings)


def test_the_trend_of_a_closed_month_is_as_of_its_closing(settings: Settings) -> None:
    close(settings, "k1", (2026, 10), NOW)
    before = month_report(settings, settings.contract, (2026, 10), NOW)
    act_at(settings, NOW, *excluded("e1", NOW, at(7, 10), at(7, 20)))
    assert month_report(settings, settings.contract, (2026, 10), NOW).trend == before.trend
    assert whole(settings)[1] != before.trend[1]
