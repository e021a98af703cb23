"""Which excluded time counts: against a second-by-second oracle, and the rules one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.contract import Contract, Cut, ExclusionRule, Grant, OwedTime, counted_by_camera, grants
from monitor.model import Actor, Exclusion, ExclusionCause, ExclusionState, Role, Scope, Span, instant, micros
from monitor.sla import length, merge
from tests.metrics.town import camera
from tests.oracle import Plea, granted

LAST = 40
TICK = timedelta(microseconds=1)
VENDOR, OFFICE, OPERATOR = Actor(Role.VENDOR, "王工"), Actor(Role.OFFICE, "李主任"), Actor(Role.OPERATOR, "值班员")


def exclusion(
    name: str,
    start: int,
    end: int,
    cause: ExclusionCause = ExclusionCause.POWER,
    state: ExclusionState = ExclusionState.APPROVED,
    proposed_by: Actor = VENDOR,
    decided_by: Actor | None = OFFICE,
    scope: Scope | None = None,
) -> Exclusion:
    """Instants in microseconds since 1970."""
    span = instant(start), instant(end)
    return Exclusion(name, cause, scope or Scope(), *span, "停电", "", state, proposed_by, decided_by)


def contract(**rules: ExclusionRule) -> Contract:
    return Contract(exclusions={ExclusionCause(cause): rule for cause, rule in rules.items()})


def whole(us: int = LAST, planned: tuple[Span, ...] = ()) -> OwedTime:
    return OwedTime(camera(), [Span(0, us)], planned)


def only(found: tuple[Grant, ...]) -> Grant:
    (grant,) = found
    return grant


# ---------------------------------------------------------------- the oracle

spans = st.lists(
    st.tuples(st.integers(0, LAST), st.integers(0, LAST)).map(lambda pair: Span(*sorted(pair))), max_size=4
)
caps = st.none() | st.integers(1, 12)
shares = st.none() | st.tuples(st.integers(1, 9), st.just(10))
CAUSES = (ExclusionCause.POWER, ExclusionCause.CARRIER_LINE)


@dataclass(frozen=True)
class Case:
    rules: dict[ExclusionCause, ExclusionRule]
    exclusions: tuple[Exclusion, ...]
    owed: list[Span]
    planned: list[Span]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rules = {}
    for cause in CAUSES:
        cap, part = draw(caps), draw(shares)
        rules[cause] = ExclusionRule(
            draw(st.sampled_from([True, True, True, False])),
            draw(st.booleans()),
            None if cap is None else cap * TICK,
            None if part is None else Fraction(*part),
        )
    actors = st.sampled_from([VENDOR, OFFICE, OPERATOR])
    exclusions = []
    for number in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, LAST - 1))
        state = draw(st.sampled_from([ExclusionState.APPROVED, *ExclusionState]))
        decided_by = (
            None if state is ExclusionState.PROPOSED else draw(st.sampled_from([OFFICE, OFFICE, VENDOR, OPERATOR]))
        )
        exclusions.append(
            exclusion(
                f"e{number}",
                start,
                draw(st.integers(start + 1, LAST)),
                draw(st.sampled_from(CAUSES)),
                state,
                draw(actors),
                decided_by,
            )
        )
    return Case(rules, tuple(draw(st.permutations(exclusions))), merge(draw(spans)), merge(draw(spans)))


def pleas(case: Case) -> list[Plea]:
    found = []
    for each in case.exclusions:
        rule = case.rules[each.cause]
        found.append(
            Plea(
                id=each.id,
                cause=each.cause.value,
                start=micros(each.start_at),
                end=micros(each.end_at),
                state=each.state.value,
                proposed_by=each.proposed_by.role.value,
                decided_by=each.decided_by.role.value if each.decided_by else "",
                accepted=rule.accepted,
                approval=rule.approval,
                cap=None if rule.cap is None else rule.cap // TICK,
                cap_share=None if rule.cap_share is None else (rule.cap_share.numerator, rule.cap_share.denominator),
            )
        )
    return found


@given(cases())
def test_every_second_counts_or_is_cut_for_the_reason_the_oracle_gives(case: Case) -> None:
    found = grants(case.exclusions, [OwedTime(camera(), case.owed, case.planned)], Contract(exclusions=case.rules))
    expected = granted(pleas(case), case.owed, case.planned)
    assert {grant.exclusion_id for grant in found} == {
        name for name, (ticks, cuts) in expected.items() if ticks or cuts
    }
    for grant in found:
        ticks, cuts = expected[grant.exclusion_id]
        assert [tick for start, end in grant.counted for tick in range(start, end)] == ticks
        assert {cut.value: us for cut, us in grant.cuts} == cuts
        assert grant.counted_us + sum(us for _, us in grant.cuts) == grant.asked_us
    together = [tick for grant in found for start, end in grant.counted for tick in range(start, end)]
    assert not [tick for tick, times in Counter(together).items() if times > 1]
    merged = counted_by_camera(found).get("c1", [])
    assert [tick for start, end in merged for tick in range(start, end)] == sorted(together)


@given(cases(), st.integers(0, LAST))
def test_what_counts_so_far_does_not_change_when_the_rest_of_the_period_comes(case: Case, now: int) -> None:
    cameras = [OwedTime(camera(), case.owed, case.planned)]
    begun = [
        replace(each, end_at=min(each.end_at, instant(now))) for each in case.exclusions if micros(each.start_at) < now
    ]
    early = ticks_of(grants(begun, cameras, Contract(exclusions=case.rules)))
    late = ticks_of(grants(case.exclusions, cameras, Contract(exclusions=case.rules)))
    assert early == {(name, tick) for name, tick in late if tick < now}


def ticks_of(found: tuple[Grant, ...]) -> set[tuple[str, int]]:
    """Every microsecond that counts, and through which exclusion."""
    return {(grant.exclusion_id, tick) for grant in found for start, end in grant.counted for tick in range(start, end)}


# ---------------------------------------------------------------- rules one by one


def test_of_two_that_start_together_the_one_proposed_first_has_the_cap_whatever_their_ids() -> None:
    agreed = contract(power=ExclusionRule(cap=6 * TICK))
    for first, second in (("a", "b"), ("b", "a")):
        found = grants([exclusion(first, 0, 5), exclusion(second, 0, 8)], [whole()], agreed)
        assert [(grant.exclusion_id, grant.counted) for grant in found] == [
            (first, (Span(0, 5),)),
            (second, (Span(5, 6),)),
        ]


@pytest.mark.parametrize(
    ("proposed_by", "decided_by", "counts"),
    [
        (VENDOR, OFFICE, True),
        (OFFICE, VENDOR, True),
        (OPERATOR, OFFICE, True),
        (VENDOR, VENDOR, False),
        (OFFICE, OFFICE, False),
        (OPERATOR, VENDOR, False),
        (VENDOR, OPERATOR, False),
        (OFFICE, OPERATOR, False),
        (VENDOR, None, False),
    ],
)
def test_only_the_other_party_approves(proposed_by: Actor, decided_by: Actor | None, counts: bool) -> None:
    asked = exclusion("e", 0, 10, proposed_by=proposed_by, decided_by=decided_by)
    grant = only(grants([asked], [whole()], contract()))
    assert grant.cuts == (() if counts else ((Cut.OWN_APPROVAL, 10),))
    assert grant.counted == ((Span(0, 10),) if counts else ())


def test_a_cause_the_contract_says_nothing_about_counts_once_it_is_approved() -> None:
    asked = exclusion("e", 0, 10, ExclusionCause.DEMOLITION)
    assert only(grants([asked], [whole()], contract())).counted_us == 10
    waiting = replace(asked, state=ExclusionState.PROPOSED, decided_by=None)
    assert only(grants([waiting], [whole()], contract())).cuts == ((Cut.UNDECIDED, 10),)


def test_without_need_of_approval_a_proposal_counts_until_it_is_rejected() -> None:
    rules = contract(office_request=ExclusionRule(approval=False))
    asked = exclusion("e", 0, 10, ExclusionCause.OFFICE_REQUEST, ExclusionState.PROPOSED, decided_by=None)
    assert only(grants([asked], [whole()], rules)).counted_us == 10
    rejected = replace(asked, state=ExclusionState.REJECTED, decided_by=OFFICE)
    assert only(grants([rejected], [whole()], rules)).cuts == ((Cut.REJECTED, 10),)


def test_a_cap_goes_to_the_exclusion_that_starts_first_whenever_it_was_proposed() -> None:
    late, early = exclusion("a", 5, 15), exclusion("b", 0, 10)
    found = grants([late, early], [whole()], contract(power=ExclusionRule(cap=12 * TICK)))
    assert [(grant.exclusion_id, grant.counted) for grant in found] == [("b", (Span(0, 10),)), ("a", (Span(10, 12),))]


def test_time_cut_by_one_cause_s_cap_may_count_by_another_cause() -> None:
    asked = [exclusion("a", 0, 10), exclusion("b", 0, 10, ExclusionCause.FORCE_MAJEURE)]
    found = grants(asked, [whole()], contract(power=ExclusionRule(cap=4 * TICK)))
    assert [grant.counted for grant in found] == [(Span(0, 4),), (Span(4, 10),)]


def test_planned_work_takes_its_time_first_and_uses_up_no_cap() -> None:
    grant = only(
        grants([exclusion("a", 0, 10)], [whole(planned=(Span(2, 6),))], contract(power=ExclusionRule(cap=4 * TICK)))
    )
    assert grant.counted == (Span(0, 2), Span(6, 8))
    assert grant.cuts == ((Cut.PLANNED_WORK, 4), (Cut.OVER_CAP, 2))


def test_of_two_caps_the_lower_one_holds_and_a_share_is_cut_to_the_microsecond() -> None:
    both = contract(power=ExclusionRule(cap=5 * TICK, cap_share=Fraction(1, 3)))
    assert only(grants([exclusion("a", 0, 10)], [whole(10)], both)).counted_us == 3  # a third of ten
    assert only(grants([exclusion("a", 0, 30)], [whole(30)], both)).counted_us == 5


def test_each_camera_has_a_cap_of_its_own_and_only_those_meant_are_asked() -> None:
    fleet = [OwedTime(camera(name), [Span(0, 20)]) for name in ("c1", "c2", "c3")]
    asked = exclusion("a", 0, 10, scope=Scope(camera_ids=frozenset({"c3", "c1", "gone"})))
    found = grants([asked], fleet, contract(power=ExclusionRule(cap=6 * TICK)))
    assert [(grant.camera_id, grant.counted_us) for grant in found] == [("c1", 6), ("c3", 6)]
    elsewhere = replace(asked, scope=Scope(villages=frozenset({"石桥村"})))
    assert grants([elsewhere], fleet, contract()) == ()


def test_an_exclusion_out_of_scheduled_time_asks_for_nothing() -> None:
    assert grants([exclusion("a", 50, 60)], [whole()], contract()) == ()


def test_a_power_cut_of_thirty_hours_under_a_cap_of_twenty_four() -> None:
    """By hand: 1 October 06:00 to 2 October 12:00 UTC is 30 h; 24 h count, 6 h are over the cap."""
    start, end = datetime(2026, 10, 1, 6, tzinfo=UTC), datetime(2026, 10, 2, 12, tzinfo=UTC)
    october = Span(micros(datetime(2026, 10, 1, tzinfo=UTC)), micros(datetime(2026, 11, 1, tzinfo=UTC)))
    asked = replace(exclusion("a", 0, 1), start_at=start, end_at=end)
    rules = contract(power=ExclusionRule(cap=timedelta(hours=24)))
    grant = only(grants([asked], [OwedTime(camera(), [october])], rules))
    assert grant.counted == (Span(micros(start), micros(datetime(2026, 10, 2, 6, tzinfo=UTC))),)
    assert grant.cuts == ((Cut.OVER_CAP, 6 * 3600 * 1_000_000),)
    assert length(grant.counted) == 24 * 3600 * 1_000_000
