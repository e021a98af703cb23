"""Repair limits, points and money of a month: worked by hand, and against the hour-by-hour oracle."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.acts import ExclusionApproved, ExclusionProposed, History, standing, written_act
from monitor.contract import (
    Contract,
    DeductionLadder,
    DeductionStep,
    ExclusionRule,
    ItemKind,
    LadderBy,
    RateStep,
    RepairLimits,
    RepairState,
    Scorecard,
    ScoreItem,
    SettlementPeriod,
    Together,
    Why,
)
from monitor.model import (
    SECOND_US,
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    ExclusionCause,
    InventoryChange,
    Maintenance,
    Scope,
    Site,
    SiteCategory,
    Span,
    State,
    Transition,
    micros,
)
from monitor.report import (
    Record,
    Report,
    Settlement,
    Stop,
    StopKind,
    agrees,
    build_report,
    figures_digest,
    recorded_span,
)
from tests import oracle
from tests.acts.samples import LI, TERMS, recorded, stamp

HOUR_US = 3_600 * SECOND_US
JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
ADDED = datetime(2026, 1, 1, tzinfo=UTC)
SEEN = {"U": State.UP, "D": State.DOWN, "?": State.UNKNOWN}
LIMITS = RepairLimits(timedelta(hours=24), timedelta(hours=48), 3, Together.CONTRACT)
CARD = Scorecard(
    items=(
        ScoreItem(
            "online",
            ItemKind.ONLINE_RATE,
            steps=(RateStep(Fraction(95, 100), Decimal(5)), RateStep(Fraction(90, 100), Decimal(15))),
        ),
        ScoreItem("faults", ItemKind.CAMERA_FAULT, points=Decimal(1), over=timedelta(hours=8), cap=Decimal(3)),
        ScoreItem("late", ItemKind.LATE_REPAIR, points=Decimal(2)),
        ScoreItem("falsified", ItemKind.DECLARED, points=Decimal(3)),
    ),
    qualified=Decimal(90),
)
LADDER = DeductionLadder(
    fee=Decimal("30000.00"),
    steps=(DeductionStep(Fraction(90), share=Fraction(1, 10)), DeductionStep(Fraction(80), share=Fraction(3, 10))),
)
CONTRACT = Contract(terms=ContractTerms(zone="UTC"), repair=LIMITS, scorecard=CARD, deduction=LADDER)


def at(hour: float) -> datetime:
    """So many hours into June."""
    return JUNE + timedelta(hours=hour)


def us(hour: float) -> int:
    return micros(at(hour))


def camera(number: int) -> Camera:
    site = Site(f"s{number}", "部位", SiteCategory.STREET, "东村" if number % 2 else "西村", "清河镇", "清河县")
    return Camera(f"c{number}", f"{number}号", site, "移动", f"rtsp://127.0.0.1/{number}")


def down(number: int, *spans: tuple[float, float]) -> list[Transition]:
    """Up since long ago, and down from hour to hour."""
    moves = [Transition(f"c{number}", ADDED, ADDED, State.UNKNOWN, State.UP, Cause.OK)]
    for start, end in spans:
        moves.append(Transition(f"c{number}", at(start), at(start), State.UP, State.DOWN, Cause.TCP_TIMEOUT))
        moves.append(Transition(f"c{number}", at(end), at(end), State.DOWN, State.UP, Cause.OK))
    return moves


def record(*courses: list[Transition], maintenance: tuple[Maintenance, ...] = ()) -> Record:
    numbers = range(1, len(courses) + 1)
    return Record(
        cameras=tuple(CameraRecord(camera(number), ADDED, ADDED, None) for number in numbers),
        transitions=tuple(move for moves in courses for move in moves),
        maintenance=maintenance,
        changes=(),
        recorded_until=JULY + timedelta(days=200),
        head_seq=7,
        head_hash="ab" * 32,
        simulated=False,
    )


def build(
    given_record: Record,
    contract: Contract = CONTRACT,
    *,
    month: tuple[int, int] = (2026, 6),
    now: datetime | None = None,
) -> Report:
    made = JULY + timedelta(days=100) if now is None else now
    return build_report(given_record, contract, town="清河镇", month=month, now=made, version="0.1.0")


def settled(report: Report) -> Settlement:
    assert report.settlement is not None
    return report.settlement


def approved(
    number: int, start: float, end: float, cause: ExclusionCause = ExclusionCause.POWER
) -> tuple[History, ...]:
    proposal = ExclusionProposed(
        stamp("p1"), cause, Scope(camera_ids=frozenset({f"c{number}"})), at(start), at(end), "停电"
    )
    told = datetime(2026, 12, 1, tzinfo=UTC)
    acts = [
        recorded(proposal, told),
        recorded(ExclusionApproved(stamp("d1", LI), "p1", written_act(proposal).digest), told),
    ]
    return tuple(standing(acts, TERMS).exclusions.values())


# ---------------------------------------------------------------- a whole month by hand


def test_a_month_by_hand() -> None:
    """Four cameras, 2,880 camera-hours.

    c1 is down 10 to 40 (30 h, limit 24 h, passed at hour 34), c2 100 to 110, c3 200 to 260 with c4 200 to 250 (two at
    once: not major). Down in all 30 + 10 + 60 + 50 = 150 h: online 2,730 / 2,880 = 94.79 %: 5 points. All four had more
    than 8 h: 4 points, capped at 3. Late: c1, c3 and c4 at 2 points: 6. Left 100 - 14 = 86: below 90: 10 % of 30,000.
    """
    report = build(record(down(1, (10, 40)), down(2, (100, 110)), down(3, (200, 260)), down(4, (200, 250))))
    found = settled(report)
    assert (found.period, found.elapsed, found.final) == (report.period, report.period, True)
    assert found.online.ratio == Fraction(2730, 2880)
    assert found.repairs is not None
    assert [(each.camera_id, each.state, each.major, each.ran_us // HOUR_US) for each in found.repairs.repairs] == [
        ("c1", RepairState.LATE, False, 30),
        ("c2", RepairState.KEPT, False, 10),
        ("c3", RepairState.LATE, False, 60),
        ("c4", RepairState.LATE, False, 50),
    ]
    assert [(late.camera.id, late.repair.late_us // HOUR_US, late.repair.late_from) for late in found.repairs.late] == [
        ("c3", 36, us(224)),
        ("c4", 26, us(224)),
        ("c1", 6, us(34)),
    ]
    assert found.score is not None
    assert [(line.item.id, line.why, line.count, line.points, line.over_cap) for line in found.score.lines] == [
        ("online", Why.BELOW_STEP, 1, Decimal(5), Decimal(0)),
        ("faults", Why.COUNTED, 4, Decimal(3), Decimal(1)),
        ("late", Why.COUNTED, 3, Decimal(6), Decimal(0)),
        ("falsified", Why.COUNTED, 0, Decimal(0), Decimal(0)),
    ]
    assert (found.score.lost, found.score.points, found.score.qualified) == (Decimal(14), Decimal(86), False)
    assert found.deduction is not None
    assert found.deduction.step == LADDER.steps[0]
    assert (found.deduction.amount, found.deduction.payable) == (Decimal("3000.00"), Decimal("27000.00"))
    assert not found.undecided


def test_three_at_once_are_major_and_named() -> None:
    """c1, c2, c3 are together down 20 to 30: their limit is 48 h; c4 joins nobody. c1 is down 50 h: 2 h late."""
    report = build(record(down(1, (0, 50)), down(2, (10, 30)), down(3, (20, 60)), down(4, (300, 330))))
    repairs = settled(report).repairs
    assert repairs is not None
    assert [(each.camera_id, each.major, each.state) for each in repairs.repairs] == [
        ("c1", True, RepairState.LATE),
        ("c2", True, RepairState.KEPT),
        ("c3", True, RepairState.KEPT),
        ("c4", False, RepairState.LATE),
    ]
    (crowd,) = repairs.crowds
    assert (crowd.group, crowd.span, crowd.camera_ids) == ("", Span(us(20), us(30)), ("c1", "c2", "c3"))
    assert [(late.camera.id, late.crowd) for late in repairs.late] == [("c4", None), ("c1", crowd)]
    assert repairs.major == 3


def test_a_contract_without_limits_points_and_money_has_no_settlement() -> None:
    assert build(record(down(1, (0, 50))), Contract(terms=CONTRACT.terms)).settlement is None


def test_each_part_stands_alone() -> None:
    given_record = record(down(1, (0, 50)))
    only_limits = settled(build(given_record, replace(CONTRACT, scorecard=None, deduction=None)))
    assert (only_limits.score, only_limits.deduction, only_limits.undecided) == (None, None, False)
    by_rate = DeductionLadder(
        Decimal("100.00"), LadderBy.RATE, steps=(DeductionStep(Fraction(95, 100), amount=Decimal(7)),)
    )
    only_money = settled(build(given_record, Contract(terms=CONTRACT.terms, deduction=by_rate)))
    assert only_money.repairs is None
    assert only_money.deduction is not None
    assert only_money.deduction.amount == 7  # 670 / 720 = 93.05 %


# ---------------------------------------------------------------- what stops a clock


def test_planned_work_and_exclusions_that_count_stop_the_clock_and_are_named() -> None:
    """Down 0 to 60, of it 10 to 16 planned work and 20 to 30 excluded: 44 h on the clock, 20 too many."""
    work = Maintenance("m1", "换杆", Scope(), at(10), at(16))
    given_record = replace(record(down(1, (0, 60)), maintenance=(work,)), exclusions=approved(1, 20, 30))
    repairs = settled(build(given_record)).repairs
    assert repairs is not None
    (late,) = repairs.late
    assert (late.repair.ran_us, late.repair.excluded_us) == (44 * HOUR_US, 16 * HOUR_US)
    assert late.repair.late_from == us(40)
    assert late.stops == (
        Stop(StopKind.EXCLUSION, "p1", 10 * HOUR_US),
        Stop(StopKind.MAINTENANCE, "m1", 6 * HOUR_US),
    )


def test_an_exclusion_stops_the_clock_by_night_too_and_only_up_to_its_cap() -> None:
    """Service hours 8 to 20. Excluded from 8:00 of the first day to 20:00 of the second, down from 8:00 for 62 h.

    The clock runs after the 36 h: 26 h. With a cap of 14 h the exclusion counts 12 h of the first day and 2 of the
    second, so that it ends at 10:00 (26 h after it began): 36 h are on the clock.
    """
    daytime = replace(CONTRACT, terms=replace(CONTRACT.terms, service_hours=((time(8), time(20)),)))
    given_record = replace(record(down(1, (8, 70))), exclusions=approved(1, 8, 44))
    capped = replace(daytime, exclusions={ExclusionCause.POWER: ExclusionRule(cap=timedelta(hours=14))})
    ran = []
    for contract in (daytime, capped):
        repairs = settled(build(given_record, contract)).repairs
        assert repairs is not None
        ran.append(repairs.repairs[0].ran_us // HOUR_US)
    assert ran == [26, 36]


def test_an_exclusion_of_the_period_before_still_stopped_the_clock() -> None:
    """Down since 40 h before June, 30 of them excluded: at hour 15 of June 25 h have run."""
    given_record = replace(record(down(1, (-40, 15))), exclusions=approved(1, -40, -10))
    repairs = settled(build(given_record)).repairs
    assert repairs is not None
    (repair,) = repairs.repairs
    assert (repair.start, repair.ran_us, repair.late_from) == (us(-40), 25 * HOUR_US, us(14))


def test_what_was_excluded_in_the_period_before_is_no_time_to_repair() -> None:
    """Down since 40 h before June and until hour 15, 30 h of it excluded in May: repaired in 25 h, as on the clock."""
    given_record = replace(record(down(1, (-40, 15))), exclusions=approved(1, -40, -10))
    assert build(given_record).total.reliability.mttr_us == 25 * HOUR_US
    quarterly = replace(CONTRACT, period=SettlementPeriod.QUARTER)
    assert build(given_record, quarterly).total.reliability.mttr_us == 25 * HOUR_US


def test_days_of_no_contract_are_on_no_clock() -> None:
    """The contract begins on the second: of 0 to 60 only 24 to 60 count, so that the limit is passed at 48."""
    terms = replace(CONTRACT.terms, first_day=date(2026, 6, 2))
    repairs = settled(build(record(down(1, (0, 60))), replace(CONTRACT, terms=terms))).repairs
    assert repairs is not None
    assert [(each.ran_us // HOUR_US, each.late_from) for each in repairs.repairs] == [(36, us(48))]
    retired = replace(record(down(1, (48, 80))), cameras=())
    known = CameraRecord(replace(camera(1), in_service_to=date(2026, 6, 2)), ADDED, ADDED, None)
    later = settled(build(replace(retired, cameras=(known,)))).repairs
    assert later is not None
    assert later.repairs == (), "it was out of service already"


def test_a_limit_is_passed_in_one_month_only() -> None:
    given_record = record(down(1, (-60, 10)), down(2, (-10, 20)), down(3, (710, 760)))
    june = settled(build(given_record)).repairs
    july = settled(build(given_record, month=(2026, 7))).repairs
    assert june is not None
    assert july is not None
    assert [late.camera.id for late in june.late] == ["c2"]
    assert june.late_before == 1
    assert [late.camera.id for late in july.late] == ["c3"]
    assert [(each.camera_id, each.state) for each in june.repairs][-1] == ("c3", RepairState.RUNNING)


def test_a_fault_from_last_month_is_major_with_those_that_came_back_before_this_one() -> None:
    """c1 is down from -20 to 20, with c2 and c3 from -10 to -5: major, so that its 40 h are within 48 h.

    The record that June's report is made from holds all three; without c2 and c3 the limit would be 24 h.
    """
    courses = (down(1, (-20, 20)), down(2, (-10, -5)), down(3, (-10, -5)))
    assert recorded_span(CONTRACT, (2026, 6)) == Span(us(-48), us(720))
    plain = replace(CONTRACT, repair=RepairLimits())
    assert recorded_span(plain, (2026, 6)) == Span(us(0), us(720))
    repairs = settled(build(record(*courses))).repairs
    assert repairs is not None
    assert [(each.camera_id, each.major, each.state) for each in repairs.repairs] == [("c1", True, RepairState.KEPT)]
    alone = settled(build(record(courses[0]))).repairs
    assert alone is not None
    assert [each.state for each in alone.repairs] == [RepairState.LATE]


def test_changes_and_figures_stay_those_of_the_month_whatever_more_the_record_holds() -> None:
    """The record reaches back two days; a change before the month belongs to the month before."""
    early, own = (InventoryChange(at(hour), "c1", None, camera(1)) for hour in (-3, 3))
    given_record = replace(record(down(1, (-30, -20), (10, 20))), changes=(early, own))
    report = build(given_record)
    assert [each.at for each in report.changes] == [own.at]
    assert [each.start_at for each in report.outages] == [at(10)]


# ---------------------------------------------------------------- undecided, quarter, digest


def test_too_little_watched_costs_no_money() -> None:
    given_record = replace(record(down(1, (0, 60))), recorded_until=at(360))
    found = settled(build(given_record))
    assert found.score is not None
    assert not found.online.provable
    assert found.score.lines[0].why is Why.NOT_PROVABLE
    assert (found.score.qualified, found.deduction, found.undecided) == (None, None, True)


def test_a_month_that_is_not_over_is_not_final() -> None:
    found = settled(build(record(down(1, (0, 60))), now=at(30)))
    assert not found.final
    assert found.elapsed == Span(us(0), us(30))
    assert found.repairs is not None
    assert [late.repair.end for late in found.repairs.late] == [None]


QUARTERLY = replace(CONTRACT, period=SettlementPeriod.QUARTER)


def test_a_quarter_shows_how_it_runs_and_is_final_in_its_last_month() -> None:
    """Down 50 h in April, 50 h in June: of the quarter's 2,184 h 100 are down. April: 670 / 720 = 93.05 %."""
    april, june = -61 * 24, 100
    given_record = record(down(1, (april, april + 50), (june, june + 50)))
    first, second, third = (settled(build(given_record, QUARTERLY, month=(2026, month))) for month in (4, 5, 6))
    assert [each.final for each in (first, second, third)] == [False, False, True]
    assert {each.period for each in (first, second, third)} == {Span(us(april), us(720))}
    assert first.elapsed == Span(us(april), us(april + 720))
    assert [each.online.ratio for each in (first, second, third)] == [
        Fraction(670, 720),
        Fraction(1464 - 50, 1464),
        Fraction(2184 - 100, 2184),
    ]
    late = []
    for each in (first, second, third):
        assert each.repairs is not None
        late.append(len(each.repairs.late))
    assert late == [1, 1, 2]
    assert build(given_record, QUARTERLY).total.seconds.scheduled == 720 * HOUR_US, "the month's own figures stay"


