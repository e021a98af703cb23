"""A cast moves every tint alike; haze takes colour from all of them; the two are told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.picture.cast import PURPLER, WARMER, Tint, cast

STEADY = Tint(0.03, 0.02, 0.1)  # how far a camera's good pictures deviate
GARDEN = Tint(0.78, -0.55, 1.49)  # leaves in the sun

sides = st.floats(-0.8, 0.8)


@given(sides, sides, st.floats(0.2, 1.5), st.floats(0.1, 1.0))
def test_haze_of_any_density_over_any_colours_is_no_cast(
    warmth: float, purple: float, spread: float, left: float
) -> None:
    hazy = Tint(left * warmth, left * purple, left * spread)
    assert not cast(hazy, Tint(warmth, purple, spread), STEADY).faulty


def test_rain_that_takes_more_colour_than_spread_is_no_cast() -> None:
    assert not cast(Tint(0.47, -0.27, 0.97), GARDEN, STEADY).faulty


@given(sides, sides, st.floats(0.2, 1.5), st.sampled_from([-1, 1]))
def test_a_shift_of_all_tints_is_a_cast_whatever_the_scene(
    warmth: float, purple: float, spread: float, side: int
) -> None:
    usual = Tint(warmth, purple, spread)
    assert cast(Tint(warmth, purple + side * 1.1 * PURPLER, spread), usual, STEADY).faulty
    assert cast(Tint(warmth + side * 1.1 * WARMER, purple, spread), usual, STEADY).faulty


def test_a_cast_shows_through_haze() -> None:
    assert cast(Tint(0.5 * 0.78, 0.5 * -0.55 + 0.35, 0.75), GARDEN, STEADY).faulty
