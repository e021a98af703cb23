"""What a probe says of a key frame: what it speaks for, while the diagnosis counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Cause, Finding, FindingState, Picture
from monitor.picture.tally import NEEDED
from monitor.picture.verdict import SOON, cause_of

FAULT, OK, UNSURE = FindingState.FAULT, FindingState.OK, FindingState.CANNOT_JUDGE


def finding(cause: Cause, state: FindingState, value: float = 1.0, measure: str = "a_measure") -> Finding:
    return Finding(cause, state, measure, value, 6.0)


def shows(*findings: Finding, active: tuple[Cause, ...] = ()) -> Cause:
    return cause_of(Picture(640, 360, b"", findings, active))


def repeats(value: float, threshold: float) -> Finding:
    return Finding(Cause.PICTURE_FROZEN, OK, "equal_key_frames", value, threshold)


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


causes, states = st.sampled_from(sorted(NEEDED, key=lambda cause: cause.value)), st.sampled_from(FindingState)


@given(st.lists(st.builds(finding, causes, states), max_size=8), st.lists(causes, max_size=3, unique=True))
def test_nothing_is_named_that_neither_holds_nor_shows(findings: list[Finding], active: list[Cause]) -> None:
    cause = shows(*findings, active=tuple(active))
    faulty = {each.cause for each in findings if each.faulty}
    assert cause is Cause.OK or cause in faulty | set(active)
    assert not faulty or cause is not Cause.OK
