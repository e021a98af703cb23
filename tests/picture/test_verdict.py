"""What a probe says of a key frame: what it speaks for, while the diagnosis counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Cause, Finding, FindingState, Picture
from monitor.picture.frozen import ALIKE, EQUAL
from monitor.picture.tally import NEEDED
from monitor.picture.verdict import SOON, cause_of, sight_of
from tests.driven import START

FAULT, OK, UNSURE = FindingState.FAULT, FindingState.OK, FindingState.CANNOT_JUDGE
WARNING, LEARNING = FindingState.WARNING, FindingState.LEARNING


def finding(cause: Cause, state: FindingState, value: float = 1.0, measure: str = "a_measure") -> Finding:
    return Finding(cause, state, measure, value, 6.0)


def shows(*findings: Finding, active: tuple[Cause, ...] = ()) -> Cause:
    return cause_of(Picture(640, 360, b"", findings, active))


def repeats(value: float, threshold: float) -> Finding:
    return Finding(Cause.PICTURE_FROZEN, OK, EQUAL, value, threshold)


def test_the_first_key_frame_with_a_fault_already_speaks_for_it() -> None:
    assert shows(finding(Cause.PICTURE_BLURRED, FAULT)) is Cause.PICTURE_BLURRED


def test_of_several_the_most_telling_is_named() -> None:
    both = (finding(Cause.PICTURE_MOVED, FAULT), finding(Cause.PICTURE_CAST, FAULT))
    assert shows(*both) is Cause.PICTURE_MOVED


def test_what_holds_goes_before_what_is_only_doubted() -> None:
    both = (finding(Cause.PICTURE_MOVED, FAULT), finding(Cause.PICTURE_CAST, FAULT))
    assert shows(*both, active=(Cause.PICTURE_CAST,)) is Cause.PICTURE_CAST


def test_a_fault_that_holds_ends_with_the_first_key_frame_that_is_plainly_good() -> None:
    assert shows(finding(Cause.PICTURE_CAST, OK), active=(Cause.PICTURE_CAST,)) is Cause.OK


def test_a_key_frame_that_cannot_be_judged_ends_nothing_and_begins_nothing() -> None:
    unsure = finding(Cause.PICTURE_CAST, UNSURE)
    assert shows(unsure, active=(Cause.PICTURE_CAST,)) is Cause.PICTURE_CAST
    assert shows(unsure) is Cause.OK


def test_another_fault_keeps_a_camera_from_being_called_good() -> None:
    now = (finding(Cause.PICTURE_CAST, OK), finding(Cause.PICTURE_DARK, FAULT))
    assert shows(*now, active=(Cause.PICTURE_CAST,)) is Cause.PICTURE_CAST


def test_one_equal_pair_is_a_doubt_only_where_few_of_them_are_proof() -> None:
    assert shows(repeats(1, SOON)) is Cause.PICTURE_FROZEN
    assert shows(repeats(0, SOON)) is Cause.OK
    assert shows(repeats(1, SOON + 1)) is Cause.OK, "a pond at night repeats itself, and is left in peace"


def test_it_is_told_what_cannot_be_judged_what_is_learnt_what_is_suspected_and_fog() -> None:
    findings = (
        finding(Cause.PICTURE_FROZEN, WARNING, measure=ALIKE),
        finding(Cause.PICTURE_MOVED, UNSURE),
        finding(Cause.PICTURE_COVERED, UNSURE),
        finding(Cause.PICTURE_CAST, LEARNING),
        finding(Cause.PICTURE_LOW_CONTRAST, WARNING),
    )
    sight = sight_of(Picture(640, 360, b"", findings), START)
    assert sight.at == START
    assert sight.unjudged == (Cause.PICTURE_MOVED, Cause.PICTURE_COVERED)
    assert sight.unlearnt == (Cause.PICTURE_CAST,)
    assert sight.noticed == (Cause.PICTURE_FROZEN, Cause.PICTURE_LOW_CONTRAST)


def test_beside_a_fault_or_its_first_key_frame_nothing_is_noticed() -> None:
    still, fog = finding(Cause.PICTURE_FROZEN, WARNING, measure=ALIKE), finding(Cause.PICTURE_LOW_CONTRAST, WARNING)
    dazzled = Picture(640, 360, b"", (finding(Cause.PICTURE_BRIGHT, WARNING), still), (Cause.PICTURE_BRIGHT,))
    assert sight_of(dazzled, START).noticed == ()
    veil = Finding(Cause.PICTURE_VEILED, WARNING, "contrast_change", -1.1, -1.0, 0.55)
    assert sight_of(Picture(640, 360, b"", (veil, fog)), START).noticed == ()


def test_equal_key_frames_are_noticed_while_they_are_too_few_for_a_fault_and_no_doubt_either() -> None:
    (few, many) = (Finding(Cause.PICTURE_FROZEN, WARNING, EQUAL, 10, threshold, 0.35) for threshold in (SOON, 100))
    assert sight_of(Picture(640, 360, b"", (few,)), START).noticed == ()
    assert sight_of(Picture(640, 360, b"", (many,)), START).noticed == (Cause.PICTURE_FROZEN,)


def test_doubts_of_one_key_frame_and_a_freeze_that_is_certain_are_not_noticed_beside() -> None:
    findings = (
        finding(Cause.PICTURE_BLURRED, WARNING),
        finding(Cause.PICTURE_FROZEN, FAULT, measure=ALIKE),
        finding(Cause.PICTURE_LOW_CONTRAST, OK),
    )
    assert sight_of(Picture(640, 360, b"", findings), START).noticed == ()


def test_only_what_needs_outlines_leaves_nothing_to_be_told_of_the_view() -> None:
    findings = tuple(finding(cause, UNSURE) for cause in (Cause.PICTURE_CAST, Cause.PICTURE_BLURRED))
    assert sight_of(Picture(640, 360, b"", findings), START).viewless == (Cause.PICTURE_BLURRED,)


causes, states = st.sampled_from(sorted(NEEDED, key=lambda cause: cause.value)), st.sampled_from(FindingState)


@given(st.lists(st.builds(finding, causes, states), max_size=8), st.lists(causes, max_size=3, unique=True))
def test_nothing_is_named_that_neither_holds_nor_shows(findings: list[Finding], active: list[Cause]) -> None:
    cause = shows(*findings, active=tuple(active))
    faulty = {each.cause for each in findings if each.faulty}
    assert cause is Cause.OK or cause in faulty | set(active)
    assert not faulty or cause is not Cause.OK
