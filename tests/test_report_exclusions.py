"""Exclusions, planned work and allowed absences in a month's figures, against the hour-by-hour oracle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.acts import (
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    Reason,
    standing,
    written_act,
)
from monitor.contract import Contract, Cut, ExclusionRule, SettlementPeriod
from monitor.model import (
    SECOND_US,
    Camera,
    CameraRecord,
    Cause,
    ContractTerms,
    ExclusionCause,
    Maintenance,
    Scope,
    Seconds,
    Site,
    SiteCategory,
    Span,
    State,
    Transition,
    micros,
)
from monitor.report import Record, Report, build_report, figures_digest
from tests import oracle
from tests.acts.samples import LI, TERMS, WANG, recorded, stamp

HOUR_US = 3_600 * SECOND_US
JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
ADDED = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 720
LATER = datetime(2026, 12, 1, tzinfo=UTC)  # when everything was entered
CONTRACT = Contract(terms=ContractTerms(zone="UTC"))
VILLAGES = ("东村", "东村", "西村")

hours = st.tuples(st.integers(-48, HOURS + 20), st.integers(1, 90)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
scopes = st.sampled_from(
    [
        Scope(),
        Scope(camera_ids=frozenset({"c0"})),
        Scope(camera_ids=frozenset({"c1", "c2"})),
        Scope(villages=frozenset({"东村"})),
        Scope(villages=frozenset({"西村"}), carriers=frozenset({"移动"})),
        Scope(carriers=frozenset({"电信"})),
    ]
)
MEANT: dict[Scope, set[int]] = {  # who is meant, by hand
    Scope(): {0, 1, 2},
    Scope(camera_ids=frozenset({"c0"})): {0},
    Scope(camera_ids=frozenset({"c1", "c2"})): {1, 2},
    Scope(villages=frozenset({"东村"})): {0, 1},
    Scope(villages=frozenset({"西村"}), carriers=frozenset({"移动"})): {2},
    Scope(carriers=frozenset({"电信"})): set(),
}
ends = st.sampled_from(["proposed", "approved", "rejected", "withdrawn", "approved by itself"])


def at(hour: int) -> datetime:
    return JUNE + timedelta(hours=hour)


def camera(number: int) -> Camera:
    site = Site(f"s{number}", "部位", SiteCategory.STREET, VILLAGES[number], "清河镇", "清河县")
    return Camera(f"c{number}", f"{number}号", site, "移动", f"rtsp://127.0.0.1/{number}")


def moves(number: int, down: list[Span]) -> list[Transition]:
    """Up from long ago, and down in these hours."""
    found = [Transition(f"c{number}", ADDED, ADDED, State.UNKNOWN, State.UP, Cause.OK)]
    state = State.UP
    for hour in range(-60, HOURS + 120):
        new = State.DOWN if any(start <= hour < end for start, end in down) else State.UP
        if new is not state:
            cause = Cause.TCP_TIMEOUT if new is State.DOWN else Cause.OK
            found.append(Transition(f"c{number}", at(hour), at(hour), state, new, cause))
            state = new
    return found


def within(hour: int, spans: Iterable[Span]) -> bool:
    return any(start <= hour < end for start, end in spans)


def runs(hours: Iterable[int]) -> list[Span]:
    """Hours one after the other as spans."""
    found: list[Span] = []
    for hour in hours:
        start = found.pop().start if found and found[-1].end == hour else hour
        found.append(Span(start, hour + 1))
    return found


def month(
    down: list[list[Span]],
    asked: list[tuple[Scope, Span, str]],
    *,
    planned: list[tuple[Scope, Span]] = (),  # type: ignore[assignment]
    gone: list[tuple[str, Span]] = (),  # type: ignore[assignment]
    contract: Contract = CONTRACT,
) -> Report:
    """June's report after everything that was asked for has come to its end."""
    acts = []
    for number, (scope, span, end) in enumerate(asked):
        proposal = ExclusionProposed(
            stamp(f"p{number}"), ExclusionCause.POWER, scope, at(span.start), at(span.end), "x"
        )
        acts.append(recorded(proposal, LATER))
        words = (f"p{number}", written_act(proposal).digest)
        match end:
            case "approved":
                acts.append(recorded(ExclusionApproved(stamp(f"d{number}", LI), *words), LATER))
            case "approved by itself":
                acts.append(recorded(ExclusionApproved(stamp(f"d{number}", WANG), *words), LATER))
            case "rejected":
                acts.append(recorded(ExclusionRejected(stamp(f"d{number}", LI), *words), LATER))
            case "proposed":
                pass
            case _:
                acts.append(recorded(ExclusionApproved(stamp(f"d{number}", LI), *words), LATER))
                acts.append(recorded(ExclusionWithdrawn(stamp(f"e{number}"), *words), LATER))
    so_far = standing(acts, TERMS)
    assert {void.refusal.reason for void in so_far.void} <= {Reason.OWN_PROPOSAL}
    record = Record(
        cameras=tuple(CameraRecord(camera(number), ADDED, ADDED, None) for number in range(3)),
        transitions=tuple(move for number in range(3) for move in moves(number, down[number])),
        maintenance=tuple(
            Maintenance(f"m{number}", "换杆", scope, at(span.start), at(span.end))
            for number, (scope, span) in enumerate(planned)
        ),
        changes=(),
        recorded_until=JULY + timedelta(days=1),
        head_seq=7,
        head_hash="ab" * 32,
        simulated=False,
        exclusions=tuple(so_far.exclusions.values()),
        absences=tuple((name, Span(micros(at(span.start)), micros(at(span.end)))) for name, span in gone),
    )
    return build_report(record, contract, town="清河镇", month=(2026, 6), now=JULY, version="0.1.0")


