"""The forecast of a running month against an hour-by-hour oracle that adds, drives and repairs without any formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.acts import History
from monitor.contract import Contract, ExclusionRule
from monitor.model import (
    SECOND_US,
    Actor,
    Basis,
    BlindTime,
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    Exclusion,
    ExclusionCause,
    ExclusionState,
    Maintenance,
    Role,
    Scope,
    Seconds,
    Site,
    SiteCategory,
    Span,
    State,
    Transition,
    micros,
)
from monitor.report import MonthForecast, Record, build_forecast, build_report
from monitor.sla import Outlook

HOUR_US = 3_600 * SECOND_US
JUNE, ADDED = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 720
UTC_TERMS = ContractTerms(zone="UTC")
VILLAGES = ("东村", "东村", "西村", "北村")
DAYTIME = ((time(8), time(20)),)
CAUSES = {
    State.UP: Cause.OK,
    State.DEGRADED: Cause.PICTURE_BLACK,
    State.DOWN: Cause.TCP_TIMEOUT,
    State.UNKNOWN: Cause.NOT_WATCHED,
}


def at(hour: int) -> datetime:
    return JUNE + timedelta(hours=hour)


def span(hours: Span) -> Span:
    return Span(micros(at(hours.start)), micros(at(hours.end)))


@dataclass(frozen=True)
class Told:
    """One camera as the oracle knows it; all times are hours of June."""

    number: int
    moves: tuple[tuple[int, State], ...] = ()  # up since long ago before the first
    last_day: int | None = None  # day of June
    away: tuple[Span, ...] = ()
    planned: tuple[Span, ...] = ()
    granted: tuple[Span, ...] = ()
    village: str | None = None
    uplink: str = ""
    recorder: str = ""

    @property
    def camera(self) -> Camera:
        village = self.village or VILLAGES[self.number % 4]
        site = Site(f"s{self.number}", "部位", SiteCategory.STREET, village, "清河镇", "清河县")
        return Camera(
            f"c{self.number}",
            f"{self.number}号",
            site,
            "移动",
            f"rtsp://127.0.0.1/{self.number}",
            uplink=self.uplink,
            recorder=self.recorder,
            in_service_to=None if self.last_day is None else date(2026, 6, self.last_day),
        )


def record(told: Sequence[Told], recorded: int = HOURS) -> Record:
    moves: list[Transition] = []
    for each in told:
        name, old = each.camera.id, State.UP
        moves.append(Transition(name, ADDED, ADDED, State.UNKNOWN, State.UP, Cause.OK))
        for hour, new in each.moves:
            if new is not old and hour <= recorded:
                moves.append(Transition(name, at(hour), at(hour), old, new, CAUSES[new]))
                old = new
    scopes = {each.number: Scope(camera_ids=frozenset({each.camera.id})) for each in told}
    return Record(
        cameras=tuple(CameraRecord(each.camera, ADDED, ADDED, None) for each in told),
        transitions=tuple(moves),
        maintenance=tuple(
            Maintenance(f"m{each.number}/{nth}", "换杆", scopes[each.number], at(work.start), at(work.end))
            for each in told
            for nth, work in enumerate(each.planned)
        ),
        changes=(),
        recorded_until=at(recorded),
        head_seq=7,
        head_hash="ab" * 32,
        simulated=False,
        exclusions=tuple(
            _approved(f"e{each.number}/{nth}", scopes[each.number], asked)
            for each in told
            for nth, asked in enumerate(each.granted)
        ),
        absences=tuple((each.camera.id, span(away)) for each in told for away in each.away),
    )


def _approved(name: str, scope: Scope, asked: Span) -> History:
    vendor, office = Actor(Role.VENDOR, "王工"), Actor(Role.OFFICE, "李主任")
    words = (ExclusionCause.POWER, scope, at(asked.start), at(asked.end), "停电", "")
    return History(Exclusion(name, *words, ExclusionState.APPROVED, vendor, office), "", ())


def forecast(
    told: Sequence[Told], now: int, terms: ContractTerms = UTC_TERMS, recorded: int | None = None
) -> MonthForecast:
    given_record = record(told, now if recorded is None else recorded)
    contract = Contract(terms=terms, exclusions={ExclusionCause.POWER: ExclusionRule()})
    return build_forecast(given_record, contract, town="清河镇", month=(2026, 6), now=at(now), version="1")


# ---------------------------------------------------------------- the oracle


@dataclass
class Hours:
    """One camera, hour by hour."""

    told: Told
    so_far: Seconds
    last_day: Seconds
    to_come: int
    state: State


def within(hour: int, spans: Iterable[Span]) -> bool:
    return any(start <= hour < end for start, end in spans)


def lived(told: Told, now: int, recorded: int, daytime: bool) -> Hours:
    """Walk through the month."""
    found = Hours(told, Seconds(), Seconds(), 0, State.UNKNOWN)
    for hour in range(HOURS):
        state = State.UP
        for moved, new in told.moves:
            if moved <= hour:
                state = new
        if hour < min(now, recorded):
            found.state = state
        if daytime and not 8 <= hour % 24 < 20:
            continue
        if (told.last_day is not None and hour >= 24 * told.last_day) or within(hour, told.away):
            continue
        if within(hour, told.planned) or within(hour, told.granted):
            one = Seconds(excluded=1)
        elif hour >= recorded or state is State.UNKNOWN:
            one = Seconds(unobserved=1)
        else:
            one = Seconds(up=state is State.UP, degraded=state is State.DEGRADED, down=state is State.DOWN)
        if hour < now:
            found.so_far += one
            found.last_day += one if hour >= now - 24 else Seconds()
        elif not one.excluded:
            found.to_come += 1
    return found


def ends_at(cameras: Sequence[Hours], blind: BlindTime, repaired: Callable[[Hours], bool]) -> Fraction | None:
    """Where the month ends if these are repaired now: everybody's hours, one camera after the other."""
    standing = [each for each in cameras if each.state is not State.DOWN]
    seen = sum(each.last_day.up + each.last_day.degraded + each.last_day.down for each in standing)
    good = sum(each.last_day.up + each.last_day.degraded for each in standing)
    rate = Fraction(good, seen) if seen else Fraction(1)
    online, whole = Fraction(0), 0
    for each in cameras:
        past = each.so_far
        online += past.up + past.degraded + (past.unobserved if blind is BlindTime.UP else 0)
        whole += past.up + past.degraded + past.down + (0 if blind is BlindTime.EXCLUDED else past.unobserved)
        whole += each.to_come
        if each.state is not State.DOWN or repaired(each):
            online += each.to_come * rate
    return online / whole if whole else None