def test_a_camera_gone_since_april_still_counts_in_the_quarter() -> None:
    april = -61 * 24
    known = CameraRecord(replace(camera(1), in_service_to=date(2026, 4, 30)), ADDED, ADDED, None)
    given_record = replace(record(down(1, (april, april + 72))), cameras=(known,))
    report = build(given_record, QUARTERLY)
    assert report.cameras == ()
    assert settled(report).online.ratio == Fraction(648, 720)


def test_the_digest_holds_the_settlement_and_a_month_closed_before_there_was_one_still_agrees() -> None:
    given_record = record(down(1, (10, 40)))
    report, plain = build(given_record), build(given_record, Contract(terms=CONTRACT.terms))
    dearer = build(given_record, replace(CONTRACT, deduction=replace(LADDER, fee=Decimal("60000.00"))))
    assert len({figures_digest(each) for each in (report, plain, dearer)}) == 3
    assert agrees(report, figures_digest(report))
    assert agrees(report, figures_digest(plain)), "the digest of old months has no settlement"
    assert not agrees(report, figures_digest(dearer))
    assert not agrees(plain, figures_digest(report))


# ---------------------------------------------------------------- the oracle

HOURS = 72
films = st.lists(st.text("UUDD?", min_size=HOURS, max_size=HOURS), min_size=2, max_size=4)
works = st.lists(st.tuples(st.integers(0, 3), st.integers(0, HOURS - 1), st.integers(1, 9)), max_size=3)


