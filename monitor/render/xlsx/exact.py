"""Exact sums and comparisons in formulas whose only numbers are doubles. Knows no report.

A fleet's month is 10,000 × 31 × 86,400 × 10^6 = 2.7 × 10^16 microseconds, beyond the 2^53 = 9.0 × 10^15 up to which a
double holds every integer, and a column of seconds with six decimals would gather a rounding at each addition. So a
duration is a *pair*: whole seconds and the microseconds over them, two integers. One camera's cell, seconds with six
decimals below 2^22, tells its pair apart with room to spare: a double there is true to 2.4 × 10^-10. Sums of pairs stay
far below 2^53, and two of them are compared multiplied crosswise, in integers.

Spreadsheets treat differences beyond the fifteenth digit as none. Every product here stays below 10^15 while
10,000 × the seconds do: up to 10^11 camera-seconds, 37,000 cameras' month, for targets of at most two decimals in
percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

US = 1_000_000
PERCENT_STEPS = 10_000  # a percentage has two decimals


@dataclass(frozen=True, slots=True)
class Pair:
    """A duration as two expressions: whole seconds, and microseconds, which may exceed a second."""

    s: str
    us: str

    def __add__(self, other: Pair) -> Pair:
        return Pair(f"{self.s}+{other.s}", f"{self.us}+{other.us}")

    @property
    def whole(self) -> str:
        """The whole seconds of both."""
        return f"{self.s}+INT(({self.us})/{US})"

    @property
    def rest(self) -> str:
        """The microseconds that make no second."""
        return f"MOD({self.us},{US})"


def pair_of(us: int) -> tuple[int, int]:
    """The same in Python: whole seconds and the microseconds over them."""
    return divmod(us, US)


def less(left: Pair, right: Pair) -> Pair:
    """The difference."""
    return Pair(f"({left.s})-({right.s})", f"({left.us})-({right.us})")


def over(part: Pair, numerator: str, whole: Pair, denominator: str) -> str:
    """``part × numerator - whole × denominator`` in microseconds: its sign is exact."""
    return (
        f"({numerator}*({part.s})-{denominator}*({whole.s}))*{US}+({numerator}*({part.us})-{denominator}*({whole.us}))"
    )


def nothing(whole: Pair) -> str:
    """Whether a duration is 0."""
    return f"({whole.s})*{US}+({whole.us})=0"


def floored(part: Pair, whole: Pair, none: str) -> str:
    """``part ÷ whole`` cut to two decimals in percent; ``none`` where nothing counts.

    The nearest step is off by one at most, and whether it lies above the exact ratio is asked in integers.
    """
    nearest = f"ROUND({PERCENT_STEPS}*(({part.s})+({part.us})/{US})/(({whole.s})+({whole.us})/{US}),0)"
    above = over(part, str(PERCENT_STEPS), whole, nearest)
    return f"IF({nothing(whole)},{none},({nearest}-IF({above}<0,1,0))/{PERCENT_STEPS})"


def reaches(part: Pair, whole: Pair, numerator: str, denominator: str) -> str:
    """Whether ``part ÷ whole`` is at least ``numerator ÷ denominator``, unrounded."""
    return f"{over(part, denominator, whole, numerator)}>=0"


def below(part: Pair, whole: Pair, limit: Fraction) -> str:
    """Whether ``part ÷ whole`` is less than the limit, unrounded."""
    return f"{over(part, str(limit.denominator), whole, str(limit.numerator))}<0"


def seconds_of(cell: str) -> Pair:
    """The pair of a cell that holds one camera's seconds."""
    return Pair(f"INT({cell})", f"ROUND(({cell}-INT({cell}))*{US},0)")
