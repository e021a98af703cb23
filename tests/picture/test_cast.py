"""A cast moves every tint alike; haze takes colour from all of them, and leaves and lorries change some of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FindingState
from monitor.picture.cast import AWAY, cast
from monitor.picture.structure import GRID
from monitor.picture.tint import ENOUGH_BLOCKS, NO_TINTS, WARMTH, Tints, shift

seeds = st.integers(0, 2**32 - 1)
colours = st.floats(0.0, 0.6)  # how far the tints of a scene's parts lie apart


def scene(seed: int, colour: float) -> Tints:
    """Parts of a scene with tints of their own."""
    values = np.random.default_rng(seed).normal(0, colour, (2, *GRID)).astype(np.float32)
    return Tints(values, np.ones(GRID, bool))


def moved(usual: Tints, warmth: float = 0.0, purple: float = 0.0, haze: float = 0.0) -> Tints:
    by = np.array([WARMTH * warmth, purple], np.float32)[:, None, None]
    return Tints((1 - np.float32(haze)) * usual.values + by, usual.told)


def told(usual: Tints, now: Tints) -> FindingState:
    return cast(now, shift(now, usual), 0.01, 0.01).state


@given(seeds, colours, st.floats(0.0, 0.8))
def test_haze_of_any_density_over_any_colours_is_no_cast(seed: int, colour: float, haze: float) -> None:
    usual = scene(seed, colour)
    assert told(usual, moved(usual, haze=haze)) is FindingState.OK


@given(seeds, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.0, 0.8))
def test_haze_over_a_meadow_all_of_one_tint_is_no_cast(seed: int, warmth: float, purple: float, haze: float) -> None:
    usual = moved(scene(seed, 0.05), warmth, purple)
    assert told(usual, moved(usual, haze=haze)) is FindingState.OK


@given(seeds, st.floats(0.0, 0.3), st.sampled_from([-1, 1]), st.floats(0.0, 0.3))
def test_a_shift_of_all_tints_is_a_cast_through_haze_and_whatever_the_scene(
    seed: int, colour: float, side: int, haze: float
) -> None:
    usual = scene(seed, colour)
    assert told(usual, moved(usual, purple=side * 1.5 * AWAY, haze=haze)) is FindingState.FAULT
    assert told(usual, moved(usual, warmth=side * 2.25 * AWAY, haze=haze)) is FindingState.FAULT


@given(seeds, colours, st.floats(0.0, 0.6))
def test_leaves_that_turn_in_up_to_six_tenths_of_the_view_are_no_cast(seed: int, colour: float, share: float) -> None:
    usual = scene(seed, colour)
    leaves = np.random.default_rng(seed).permutation(144).reshape(GRID) < share * 144
    turned = np.where(leaves, moved(usual, warmth=0.6, purple=0.2).values, usual.values)
    assert told(usual, Tints(turned, usual.told)) in (FindingState.OK, FindingState.WARNING)


def test_the_warm_light_of_a_low_sun_is_no_cast_and_the_same_in_purple_is_one() -> None:
    usual = scene(1, 0.2)
    assert told(usual, moved(usual, warmth=1.3 * AWAY)) is not FindingState.FAULT
    assert told(usual, moved(usual, purple=1.3 * AWAY)) is FindingState.FAULT


def test_where_few_tints_can_be_told_nothing_is_said() -> None:
    usual, few = scene(1, 0.2), np.arange(144).reshape(GRID) < ENOUGH_BLOCKS - 1
    assert shift(Tints(usual.values, few), usual) is None
    assert shift(usual, NO_TINTS) is None
    assert cast(None, None, 0.01, 0.01).state is FindingState.CANNOT_JUDGE
    assert cast(None, None, None, 0.0).state is FindingState.CANNOT_JUDGE, "be it learnt or not"
    assert cast(usual, None, 0.01, 0.01).state is FindingState.CANNOT_JUDGE
    assert cast(usual, None, None, 0.0).state is FindingState.LEARNING


def test_a_camera_whose_tints_wander_is_given_more() -> None:
    assert cast(NO_TINTS, 1.2 * AWAY, 0.01, 0.01).faulty
    assert not cast(NO_TINTS, 1.2 * AWAY, 0.05, 0.04).faulty