def played(number: int, film: str) -> list[Transition]:
    moves = [Transition(f"c{number}", ADDED, ADDED, State.UNKNOWN, State.UP, Cause.OK)]
    for hour, seen in enumerate(film + "U"):
        new = SEEN[seen]
        if new is not moves[-1].new:
            moves.append(Transition(f"c{number}", at(hour), at(hour), moves[-1].new, new, Cause.OK))
    return moves


@settings(deadline=None, max_examples=60)
@given(films, works, st.integers(2, 6), st.integers(0, 6), st.integers(2, 3))
def test_every_repair_of_a_report_is_the_oracle_s(
    films: list[str], works: list[tuple[int, int, int]], normal: int, more: int, many: int
) -> None:
    out: list[set[int]] = [set() for _ in films]
    planned = []
    for nth, (number, start, lasts) in enumerate(works):
        if number < len(films):
            out[number] |= set(range(start, start + lasts))
            scope = Scope(camera_ids=frozenset({f"c{number + 1}"}))
            planned.append(Maintenance(f"m{nth}", "换杆", scope, at(start), at(start + lasts)))
    limits = RepairLimits(timedelta(hours=normal), timedelta(hours=normal + more), many, Together.CONTRACT)
    given_record = record(*(played(number, film) for number, film in enumerate(films, 1)), maintenance=tuple(planned))
    repairs = settled(build(given_record, replace(CONTRACT, repair=limits))).repairs
    assert repairs is not None
    expected = oracle.repairs([film + "U" for film in films], out, ["all"] * len(films), normal, normal + more, many)
    assert [
        (each.camera_id, each.start, each.end, each.major, each.ran_us, each.late_from) for each in repairs.repairs
    ] == [
        (
            f"c{each.camera + 1}",
            us(each.start),
            None if each.end is None else us(each.end),
            each.major,
            each.ran * HOUR_US,
            None if each.late_from is None else us(each.late_from),
        )
        for each in expected
        if each.ran
    ]
    assert {late.camera.id for late in repairs.late} == {f"c{each.camera + 1}" for each in expected if each.late_from}


