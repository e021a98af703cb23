"""The expressions of formulas, evaluated in doubles as a spreadsheet does, against exact integers and fractions.

LibreOffice itself evaluates them in ``tests/real/test_libreoffice.py``.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from monitor.render.xlsx.desk import exact
from monitor.render.xlsx.exact import Pair, below, floored, less, nothing, pair_of, reaches, seconds_of
from monitor.render.xlsx.summary import _allowed
from monitor.sla import percent

FLEET = 10_000 * 31 * 86_400 * 1_000_000
MONTH = 31 * 86_400 * 1_000_000


def value(expression: str, **cells: float) -> float:
    """What a spreadsheet makes of it: every number a double."""
    text = re.sub(r"(?<![\w.])\d+(?![\w.])", lambda number: f"{number[0]}.0", expression)
    text = re.sub(r"(?<![<>=])=(?!=)", "==", text)
    text = re.sub(r"\bIF\(", "_if(", text)
    known = {"INT": math.floor, "ROUND": _rounded, "MOD": lambda a, b: a - b * math.floor(a / b), "_if": _if}
    result = eval(text, {"__builtins__": {}}, known | {name: float(cell) for name, cell in cells.items()})
    return float(result)


def _if(test: bool, yes: float, no: float) -> float:
    return yes if test else no


def _rounded(number: float, places: float) -> float:
    return float(Decimal(number).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))


def cells(name: str, us: int) -> dict[str, float]:
    whole, rest = pair_of(us)
    return {f"{name}_s": whole, f"{name}_us": rest}


PART, WHOLE = Pair("part_s", "part_us"), Pair("whole_s", "whole_us")


@st.composite
def ratios(draw: st.DrawFn) -> tuple[int, int]:
    """A part and a whole of a fleet's month, mostly within microseconds of a step that is shown."""
    whole = draw(st.integers(1, FLEET))
    near = whole * draw(st.integers(0, 10_000)) // 10_000 + draw(st.integers(-3, 3))
    part = draw(st.one_of(st.just(near), st.integers(0, whole)))
    return max(0, min(part, whole)), whole


@given(ratios())
def test_a_percentage_is_floored_to_the_microsecond(ratio: tuple[int, int]) -> None:
    part, whole = ratio
    found = value(floored(PART, WHOLE, "0"), **cells("part", part), **cells("whole", whole))
    assert f"{found * 100:.2f}" == percent(Fraction(part, whole))


def test_one_microsecond_below_95_percent_of_a_fleet_is_not_95_percent() -> None:
    part = FLEET * 95 // 100
    names = {"target_n": 19.0, "target_d": 20.0}
    for us, reached, shown in ((part, 1.0, 0.95), (part - 1, 0.0, 0.9499)):
        given_cells = {**cells("part", us), **cells("whole", FLEET)}
        assert value(reaches(PART, WHOLE, "target_n", "target_d"), **given_cells, **names) == reached
        assert value(below(PART, WHOLE, Fraction(95, 100)), **given_cells) == 1 - reached
        assert value(floored(PART, WHOLE, "0"), **given_cells) == shown


@given(ratios(), st.integers(1, 10_000))
def test_the_target_is_compared_unrounded(ratio: tuple[int, int], steps: int) -> None:
    part, whole = ratio
    target = Fraction(steps, 10_000)
    found = value(
        reaches(PART, WHOLE, "n", "d"),
        **cells("part", part),
        **cells("whole", whole),
        n=target.numerator,
        d=target.denominator,
    )
    assert bool(found) is (Fraction(part, whole) >= target)


@given(st.integers(0, MONTH))
def test_a_camera_s_cell_tells_its_seconds_and_microseconds_apart(us: int) -> None:
    pair = seconds_of("cell")
    assert (value(pair.s, cell=exact(us)), value(pair.us, cell=exact(us))) == pair_of(us)


@given(st.lists(st.integers(0, MONTH), min_size=1, max_size=40))
def test_sums_of_pairs_carry_to_the_exact_sum(lengths: list[int]) -> None:
    pairs = [pair_of(us) for us in lengths]
    total = Pair("s", "us")
    given_cells = {"s": sum(whole for whole, _ in pairs), "us": sum(rest for _, rest in pairs)}
    assert (value(total.whole, **given_cells), value(total.rest, **given_cells)) == pair_of(sum(lengths))


@given(st.integers(0, FLEET), st.integers(0, FLEET))
def test_a_difference_borrows(one: int, other: int) -> None:
    more, fewer = max(one, other), min(one, other)
    left = less(PART, WHOLE)
    given_cells = {**cells("part", more), **cells("whole", fewer)}
    assert (value(left.whole, **given_cells), value(left.rest, **given_cells)) == pair_of(more - fewer)


@given(st.integers(0, 3))
def test_only_no_time_at_all_is_nothing(us: int) -> None:
    assert bool(value(nothing(WHOLE), **cells("whole", us))) is (us == 0)


@given(st.integers(0, FLEET), st.integers(1, 10_000))
def test_the_budget_is_cut_to_the_microsecond(counted: int, steps: int) -> None:
    target = Fraction(steps, 10_000)
    pair = _allowed()
    given_cells = {
        **cells("counted", counted),
        "target_numerator": target.numerator,
        "target_denominator": target.denominator,
    }
    found = value(pair.whole, **given_cells), value(pair.rest, **given_cells)
    assert found == pair_of(int((1 - target) * counted))
