"""What may be done, by whom and when: each reason to refuse, and the same judgement when the record is read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.acts import (
    Acknowledged,
    Act,
    ExclusionApproved,
    ExclusionRejected,
    ExclusionWithdrawn,
    Head,
    Known,
    MaintenanceCancelled,
    MaintenancePlanned,
    MaintenanceRepeated,
    Note,
    PeriodClosed,
    PeriodCorrected,
    Reason,
    RemovalConfirmed,
    ViewApproved,
    WorkOrdered,
    refusal,
    signed,
    standing,
    unfounded,
    written_act,
)
from monitor.acts.refusals import TEXTS
from monitor.language import Language
from monitor.model import (
    MICROSECOND,
    Actor,
    Camera,
    CameraRecord,
    ExclusionCause,
    ExclusionState,
    Maintenance,
    MaintenanceRule,
    Repeat,
    Role,
    Scope,
    Site,
    SiteCategory,
    Span,
    micros,
)
from tests.acts.samples import (
    HOUR,
    LI,
    NOON,
    OFFICE_KEY,
    OTHER_KEY,
    PROPOSED,
    SIGNED_TERMS,
    TERMS,
    VENDOR_KEY,
    WANG,
    ZHAO,
    approval,
    done,
    reasons,
    recorded,
    refused,
    stamp,
)

NOVEMBER = datetime(2026, 11, 3, tzinfo=UTC)
DIGEST = written_act(PROPOSED).digest
REJECTED = ExclusionRejected(stamp("r1", LI), PROPOSED.stamp.id, DIGEST, "没有停电")
WITHDRAWN = ExclusionWithdrawn(stamp("w1"), PROPOSED.stamp.id, DIGEST)
CLOSED = PeriodClosed(stamp("k1", LI, NOVEMBER), "2026-10", (Head("local", 9, "ab" * 32),), "cd" * 32)
CORRECTED = PeriodCorrected(stamp("n1", LI, NOVEMBER), "2026-10", 1, "供电所补来证明")
ONCE = Maintenance("m1", "换杆", Scope(), NOON + HOUR, NOON + 3 * HOUR)
WORK = MaintenancePlanned(ONCE, stamp("m1"))
NIGHTLY = MaintenanceRepeated(
    stamp("m2"),
    MaintenanceRule("m2", "夜间巡检", Scope(), every=Repeat.DAY, start_time=time(23), end_time=time(1)),
)


def closed(*acts: Act) -> tuple[Act, ...]:
    return (*acts, CLOSED)


# ---------------------------------------------------------------- exclusions


def test_a_proposal_counts_once_the_other_party_approves() -> None:
    before = done(PROPOSED)
    assert before.exclusions[PROPOSED.stamp.id].exclusion.state is ExclusionState.PROPOSED
    assert before.counting() == ()
    (counting,) = done(PROPOSED, approval()).counting()
    assert counting.state is ExclusionState.APPROVED
    assert (counting.proposed_by, counting.decided_by) == (WANG, LI)


def test_what_needs_no_approval_counts_at_once_unless_it_is_rejected() -> None:
    lenient = replace(TERMS, approval=frozenset({ExclusionCause.OTHER}))
    assert len(done(PROPOSED, terms=lenient).counting()) == 1
    assert done(PROPOSED, REJECTED, terms=lenient).counting() == ()


def test_nobody_approves_or_rejects_his_own_proposal() -> None:
    own = approval(by=Actor(Role.VENDOR, "另一位"))
    assert refused(own, PROPOSED) == "own_proposal 7f3a09c1d2"
    assert refused(replace(REJECTED, stamp=stamp("r2", WANG)), PROPOSED) == "own_proposal 7f3a09c1d2"


def test_only_the_proposing_party_takes_it_back_also_after_approval() -> None:
    assert refused(WITHDRAWN, PROPOSED) is None
    assert refused(WITHDRAWN, PROPOSED, approval()) is None
    assert refused(replace(WITHDRAWN, stamp=stamp("w2", LI)), PROPOSED) == "not_own_proposal 7f3a09c1d2"
    taken_back = done(PROPOSED, approval(), WITHDRAWN)
    assert taken_back.counting() == ()
    assert [step.act.kind for step in taken_back.exclusions[PROPOSED.stamp.id].steps] == [
        "exclusion_proposed",
        "exclusion_approved",
        "exclusion_withdrawn",
    ]


@pytest.mark.parametrize("first", [approval(), REJECTED, WITHDRAWN], ids=lambda act: type(act).__name__)
@pytest.mark.parametrize(
    "second",
    [approval(id_="a2"), replace(REJECTED, stamp=stamp("r2", LI))],
    ids=lambda act: type(act).__name__,
)
def test_what_is_decided_is_not_decided_again(first: Act, second: Act) -> None:
    assert refused(second, PROPOSED, first) == "already_decided 7f3a09c1d2"


def test_an_exclusion_nobody_proposed_is_unknown() -> None:
    assert refused(approval()) == "unknown_exclusion 7f3a09c1d2"


def test_an_approval_of_other_words_does_not_count() -> None:
    longer = replace(PROPOSED, end_at=NOON - HOUR)
    assert refused(approval(longer), PROPOSED) == "other_proposal 7f3a09c1d2"


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        (replace(PROPOSED, end_at=PROPOSED.start_at), "span_empty 2026-10-20 04:00:00"),
        (replace(PROPOSED, end_at=PROPOSED.start_at - HOUR), "span_empty 2026-10-20 03:00:00"),
        (replace(PROPOSED, end_at=NOON + timedelta(microseconds=1)), "span_in_future 2026-10-20 12:00:00"),
        (replace(PROPOSED, end_at=NOON), None),
        (replace(PROPOSED, text=" "), "incomplete --text"),
        (replace(PROPOSED, stamp=stamp("p", ZHAO)), "role_may_not operator"),
        (replace(PROPOSED, stamp=stamp("p", Actor(Role.VENDOR, " "))), "incomplete --by"),
    ],
)
def test_a_proposal_has_to_make_sense(proposal: Act, reason: str | None) -> None:
    assert refused(proposal) == reason


def test_a_cause_the_contract_does_not_list_is_refused() -> None:
    strict = replace(TERMS, causes=frozenset({ExclusionCause.FORCE_MAJEURE}))
    assert refused(PROPOSED, terms=strict) == "cause_not_accepted power"


# ---------------------------------------------------------------- closed months


@pytest.mark.parametrize(
    ("act", "before"),
    [
        (PROPOSED, ()),
        (approval(), (PROPOSED,)),
        (REJECTED, (PROPOSED,)),
        (WITHDRAWN, (PROPOSED, approval())),
    ],
)
def test_a_closed_month_takes_no_exclusions(act: Act, before: tuple[Act, ...]) -> None:
    so_far = done(*closed(*before), at=NOVEMBER)
    why = refusal(written_act(act), so_far, NOVEMBER)
    assert why is not None
    assert (why.reason, why.about) == (Reason.PERIOD_CLOSED, "2026-10")


def test_a_month_is_the_contract_s_zone_s_month() -> None:
    last_second = replace(PROPOSED, start_at=datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), end_at=NOVEMBER)
    first_second = replace(PROPOSED, start_at=datetime(2026, 10, 31, 16, tzinfo=UTC), end_at=NOVEMBER)
    so_far = done(CLOSED, at=NOVEMBER)
    assert refusal(written_act(last_second), so_far, NOVEMBER) is not None
    assert refusal(written_act(first_second), so_far, NOVEMBER) is None


def test_a_correction_opens_the_month_until_it_is_closed_again() -> None:
    opened = done(CLOSED, CORRECTED, at=NOVEMBER)
    assert not opened.closed("2026-10")
    assert refusal(written_act(PROPOSED), opened, NOVEMBER) is None
    again = done(CLOSED, CORRECTED, replace(CLOSED, stamp=stamp("k2", LI, NOVEMBER)), at=NOVEMBER)
    assert again.closed("2026-10")


def test_corrections_are_numbered_and_only_for_closed_months() -> None:
    assert refused(CORRECTED, now=NOVEMBER) == "period_not_closed 2026-10"
    so_far = done(CLOSED, at=NOVEMBER)
    assert refusal(written_act(replace(CORRECTED, number=2)), so_far, NOVEMBER) is not None
    assert refusal(written_act(replace(CORRECTED, text="")), so_far, NOVEMBER) is not None
    assert refusal(written_act(CORRECTED), so_far, NOVEMBER) is None


def test_a_month_is_closed_once_it_is_over_once_and_by_the_office() -> None:
    end = datetime(2026, 10, 31, 16, tzinfo=UTC)
    early, late = end - timedelta(microseconds=1), end
    assert refused(replace(CLOSED, stamp=stamp("k", LI, early)), now=early) == "period_not_over 2026-10"
    assert refused(replace(CLOSED, stamp=stamp("k", LI, late)), now=late) is None
    assert refused(replace(CLOSED, stamp=stamp("k", WANG)), now=late) == "role_may_not vendor"
    assert refused(replace(CLOSED, month="2026-13"), now=NOVEMBER) == "no_month 2026-13"
    why = refusal(written_act(replace(CLOSED, stamp=stamp("k9", LI))), done(CLOSED, at=NOVEMBER), NOVEMBER)
    assert why is not None
    assert why.reason is Reason.PERIOD_CLOSED


# ---------------------------------------------------------------- whose it is


def test_without_a_key_in_the_contract_acts_count_unsigned() -> None:
    assert not done(PROPOSED).signed(recorded(PROPOSED))


def test_where_the_contract_names_a_key_the_act_has_to_bear_its_signature() -> None:
    assert refused(PROPOSED, terms=SIGNED_TERMS) == "not_signed vendor"
    ours = signed(PROPOSED, VENDOR_KEY)
    assert refused(ours, terms=SIGNED_TERMS) is None
    assert done(ours, terms=SIGNED_TERMS).signed(recorded(ours))


def test_a_forged_act_is_named() -> None:
    for key in (OTHER_KEY, OFFICE_KEY):
        assert refused(signed(PROPOSED, key), terms=SIGNED_TERMS) == "forged vendor"


def test_an_altered_act_is_named_with_or_without_a_key_in_the_contract() -> None:
    ours = signed(PROPOSED, VENDOR_KEY)
    for altered in (
        replace(ours, end_at=ours.end_at - HOUR),
        replace(ours, stamp=replace(ours.stamp, by=replace(WANG, name="别人"))),
        replace(ours, stamp=replace(ours.stamp, id="other")),
        replace(ours, text=ours.text + " "),
    ):
        assert refused(altered, terms=SIGNED_TERMS) == f"altered {altered.stamp.id}"
        assert refused(altered) == f"altered {altered.stamp.id}"


def test_a_replayed_act_is_named() -> None:
    ours = signed(PROPOSED, VENDOR_KEY)
    assert refused(ours, ours, terms=SIGNED_TERMS) == "replayed 7f3a09c1d2"
    assert refused(PROPOSED, PROPOSED) == "replayed 7f3a09c1d2"


def test_an_act_under_another_contract_is_none_under_this_one() -> None:
    other = replace(PROPOSED, stamp=replace(PROPOSED.stamp, contract="other-2026"))
    assert refused(other) == "other_contract other-2026"
    assert not standing([recorded(other)], TERMS).exclusions


def test_an_act_from_the_future_is_refused_but_clocks_may_differ_a_little() -> None:
    ahead = replace(PROPOSED, stamp=stamp("p", made_at=NOON + timedelta(minutes=10)))
    assert refused(ahead) is None
    further = replace(PROPOSED, stamp=stamp("p", made_at=NOON + timedelta(minutes=10, seconds=1)))
    assert refused(further) == "made_in_future 2026-10-20 12:10:01"


def test_whoever_writes_past_the_program_into_the_record_gains_nothing() -> None:
    ours = signed(PROPOSED, VENDOR_KEY)
    smuggled = [recorded(ours), recorded(approval(ours)), recorded(signed(approval(ours, id_="a3"), VENDOR_KEY))]
    assert standing(smuggled, SIGNED_TERMS).counting() == ()
    assert reasons(smuggled, SIGNED_TERMS) == [Reason.NOT_SIGNED, Reason.FORGED]
    honest = [recorded(ours), recorded(signed(approval(ours), OFFICE_KEY))]
    assert len(standing(honest, SIGNED_TERMS).counting()) == 1


def test_a_proposal_exchanged_after_its_approval_takes_the_approval_with_it() -> None:
    ours = signed(PROPOSED, VENDOR_KEY)
    agreed = signed(approval(ours), OFFICE_KEY)
    exchanged = signed(replace(PROPOSED, start_at=NOON - 300 * HOUR), VENDOR_KEY)
    assert standing([recorded(exchanged), recorded(agreed)], SIGNED_TERMS).counting() == ()
    assert reasons([recorded(exchanged), recorded(agreed)], SIGNED_TERMS) == [Reason.OTHER_PROPOSAL]


# ---------------------------------------------------------------- planned work


def test_work_is_planned_and_not_claimed() -> None:
    assert refused(WORK, now=ONCE.start_at) is None
    assert refused(WORK, now=ONCE.start_at + timedelta(seconds=1)) == "work_in_past 2026-10-20 13:00:00"
    assert refused(replace(WORK, maintenance=replace(ONCE, end_at=ONCE.start_at))) == "span_empty 2026-10-20 13:00:00"
    assert refused(replace(WORK, maintenance=replace(ONCE, id="settings/x"))) == "incomplete id"
    assert refused(replace(WORK, stamp=stamp("m1", ZHAO))) == "role_may_not operator"


def test_work_that_comes_back_counts_from_when_it_was_planned_until_it_is_cancelled() -> None:
    cancelled = MaintenanceCancelled("m2", stamp("c1"))
    planned_at, cancelled_at = NOON, NOON + timedelta(days=2, hours=12)
    so_far = standing([recorded(NIGHTLY, planned_at), recorded(cancelled, cancelled_at)], TERMS)
    assert not so_far.void
    day = micros(datetime(2026, 10, 19, 16, tzinfo=UTC))  # midnight of 20 October in Shanghai
    windows = so_far.windows(Span(day, day + 10 * 86_400_000_000))
    assert [(window.start_at, window.end_at) for window in windows] == [
        (datetime(2026, 10, 20, 15, tzinfo=UTC), datetime(2026, 10, 20, 17, tzinfo=UTC)),
        (datetime(2026, 10, 21, 15, tzinfo=UTC), datetime(2026, 10, 21, 17, tzinfo=UTC)),
        (datetime(2026, 10, 22, 15, tzinfo=UTC), cancelled_at),
    ]
    assert windows[0].id == "m2/20261020T1500Z"
    (inside,) = so_far.windows(Span(micros(windows[0].end_at) - 1, micros(windows[0].end_at)))
    assert inside == windows[0], "a window is shown whole wherever the period cuts it"


def test_cancelled_work_counts_as_far_as_it_went() -> None:
    at = ONCE.start_at + HOUR
    half = standing([recorded(WORK), recorded(MaintenanceCancelled("m1", stamp("c1")), at)], TERMS)
    everything = Span(micros(NOON - 99 * HOUR), micros(NOON + 99 * HOUR))
    assert [(w.start_at, w.end_at) for w in half.windows(everything)] == [(ONCE.start_at, at)]
    never = standing([recorded(WORK), recorded(MaintenanceCancelled("m1", stamp("c1")))], TERMS)
    assert never.windows(everything) == ()
    long = replace(ONCE, start_at=NOON + HOUR, end_at=NOON + 90 * HOUR)
    (window,) = done(replace(WORK, maintenance=long)).windows(Span(micros(NOON + 80 * HOUR), micros(NOON + 81 * HOUR)))
    assert (window.start_at, window.end_at) == (long.start_at, long.end_at)


def test_only_work_that_is_there_and_not_over_is_cancelled() -> None:
    cancelling = MaintenanceCancelled("m1", stamp("c1"))
    assert refused(cancelling) == "unknown_work m1"
    assert refused(cancelling, WORK, now=ONCE.end_at) == "work_over m1"
    assert refused(replace(cancelling, stamp=stamp("c2")), WORK, cancelling) == "work_over m1"


def test_a_rule_without_its_times_is_incomplete() -> None:
    assert refused(replace(NIGHTLY, rule=replace(NIGHTLY.rule, start_time=None))) == "incomplete rule"
    assert refused(replace(NIGHTLY, rule=replace(NIGHTLY.rule, id="m9"))) == "incomplete rule"


# ---------------------------------------------------------------- what is known


def camera(camera_id: str, *, in_contract: bool = True) -> CameraRecord:
    site = Site("s1", "村口", SiteCategory.JUNCTION, "东村", "清河镇", "清河县")
    found = Camera(camera_id, "1号", site, "移动", "rtsp://127.0.0.1/1", uplink="l1", in_contract=in_contract)
    return CameraRecord(found, NOON, NOON, NOON if camera_id == "gone" else None)


KNOWN = Known(
    {record.camera.id: record for record in (camera("c1"), camera("gone"), camera("out", in_contract=False))},
    {"c1": frozenset({NOON})},
    frozenset({"c1", "gone"}),
    {"k1": "cd" * 32, "k3": "cd" * 32},
    {"k1": "cd" * 32, "k3": "ce" * 32},
)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (PROPOSED, None),
        (replace(PROPOSED, scope=Scope()), None),
        (replace(PROPOSED, scope=Scope(camera_ids=frozenset({"c1", "c9"}))), "unknown_name c9"),
        (replace(PROPOSED, scope=Scope(villages=frozenset({"西村"}))), "unknown_name 西村"),
        (replace(PROPOSED, scope=Scope(camera_ids=frozenset({"c1", "out"}))), "outside_contract out"),
        (replace(PROPOSED, scope=Scope(camera_ids=frozenset({"c1"}), carriers=frozenset({"移动"}))), None),
        (replace(PROPOSED, scope=Scope(recorders=frozenset({"NVR-9"}))), "unknown_name NVR-9"),
        (replace(PROPOSED, scope=Scope(categories=frozenset({SiteCategory.WATER}))), "outside_contract scope"),
        (replace(WORK, maintenance=replace(ONCE, scope=Scope(uplinks=frozenset({"l2"})))), "unknown_name l2"),
        (replace(NIGHTLY, rule=replace(NIGHTLY.rule, scope=Scope(sites=frozenset({"s2"})))), "unknown_name s2"),
        (Acknowledged(stamp("x"), "c1", NOON), None),
        (Acknowledged(stamp("x"), "c1", NOON + HOUR), "unknown_outage c1@2026-10-20 05:00:00Z"),
        (WorkOrdered(stamp("x"), "c2", NOON, "GD-1"), "unknown_outage c2@2026-10-20 04:00:00Z"),
        (Note("王工", "来过", stamp("x"), "c1"), None),
        (Note("王工", "来过", stamp("x")), None),
        (Note("王工", "来过", stamp("x"), "c9"), "unknown_name c9"),
        (Note("王工", "来过", stamp("x"), "c1", NOON + HOUR), "unknown_outage c1@2026-10-20 05:00:00Z"),
        (CLOSED, None),
        (replace(CLOSED, figures="ce" * 32), "figures_differ 2026-10"),
        (replace(CLOSED, stamp=stamp("k2", LI)), "figures_differ 2026-10"),
        (replace(CLOSED, stamp=stamp("k3", LI)), "figures_overtaken 2026-10"),
        (RemovalConfirmed(stamp("x", LI), "gone", NOON), None),
        (RemovalConfirmed(stamp("x", LI), "gone", NOON + HOUR), "not_removed gone"),
        (RemovalConfirmed(stamp("x", LI), "c1", NOON), "not_removed c1"),
    ],
)
def test_an_act_speaks_of_cameras_and_outages_there_are(act: Act, reason: str | None) -> None:
    why = unfounded(act, KNOWN)
    assert (None if why is None else f"{why.reason} {why.about}") == reason


def test_everybody_may_remark_and_only_the_office_confirms_a_removal() -> None:
    for by in (WANG, LI, ZHAO):
        assert refused(Note(by.name, "来过", stamp("x", by))) is None
        assert refused(Acknowledged(stamp("x", by), "c1", NOON)) is None
    assert refused(RemovalConfirmed(stamp("x", WANG), "gone", NOON)) == "role_may_not vendor"


def test_only_the_office_approves_what_a_camera_shows_as_often_as_it_likes_and_the_last_time_counts() -> None:
    first = ViewApproved(stamp("x", LI), "c1", "换杆")
    assert refused(replace(first, stamp=stamp("y", WANG))) == "role_may_not vendor"
    again = replace(first, stamp=stamp("y", LI))
    assert refused(again, first) is None
    assert unfounded(first, KNOWN) is None
    assert unfounded(replace(first, camera_id="never seen"), KNOWN) is not None
    so_far = standing((recorded(first), recorded(again, NOON + HOUR)), TERMS)
    assert so_far.views() == {"c1": NOON + HOUR}
    assert done(Note("王", "来过", stamp("x", WANG))).views() == {}


def test_approvals_of_one_view_that_a_clock_set_back_records_at_one_instant_are_told_apart() -> None:
    views = [ViewApproved(stamp(f"v{nth}", LI), camera, "换杆") for nth, camera in enumerate(("c1", "c2", "c1", "c1"))]
    so_far = [standing([recorded(view) for view in views[:count]], TERMS).views() for count in range(5)]
    assert [each.get("c1") for each in so_far] == [None, NOON, NOON, NOON + MICROSECOND, NOON + 2 * MICROSECOND]
    assert so_far[-1]["c2"] == NOON
    later = standing([recorded(view, NOON + HOUR * (nth == 3)) for nth, view in enumerate(views)], TERMS).views()
    assert later["c1"] == NOON + HOUR


def test_a_removal_is_confirmed_once_and_a_later_one_anew() -> None:
    first = RemovalConfirmed(stamp("x", LI), "gone", NOON)
    assert refused(replace(first, stamp=stamp("y", LI)), first) == "already_confirmed gone"
    assert refused(RemovalConfirmed(stamp("y", LI), "gone", NOON + HOUR), first) is None
    assert refused(RemovalConfirmed(stamp("y", LI), "other", NOON), first) is None


# ---------------------------------------------------------------- all of them


def test_every_reason_has_its_words_in_both_languages() -> None:
    assert set(TEXTS) == set(Reason)
    for phrase in TEXTS.values():
        assert all(phrase[language] for language in Language)


deciding = st.sampled_from([ExclusionApproved, ExclusionRejected, ExclusionWithdrawn])
steps = st.lists(st.tuples(deciding, st.sampled_from([WANG, LI, ZHAO])), max_size=6)


@given(steps)
def test_in_any_order_an_exclusion_counts_only_with_the_other_party_s_yes_and_no_word_against_it(
    taken: list[tuple[type[ExclusionApproved | ExclusionRejected | ExclusionWithdrawn], Actor]],
) -> None:
    acts: list[Act] = [
        act(stamp(f"d{number}", by), PROPOSED.stamp.id, DIGEST) for number, (act, by) in enumerate(taken)
    ]
    found = standing(map(recorded, [PROPOSED, *acts]), TERMS)
    state = "proposed"
    for act, by in taken:  # the same by the plainest means
        if act is ExclusionWithdrawn and by is WANG and state in ("proposed", "approved"):
            state = "withdrawn"
        elif act is not ExclusionWithdrawn and by is LI and state == "proposed":
            state = "approved" if act is ExclusionApproved else "rejected"
    assert found.exclusions[PROPOSED.stamp.id].exclusion.state == state
    assert len(found.counting()) == (state == "approved")
    assert len(found.void) + len(found.exclusions[PROPOSED.stamp.id].steps) == len(acts) + 1