@pytest.mark.parametrize("within", Together)
def test_every_late_repair_finds_the_crowd_that_made_it_major(within: Together) -> None:
    courses = [down(number, (number, 60 + number)) for number in range(1, 9)]
    given_record = record(*courses)
    wired = replace(
        given_record,
        cameras=tuple(
            replace(known, camera=replace(known.camera, uplink=f"u{nth % 2}", recorder="n"))
            for nth, known in enumerate(given_record.cameras)
        ),
    )
    limits = RepairLimits(timedelta(hours=24), timedelta(hours=48), 3, within)
    repairs = settled(build(wired, replace(CONTRACT, repair=limits))).repairs
    assert repairs is not None
    assert len(repairs.late) == 8
    for late in repairs.late:
        assert late.crowd is not None
        assert late.crowd.group == limits.group_of(late.camera)
        assert len(late.crowd.camera_ids) == 3
    assert len(repairs.crowds) == len({late.crowd for late in repairs.late})


def test_a_crowd_of_another_village_that_made_nothing_major_is_not_told() -> None:
    """Both crowds begin at hour 100. c1 and c3 of one village have just gone down: major.

    c2 and c4 of the other have both run past their 24 h alone, one before an exclusion and one during it: not major.
    """
    limits = RepairLimits(timedelta(hours=24), timedelta(hours=48), 2, Together.VILLAGE)
    courses = record(down(1, (100, 200)), down(2, (0, 200)), down(3, (100, 200)), down(4, (50, 200)))
    given_record = replace(courses, exclusions=approved(2, 30, 100))
    repairs = settled(build(given_record, replace(CONTRACT, repair=limits))).repairs
    assert repairs is not None
    assert [(each.camera_id, each.major) for each in repairs.repairs] == [
        ("c2", False),
        ("c4", False),
        ("c1", True),
        ("c3", True),
    ]
    assert [(crowd.group, crowd.camera_ids) for crowd in repairs.crowds] == [("东村", ("c1", "c3"))]