def at_best(cameras: Sequence[Hours], blind: BlindTime) -> Fraction | None:
    perfect = [Hours(each.told, each.so_far, Seconds(up=1), each.to_come, State.UP) for each in cameras]
    return ends_at(perfect, blind, lambda _: True)


def says(landing: Fraction | None, best: Fraction | None, target: Fraction) -> Outlook:
    if landing is None or best is None:
        return Outlook.UNDEFINED
    if best < target:
        return Outlook.UNRECOVERABLE
    return Outlook.AT_RISK if landing < target else Outlook.REACHABLE


spans = st.lists(st.tuples(st.integers(-30, HOURS), st.integers(1, 200)), max_size=2).map(
    lambda pairs: tuple(Span(start, start + long) for start, long in pairs)
)
some_moves = st.lists(st.tuples(st.integers(-20, HOURS), st.sampled_from(State)), max_size=4).map(
    lambda moves: tuple(sorted(dict(moves).items()))
)


@st.composite
def towns(draw: st.DrawFn) -> list[Told]:
    return [
        Told(
            number,
            draw(some_moves),
            draw(st.none() | st.integers(1, 30)),
            draw(spans),
            draw(spans),
            draw(spans),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


@settings(deadline=None)
@given(
    towns(),
    st.integers(1, HOURS - 1),
    st.integers(0, 40),
    st.booleans(),
    st.sampled_from(BlindTime),
    st.fractions(0, 1, max_denominator=40),
)
def test_every_figure_of_a_forecast_equals_the_oracle_s(
    told: list[Told], now: int, unwatched: int, daytime: bool, blind: BlindTime, target: Fraction
) -> None:
    hours = DAYTIME if daytime else ((time(0), time(0)),)
    terms = ContractTerms(zone="UTC", service_hours=hours, blind_time=blind, target=target)
    recorded = max(0, now - unwatched)
    found = forecast(told, now, terms, recorded)
    walked = [lived(each, now, recorded, daytime) for each in told]
    owing = [each for each in walked if each.so_far.scheduled or each.to_come or _planned_ahead(each, now, daytime)]

    groups = [(found.total, owing)]
    groups += [
        (group, [each for each in owing if each.told.camera.site.village == group.name]) for group in found.villages
    ]
    for group, its in groups:
        landing, best = ends_at(its, blind, lambda _: False), at_best(its, blind)
        so_far = sum((each.so_far for each in its), start=Seconds())
        assert (group.cameras, group.down) == (len(its), sum(each.state is State.DOWN for each in its))
        assert group.so_far == _hours(so_far)
        assert group.to_come_us == sum(each.to_come for each in its) * HOUR_US
        assert (group.forecast.landing, group.forecast.best) == (landing, best)
        assert group.outlook is says(landing, best, target)
        own = [at_best([each], blind) for each in its]
        assert group.lost == sum(rate is not None and rate < target for rate in own)
        lost = so_far.down + (so_far.unobserved if blind is BlindTime.DOWN else 0)
        if best is not None:
            whole = group.to_come_us + HOUR_US * (
                so_far.up + so_far.degraded + so_far.down + (0 if blind is BlindTime.EXCLUDED else so_far.unobserved)
            )
            spare = int((1 - target) * whole) - lost * HOUR_US
            assert group.forecast.budget_left_us == min(max(spare, 0), group.to_come_us)
            assert group.budget.left_us == spare
    assert {group.name for group in found.villages} == {each.told.camera.site.village for each in owing}

    by_camera = {each.camera.id: each for each in found.cameras}
    for each in owing:
        landing, best = ends_at([each], blind, lambda _: False), at_best([each], blind)
        rate = ends_at([replace_to_come(each)], blind, lambda _: False)
        below = (rate is not None and rate < target) or (landing is not None and landing < target)
        assert (each.told.camera.id in by_camera) == below
        if below:
            shown = by_camera[each.told.camera.id]
            assert (shown.rate, shown.forecast.landing, shown.forecast.best) == (rate, landing, best)
            assert (shown.state, shown.outlook) == (each.state, says(landing, best, target))

    gains: dict[str, int] = {}
    for each in owing:
        if each.state is State.DOWN and each.to_come:
            village = each.told.camera.site.village
            gains[village] = gains.get(village, 0) + each.to_come
    order = sorted(gains, key=lambda village: (-gains[village], village))
    assert [(trip.village, trip.gain_us) for trip in found.trips] == [(name, gains[name] * HOUR_US) for name in order]
    after = [
        ends_at(owing, blind, lambda each, done=order[: nth + 1]: each.told.camera.site.village in done)  # type: ignore[misc]
        for nth in range(len(order))
    ]
    assert [trip.landing for trip in found.trips] == after
    enough = [
        nth for nth, rate in enumerate([found.total.forecast.landing, *after]) if rate is not None and rate >= target
    ]
    assert found.trips_needed == (enough[0] if enough else None)


def replace_to_come(hours: Hours) -> Hours:
    return replace(hours, to_come=0)


def _planned_ahead(hours: Hours, now: int, daytime: bool) -> bool:
    """Whether it owes time ahead, all of which is excluded: it is in the report then, with nothing to count."""
    bare = lived(replace(hours.told, planned=(), granted=()), now, now, daytime)
    return bare.to_come > 0


def _hours(seconds: Seconds) -> Seconds:
    return Seconds(
        seconds.up * HOUR_US,
        seconds.degraded * HOUR_US,
        seconds.down * HOUR_US,
        seconds.excluded * HOUR_US,
        seconds.unobserved * HOUR_US,
    )


@settings(deadline=None)
@given(towns(), st.integers(1, HOURS - 1), st.integers(0, 40))
def test_the_report_and_the_forecast_say_the_same(told: list[Told], now: int, unwatched: int) -> None:
    recorded = max(0, now - unwatched)
    found = forecast(told, now, recorded=recorded)
    contract = Contract(terms=ContractTerms(zone="UTC"), exclusions={ExclusionCause.POWER: ExclusionRule()})
    report = build_report(record(told, recorded), contract, town="清河镇", month=(2026, 6), now=at(now), version="1")
    total = found.total
    assert (total.so_far, total.rate, total.cameras) == (
        report.total.seconds,
        report.total.rates.online,
        report.total.cameras,
    )
    assert (total.forecast, total.budget) == (report.forecast, report.budget)
    open_outages = {outage.camera.id: outage for outage in report.outages if outage.end_at is None}
    for repair in (repair for trip in found.trips for repair in trip.repairs):
        if repair.camera.id in open_outages:
            outage = open_outages[repair.camera.id]
            assert (repair.since_at, repair.causes) == (outage.start_at, outage.causes)


# ---------------------------------------------------------------- worked examples


def down(number: int, since: int, **more: object) -> Told:
    return replace(Told(number, ((since, State.DOWN),)), **more)  # type: ignore[arg-type]


def test_five_of_thirty_days_at_eighty_percent_is_at_risk_and_day_nine_is_too_late() -> None:
    fleet = [Told(number) for number in range(4)] + [down(4, 0)]
    fifth = forecast(fleet, 5 * 24)
    assert fifth.total.forecast.landing == Fraction(80, 100)
    assert fifth.total.forecast.best == Fraction(29, 30)
    assert fifth.total.outlook is Outlook.AT_RISK
    assert forecast(fleet, 9 * 24).total.outlook is Outlook.UNRECOVERABLE
    assert fifth.trips_needed == 1


def test_a_camera_that_lost_its_five_percent_is_beyond_saving_whatever_the_town_does() -> None:
    found = forecast([*(Told(number) for number in range(1, 40)), down(0, 36)], 36 + 37)
    assert (found.total.outlook, found.total.lost) == (Outlook.REACHABLE, 1)
    (camera,) = found.cameras
    assert (camera.camera.id, camera.outlook) == ("c0", Outlook.UNRECOVERABLE)
    just = forecast([*(Told(number) for number in range(1, 40)), down(0, 36)], 36 + 36)
    assert (just.total.lost, just.cameras[0].outlook) == (0, Outlook.AT_RISK)
    assert (just.passing.now, just.passing.landing, just.passing.best, just.passing.rated) == (39, 39, 40, 40)


def test_trips_come_by_what_they_gain_and_the_one_that_reaches_the_target_is_known() -> None:
    # Eight hours a day are owed less in the east, where work is planned: one camera of two weighs less than one.
    works = tuple(Span(24 * day, 24 * day + 16) for day in range(10, 30))
    told = [down(0, 200, planned=works), down(1, 201, planned=works), down(2, 202), *(Told(n) for n in range(3, 20))]
    found = forecast(told, 240)
    assert [(trip.village, trip.gain_us // HOUR_US) for trip in found.trips] == [("西村", 480), ("东村", 320)]
    assert [repair.camera.id for repair in found.trips[1].repairs] == ["c0", "c1"]
    assert [repair.since_at for repair in found.trips[1].repairs] == [at(200), at(201)]
    assert found.trips_needed == 1
    landings = [found.total.forecast.landing, *(trip.landing for trip in found.trips)]
    assert all(earlier is not None and later is not None and earlier < later for earlier, later in pairwise(landings))


def test_what_all_outages_of_a_trip_share_is_named_and_a_single_one_shares_nothing() -> None:
    def shared(*told: Told) -> tuple[str, str, str]:
        (trip,) = forecast([*told, Told(9)], 100).trips
        return trip.carrier, trip.uplink, trip.recorder

    def here(number: int, **more: object) -> Told:
        return down(number, 50, village="东村", **more)

    assert shared(here(0, uplink="u1", recorder="n1"), here(1, uplink="u1", recorder="n1")) == ("移动", "u1", "n1")
    assert shared(here(0, uplink="u1", recorder="n1"), here(1, uplink="u1", recorder="n2")) == ("移动", "u1", "")
    assert shared(here(0, uplink="u1"), here(1, uplink="u2")) == ("移动", "", "")
    assert shared(here(0, uplink="u1", recorder="n1")) == ("", "", "")


def test_a_camera_that_leaves_service_today_gains_nothing_and_is_no_trip() -> None:
    found = forecast([down(0, 110, last_day=5), Told(1)], 120)
    assert (found.total.down, found.trips) == (1, ())
    assert found.trips_needed == 0


def test_a_town_without_cameras_has_no_forecast_and_no_verdict() -> None:
    found = forecast([], 100)
    assert (found.total.outlook, found.total.forecast.landing) == (Outlook.UNDEFINED, None)
    assert (found.villages, found.cameras, found.trips, found.trips_needed) == ((), (), (), None)
    assert found.passing.share(0) is None


@pytest.mark.parametrize("basis", Basis)
def test_the_basis_changes_no_figure_of_time(basis: Basis) -> None:
    told = [down(0, 50), Told(1), Told(2)]
    found = forecast(told, 100, ContractTerms(zone="UTC", basis=basis))
    assert replace(found, terms=ContractTerms(zone="UTC")) == forecast(told, 100)