@settings(deadline=None)
@given(
    st.lists(st.lists(hours, max_size=4), min_size=3, max_size=3),
    st.lists(st.tuples(scopes, hours, ends), max_size=6),
    st.lists(st.tuples(scopes, hours), max_size=3),
    st.lists(st.tuples(st.sampled_from(["c0", "c2"]), hours), max_size=2),
)
def test_every_figure_equals_the_oracle_s(
    down: list[list[Span]],
    asked: list[tuple[Scope, Span, str]],
    planned: list[tuple[Scope, Span]],
    gone: list[tuple[str, Span]],
) -> None:
    report = month(down, asked, planned=planned, gone=gone)
    found = {figure.camera.id: figure.seconds for figure in report.cameras}
    expected_total = Seconds()
    for number in range(3):
        away = [span for name, span in gone if name == f"c{number}"]
        owed = runs(hour for hour in range(HOURS) if not within(hour, away))
        ups = runs(hour for hour in range(HOURS) if not within(hour, down[number]))
        downs = runs(hour for hour in range(HOURS) if within(hour, down[number]))
        states = [*((span, State.UP) for span in ups), *((span, State.DOWN) for span in downs)]
        excluded = [span for scope, span, end in asked if end == "approved" and number in MEANT[scope]]
        excluded += [span for scope, span in planned if number in MEANT[scope]]
        by_hours = oracle.account(states, owed, excluded)
        expected = Seconds(*(HOUR_US * getattr(by_hours, name) for name in Seconds.__slots__))
        assert found.get(f"c{number}", Seconds()) == expected
        expected_total += expected
    assert report.total.seconds == expected_total


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(scopes, hours, ends), max_size=5), st.randoms())
def test_the_order_in_which_exclusions_were_entered_changes_no_figure(
    asked: list[tuple[Scope, Span, str]], dice: Random
) -> None:
    down = [[Span(10, 60)], [Span(50, 90)], []]
    shuffled = list(asked)
    dice.shuffle(shuffled)
    assert figures_digest(month(down, asked)) == figures_digest(month(down, shuffled))


def test_the_worked_example_holds_to_the_last_digit() -> None:
    report = month([[Span(100, 140)], [], []], [(Scope(camera_ids=frozenset({"c0"})), Span(100, 108), "approved")])
    one = next(figure for figure in report.cameras if figure.camera.id == "c0")
    assert one.seconds == Seconds(up=680 * HOUR_US, down=32 * HOUR_US, excluded=8 * HOUR_US)
    assert one.rates.online is not None
    assert (one.rates.online.numerator, one.rates.online.denominator) == (85, 89)  # 680 / 712 = 95.505...
    (outage,) = report.outages
    assert (outage.scheduled_us, outage.excluded_us) == (40 * HOUR_US, 8 * HOUR_US)


def test_a_cap_cuts_what_is_too_much_and_says_so() -> None:
    capped = replace(CONTRACT, exclusions={ExclusionCause.POWER: ExclusionRule(cap=timedelta(hours=10))})
    scope = Scope(camera_ids=frozenset({"c0"}))
    asked = [(scope, Span(100, 108), "approved"), (scope, Span(200, 208), "approved")]
    report = month([[], [], []], asked, contract=capped)
    assert report.total.seconds.excluded == 10 * HOUR_US
    first, second = report.exclusions
    assert (first.excluded_us, first.cuts) == (8 * HOUR_US, ())
    assert (second.excluded_us, second.cuts) == (2 * HOUR_US, ((Cut.OVER_CAP, 6 * HOUR_US),))


def test_a_cap_holds_for_the_whole_quarter_where_the_quarter_is_settled() -> None:
    quarter = replace(
        CONTRACT,
        period=SettlementPeriod.QUARTER,
        exclusions={ExclusionCause.POWER: ExclusionRule(cap=timedelta(hours=10))},
    )
    scope = Scope(camera_ids=frozenset({"c0"}))
    in_may = (scope, Span(-47, -40), "approved")  # 30 May, the same quarter
    report = month([[], [], []], [in_may, (scope, Span(200, 208), "approved")], contract=quarter)
    assert report.total.seconds.excluded == 3 * HOUR_US
    by_month = month(
        [[], [], []],
        [in_may, (scope, Span(200, 208), "approved")],
        contract=replace(quarter, period=SettlementPeriod.MONTH),
    )
    assert by_month.total.seconds.excluded == 8 * HOUR_US


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([[Span(1, 2)], [], []], [[Span(1, 3)], [], []]),
        ([[Span(1, 2)], [], []], [[], [Span(1, 2)], []]),
        ([[Span(1, 2)], [], []], [[Span(2, 3)], [], []]),  # the same sums: the inspections see no difference either
    ],
)
def test_the_digest_tells_figures_apart_and_nothing_else(one: list[list[Span]], other: list[list[Span]]) -> None:
    same = figures_digest(month(one, [])) == figures_digest(month(other, []))
    moved = [figure.seconds for figure in sorted(month(one, []).cameras, key=lambda figure: figure.camera.id)] != [
        figure.seconds for figure in sorted(month(other, []).cameras, key=lambda figure: figure.camera.id)
    ]
    assert same is not moved
