"""A month's record to its report: worked examples, the mistakes others made, and sums that must agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.contract import Contract
from monitor.model import (
    SECOND_US,
    Basis,
    BlindTime,
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    InventoryChange,
    Maintenance,
    Scope,
    Seconds,
    Site,
    SiteCategory,
    State,
    Transition,
    micros,
)
from monitor.report import ChangeKind, FieldChange, Record, Report, build_report
from monitor.sla import SlaVerdict, percent, total

HOUR_US = 3_600 * SECOND_US
JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
ADDED = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = ContractTerms(zone="UTC")


def hour(hours: float) -> datetime:
    """So many hours into June."""
    return JUNE + timedelta(hours=hours)


def camera(number: int = 1, village: str = "东村", carrier: str = "移动") -> Camera:
    site = Site(f"s{number}", f"部位{number}", SiteCategory.STREET, village, "清河镇", "清河县")
    return Camera(f"c{number}", f"{number}号", site, carrier, f"rtsp://127.0.0.1/{number}")


def move(number: int, at: datetime, new: State, cause: Cause | None = None) -> Transition:
    causes = {
        State.UP: Cause.OK,
        State.DOWN: Cause.TCP_TIMEOUT,
        State.DEGRADED: Cause.PICTURE_BLACK,
        State.UNKNOWN: Cause.NOT_WATCHED,
    }
    old = State.DOWN if new is State.UP else State.UP
    return Transition(f"c{number}", at, at, old, new, cause or causes[new])


def off(number: int, start: float, hours: float) -> list[Transition]:
    """Down for so many hours from that hour of June on."""
    return [move(number, hour(start), State.DOWN), move(number, hour(start + hours), State.UP)]


def record(
    *cameras: Camera, moves: list[Transition] | None = None, maintenance: tuple[Maintenance, ...] = ()
) -> Record:
    return Record(
        cameras=tuple(CameraRecord(each, ADDED, ADDED, None) for each in cameras),
        transitions=(
            *(replace(move(1, ADDED, State.UP), camera_id=each.id) for each in cameras),
            *(moves or ()),
        ),
        maintenance=maintenance,
        changes=(),
        recorded_until=JULY + timedelta(days=1),
        head_seq=7,
        head_hash="ab" * 32,
        simulated=False,
    )


def build(record: Record, terms: ContractTerms = TERMS, now: datetime = JULY) -> Report:
    return build_report(record, Contract(terms=terms), town="清河镇", month=(2026, 6), now=now, version="0.1.0")


def basis(report: Report, wanted: Basis) -> tuple[str, SlaVerdict]:
    figure = next(figure for figure in report.bases if figure.basis is wanted)
    return percent(figure.ratio), figure.verdict


# ---------------------------------------------------------------- worked examples


def test_forty_hours_down_of_which_eight_are_planned_work_make_95_50() -> None:
    work = Maintenance("m", "换杆", Scope(), hour(100), hour(108))
    report = build(record(camera(), moves=off(1, 100, 40), maintenance=(work,)))
    assert report.total.seconds == Seconds(up=680 * HOUR_US, down=32 * HOUR_US, excluded=8 * HOUR_US)
    assert percent(report.total.rates.online) == "95.50"  # 680 / 712, cut
    counting_all = build(
        record(camera(), moves=off(1, 100, 40), maintenance=(work,)), replace(TERMS, maintenance_excludes=False)
    )
    assert percent(counting_all.total.rates.online) == "94.44"
    assert (report.verdict, counting_all.verdict) == (SlaVerdict.MET, SlaVerdict.MISSED)


@pytest.mark.parametrize("looked_at", [(), (time(9), time(12, 30))])
def test_the_raw_bases_are_those_of_a_contract_that_excludes_nothing(looked_at: tuple[time, ...]) -> None:
    works = tuple(Maintenance(f"m{n}", "换杆", Scope(), hour(100 + n), hour(108 + n)) for n in (0, 5, 400))
    month = record(camera(1), camera(2), moves=[*off(1, 90, 40), *off(2, 101, 3)], maintenance=works)
    terms = replace(TERMS, snapshot_times=looked_at or TERMS.snapshot_times)
    report, counting_all = (build(month, replace(terms, maintenance_excludes=each)) for each in (True, False))
    assert report.raw == counting_all.bases == counting_all.raw
    assert all(raw != adjusted for raw, adjusted in zip(report.raw, report.bases, strict=True))


def test_half_the_fleet_off_two_hours_every_night_shows_how_the_bases_differ() -> None:
    nights = [each for number in range(1, 6) for day in range(30) for each in off(number, day * 24 + 1, 2)]
    report = build(record(*map(camera, range(1, 11)), moves=nights))
    assert basis(report, Basis.FLEET_SECONDS) == ("95.83", SlaVerdict.MET)
    assert basis(report, Basis.CAMERA_PASS_SHARE) == ("50.00", SlaVerdict.MISSED)
    assert basis(report, Basis.SNAPSHOTS) == ("100.00", SlaVerdict.MET)
    assert report.verdict is SlaVerdict.MET
    assert [figure.basis for figure in report.flips] == [Basis.CAMERA_PASS_SHARE]
    assert (report.bases[1].good, report.bases[1].counted) == (5, 10)
    assert (report.bases[2].good, report.bases[2].counted) == (900, 900)


@pytest.mark.parametrize("chosen", Basis)
def test_the_verdict_is_the_contractual_basis_own(chosen: Basis) -> None:
    nights = [each for day in range(30) for each in off(1, day * 24 + 1, 2)]
    report = build(record(camera(1), moves=nights), replace(TERMS, basis=chosen))
    assert report.contractual.basis is chosen
    assert report.verdict is report.contractual.verdict
    assert sum(figure.contractual for figure in report.bases) == 1


def test_the_comparison_uses_the_unrounded_rate() -> None:
    just_below = [move(1, JUNE, State.DOWN), move(1, hour(36) + timedelta(microseconds=1), State.UP)]
    assert build(record(camera(), moves=just_below)).verdict is SlaVerdict.MISSED
    assert build(record(camera(), moves=off(1, 0, 36))).verdict is SlaVerdict.MET


def test_a_camera_exactly_on_the_target_reaches_it_and_so_does_a_fleet() -> None:
    fleet = [camera(number) for number in range(20)]
    on_target = build(record(camera(), moves=off(1, 0, 36)))
    assert not on_target.below_target
    nineteen_of_twenty = build(record(*fleet, moves=off(0, 0, 40)))
    assert basis(nineteen_of_twenty, Basis.CAMERA_PASS_SHARE) == ("95.00", SlaVerdict.MET)


def test_intact_time_has_its_own_target() -> None:
    dark = [move(1, hour(0), State.DEGRADED), move(1, hour(72), State.UP)]
    report = build(record(camera(), moves=dark), replace(TERMS, intact_target=Fraction(98, 100)))
    assert (report.verdict, report.intact_verdict) == (SlaVerdict.MET, SlaVerdict.MISSED)
    assert percent(report.total.rates.intact) == "90.00"
    assert build(record(camera(), moves=dark)).intact_verdict is None


# ---------------------------------------------------------------- others' mistakes


def test_time_nobody_watched_is_neither_up_nor_down() -> None:
    stopped = replace(record(camera()), recorded_until=hour(360))
    report = build(stopped)
    assert report.total.seconds == Seconds(up=360 * HOUR_US, unobserved=360 * HOUR_US)
    assert report.verdict is SlaVerdict.NOT_PROVABLE
    assert {figure.verdict for figure in report.bases} == {SlaVerdict.NOT_PROVABLE}
    assert not report.flips
    strict = build(stopped, replace(TERMS, blind_time=BlindTime.DOWN, min_coverage=Fraction(0)))
    assert percent(strict.total.rates.online) == "50.00"


def test_an_empty_record_proves_nothing() -> None:
    report = build(replace(record(camera()), transitions=(), recorded_until=None))
    assert report.total.rates.online is None
    assert report.verdict is SlaVerdict.NOT_PROVABLE
    assert not report.below_target


def test_a_town_without_cameras_has_no_value() -> None:
    report = build(record())
    assert report.verdict is SlaVerdict.UNDEFINED
    assert report.total.rates.coverage is None


def test_only_what_has_passed_is_the_denominator_on_day_fifteen() -> None:
    report = build(record(camera(), moves=off(1, 0, 36)), now=hour(14 * 24))
    assert report.total.seconds.scheduled == 14 * 24 * HOUR_US
    assert not report.complete
    assert report.verdict is SlaVerdict.MISSED


def test_a_month_yet_to_come_has_no_value() -> None:
    report = build(record(camera()), now=JUNE - timedelta(days=3))
    assert report.total.seconds == Seconds()
    assert report.verdict is SlaVerdict.UNDEFINED


def test_a_camera_that_vanished_stays_down() -> None:
    gone = [move(1, hour(360), State.DOWN, Cause.REMOVED_UNCONFIRMED)]
    base = record(camera(), moves=gone)
    report = build(replace(base, cameras=(replace(base.cameras[0], removed_at=hour(360)),)))
    assert percent(report.total.rates.online) == "50.00"
    assert report.outages[0].causes == (Cause.REMOVED_UNCONFIRMED,)
    assert report.cameras[0].removed_at == hour(360)


def test_leaving_the_inventory_and_coming_back_wipes_nothing_out() -> None:
    base = record(camera(), moves=off(1, 0, 360))
    back = replace(base, cameras=(CameraRecord(camera(), ADDED, hour(700), None),))
    assert build(back).total.seconds == build(base).total.seconds


def test_a_camera_is_owed_from_its_date_or_from_when_it_was_added() -> None:
    dated = replace(camera(1), in_service_from=date(2026, 6, 11), in_service_to=date(2026, 6, 20))
    assert build(record(dated)).total.seconds.scheduled == 240 * HOUR_US
    base = record(camera())
    late = replace(base, cameras=(CameraRecord(camera(), hour(700), hour(700), None),))
    assert build(late).total.seconds.scheduled == 20 * HOUR_US


def test_a_camera_of_another_month_is_not_in_this_ones_report() -> None:
    base = record(camera(1), camera(2))
    later = replace(base, cameras=(base.cameras[0], CameraRecord(camera(2), JULY, JULY, None)))
    assert [figure.camera.id for figure in build(later).cameras] == ["c1"]


def test_cameras_outside_the_contract_are_named_and_in_no_figure() -> None:
    outside = replace(camera(2), in_contract=False)
    report = build(record(camera(1), outside, moves=off(2, 0, 700)))
    assert report.outside_contract == (outside,)
    assert percent(report.total.rates.online) == "100.00"
    assert not report.outages


def test_a_month_with_a_clock_change_has_its_true_length() -> None:
    march = build_report(
        replace(record(camera()), recorded_until=JULY),
        Contract(terms=replace(TERMS, zone="Europe/Berlin")),
        town="t",
        month=(2026, 3),
        now=JULY,
        version="0",
    )
    assert march.total.seconds.scheduled == 743 * HOUR_US


def test_service_hours_are_all_that_is_owed() -> None:
    daytime = replace(TERMS, service_hours=((time(8), time(20)),))
    report = build(record(camera(), moves=[*off(1, 0, 8), *off(1, 32, 1)]), daytime)
    assert report.total.seconds == Seconds(up=359 * HOUR_US, down=HOUR_US)
    assert [outage.start_at for outage in report.outages] == [hour(32)], "nobody owed the night"


# ---------------------------------------------------------------- what happened


def test_an_outage_from_last_month_keeps_its_start_and_costs_only_this_month() -> None:
    before = move(1, JUNE - timedelta(days=2), State.DOWN)
    report = build(record(camera(), moves=[before, move(1, hour(10), State.UP)]))
    (outage,) = report.outages
    assert (outage.start_at, outage.end_at, outage.counted_us) == (before.at, hour(10), 10 * HOUR_US)


def test_an_outage_that_outlasts_the_month_is_open_whenever_the_report_is_made() -> None:
    moves = [move(1, hour(700), State.DOWN), move(1, hour(721), State.UP)]
    report = build(record(camera(), moves=moves), now=JULY + timedelta(days=1))
    (outage,) = report.outages
    assert (outage.end_at, outage.counted_us) == (None, 20 * HOUR_US)


def test_a_change_of_cause_does_not_make_a_second_outage() -> None:
    moves = [move(1, hour(1), State.DOWN), move(1, hour(2), State.DOWN, Cause.NO_REPLY), move(1, hour(3), State.UP)]
    report = build(record(camera(), moves=moves))
    (outage,) = report.outages
    assert outage.causes == (Cause.TCP_TIMEOUT, Cause.NO_REPLY)
    assert (outage.start_at, outage.end_at) == (hour(1), hour(3))
    assert report.cameras[0].outages == 1


def test_time_nobody_watched_divides_an_outage() -> None:
    moves = [
        move(1, hour(1), State.DOWN),
        move(1, hour(2), State.UNKNOWN),
        move(1, hour(3), State.DOWN),
        move(1, hour(4), State.UP),
    ]
    assert len(build(record(camera(), moves=moves)).outages) == 2


def test_outages_come_by_what_they_cost() -> None:
    work = Maintenance("m", "换杆", Scope(camera_ids=frozenset({"c1"})), hour(0), hour(20))
    report = build(record(camera(1), camera(2), moves=[*off(1, 0, 21), *off(2, 50, 5)], maintenance=(work,)))
    assert [(o.camera.id, o.counted_us // HOUR_US, o.excluded_us // HOUR_US) for o in report.outages] == [
        ("c2", 5, 0),
        ("c1", 1, 20),
    ]


def test_planned_work_says_whom_it_covers_and_what_it_takes_out() -> None:
    inside = Maintenance("m1", "换杆", Scope(villages=frozenset({"东村"})), hour(-2), hour(3))
    elsewhere = Maintenance("m2", "往年", Scope(), ADDED, ADDED + timedelta(hours=1))
    next_month = Maintenance("m3", "下月", Scope(), JULY, JULY + timedelta(hours=1))
    report = build(record(camera(1), camera(2, "西村"), maintenance=(inside, elsewhere, next_month)))
    (found,) = report.maintenance
    assert (found.maintenance, found.cameras, found.excluded_us) == (inside, 1, 3 * HOUR_US)


def test_overlapping_planned_work_is_taken_out_once() -> None:
    works = tuple(Maintenance(f"m{n}", "", Scope(), hour(n), hour(n + 2)) for n in range(3))
    assert build(record(camera(), maintenance=works)).total.seconds.excluded == 4 * HOUR_US


def test_changes_say_what_differs_but_no_address() -> None:
    before = camera()
    after = replace(
        before, name="新名", url="rtsp://10.0.0.1/", in_contract=False, site=replace(before.site, village="西村")
    )
    changes = (
        InventoryChange(hour(1), "c1", None, before),
        InventoryChange(hour(2), "c1", before, after),
        InventoryChange(hour(3), "c1", after, None),
    )
    found = build(replace(record(camera()), changes=changes)).changes
    assert [change.kind for change in found] == [ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED]
    assert set(found[1].fields) == {
        FieldChange("name", "1号", "新名"),
        FieldChange("url", "***", "***"),
        FieldChange("in_contract", "True", "False"),
        FieldChange("site.village", "东村", "西村"),
    }


# ---------------------------------------------------------------- groups, order, forecast


def test_groups_and_cameras_come_worst_first_and_those_without_a_rate_last() -> None:
    cameras = [camera(1, "甲"), camera(2, "乙"), camera(3, "丙"), camera(4, "丁")]
    base = record(*cameras, moves=[*off(1, 0, 10), *off(2, 0, 20)])
    unseen = replace(base, transitions=tuple(move for move in base.transitions if move.camera_id != "c3"))
    report = build(unseen)
    assert [group.name for group in report.villages] == ["乙", "甲", "丁", "丙"]
    assert [figure.camera.id for figure in report.cameras] == ["c2", "c1", "c4", "c3"]


def test_two_sites_of_one_name_are_two_sites() -> None:
    twins = [replace(camera(n), site=replace(camera(n).site, name="村口")) for n in (1, 2)]
    assert [(site.id, site.name) for site in build(record(*twins)).sites] == [("s1", "村口"), ("s2", "村口")]


def test_a_finished_month_needs_no_forecast() -> None:
    assert build(record(camera())).forecast is None


def test_a_camera_now_down_is_expected_to_stay_down() -> None:
    moves = [move(1, hour(350), State.DOWN)]
    forecast = build(record(camera(1), camera(2), moves=moves), now=hour(360)).forecast
    assert forecast is not None
    assert forecast.landing == Fraction(350 + 720, 2 * 720)
    assert forecast.best == Fraction(2 * 720 - 10, 2 * 720)
    assert forecast.budget_left_us == (72 - 10) * HOUR_US


def test_the_forecast_leaves_out_planned_work_and_goes_on_like_the_last_day() -> None:
    work = Maintenance("m", "", Scope(), hour(700), hour(720))
    report = build(record(camera(), moves=off(1, 340, 12), maintenance=(work,)), now=hour(360))
    assert report.forecast is not None
    # 348 h up so far; 340 h still count, at the last day's 12 of 24.
    assert report.forecast.landing == Fraction(348 + 170, 700)


states = st.sampled_from(State)
moments = st.lists(st.tuples(st.integers(-48, 800 * 60), states), max_size=12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("移电"), moments), max_size=5), st.data())
def test_every_way_to_group_the_cameras_adds_up_to_the_town(
    fleet: list[tuple[str, str, list[tuple[int, State]]]], data: st.DataObject
) -> None:
    cameras = [camera(number, village, carrier) for number, (village, carrier, _) in enumerate(fleet)]
    moves = [
        move(number, JUNE + timedelta(minutes=minute), state)
        for number, (_, _, times) in enumerate(fleet)
        for minute, state in sorted(times, key=lambda pair: pair[0])
    ]
    start = data.draw(st.integers(0, 700))
    work = Maintenance("m", "", Scope(villages=frozenset("甲")), hour(start), hour(start + 30))
    now = hour(data.draw(st.integers(0, 800)))
    report = build(record(*cameras, moves=moves, maintenance=(work,)), now=now)
    town = report.total.seconds
    elapsed = micros(min(now, JULY)) - micros(JUNE)
    assert town.scheduled == elapsed * len(cameras)
    assert total(figure.seconds for figure in report.cameras) == town
    for groups in (report.villages, report.carriers, report.categories, report.sites):
        assert total(group.seconds for group in groups) == town
        assert sum(group.cameras for group in groups) == len(cameras)
    for group in report.sites:  # of one camera each
        alone = next(figure for figure in report.cameras if figure.camera.site.id == group.id)
        assert (group.seconds, group.rates) == (alone.seconds, alone.rates)
    assert sum(outage.counted_us for outage in report.outages) == town.down


def test_the_same_record_gives_the_same_report_however_late_it_is_made() -> None:
    base = record(camera(1), camera(2), moves=off(1, 700, 30))
    assert build(base, now=JULY) == build(base, now=JULY + timedelta(days=400))


# ---------------------------------------------------------------- contracts


def build_for(contract: Contract, given: Record) -> Report:
    return build_report(given, contract, town="清河镇", month=(2026, 6), now=JULY, version="0.1.0")


def test_a_report_speaks_of_the_cameras_of_its_contract_only() -> None:
    mobile, telecom = camera(1), camera(2, carrier="电信")
    added = InventoryChange(hour(1), "c2", None, telecom)
    moved = InventoryChange(hour(2), "c1", replace(mobile, carrier="电信"), mobile)
    given = replace(record(mobile, telecom, moves=off(2, 0, 72)), changes=(added, moved))
    about = {name: Contract(id=name, terms=TERMS, scope=Scope(carriers=frozenset({name}))) for name in ("移动", "电信")}
    reports = {name: build_for(contract, given) for name, contract in about.items()}
    assert {name: [each.camera.id for each in report.cameras] for name, report in reports.items()} == {
        "移动": ["c1"],
        "电信": ["c2"],
    }
    assert {name: percent(report.total.rates.online) for name, report in reports.items()} == {
        "移动": "100.00",
        "电信": "90.00",
    }
    assert {name: len(report.outages) for name, report in reports.items()} == {"移动": 0, "电信": 1}
    assert {name: [each.camera_id for each in report.changes] for name, report in reports.items()} == {
        "移动": ["c1"],
        "电信": ["c2", "c1"],  # c1 left this contract: said in both
    }
    whole = build(given)
    assert whole.total.seconds == total(report.total.seconds for report in reports.values())


def test_time_outside_the_contract_s_days_is_not_owed() -> None:
    terms = replace(TERMS, first_day=date(2026, 6, 11), last_day=date(2026, 6, 20))
    report = build(record(camera(), moves=off(1, 0, 10 * 24 + 24)), terms)
    assert report.total.seconds == Seconds(up=9 * 24 * HOUR_US, down=24 * HOUR_US)
    assert percent(report.total.rates.online) == "90.00"


def test_a_report_names_its_contract() -> None:
    report = build_for(Contract(id="a", title="甲", terms=TERMS), record(camera()))
    assert (report.contract_id, report.contract_title) == ("a", "甲")
