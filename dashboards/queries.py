"""Questions to Prometheus that several boards ask: against the target, by area, with names."""

from __future__ import annotations

from dashboards.model import Colour, Query
from monitor.language import Phrase

TARGET = "max(sharpeyes_sla_target_ratio)"
NEAR = "(2 * max(sharpeyes_sla_target_ratio) - 1)"  # down to twice the loss the contract allows
MINIMUM = "max(sharpeyes_sla_min_coverage_ratio)"
PER_TARGET = "on () group_left ()"

CHOSEN = 'county=~"$county",town=~"$town",village=~"$village"'
INFO = "max by (camera_id, name, county, town, village, site, carrier, uplink) (sharpeyes_camera_info{%s})"

MET = Phrase("达标", "on target")
JUST_BELOW = Phrase("略低于目标", "just below target")
BELOW = Phrase("低于目标", "below target")


def beside(prefix: str, text: Phrase) -> Phrase:
    """The text after a label of the answer."""
    return Phrase(f"{prefix} {text.zh}".strip(), f"{prefix} {text.en}".strip())


def against_target(expr: str, prefix: str = "") -> tuple[Query, ...]:
    """The rate in the colour and with the words of its side of the target: the worst first, for each series one answer.

    Grafana's own thresholds are fixed numbers; which side a figure is on is asked of Prometheus, where the contract's
    target is.
    """
    return (
        Query(f"({expr}) < {PER_TARGET} {NEAR}", beside(prefix, BELOW), Colour.BAD),
        Query(f"(({expr}) < {PER_TARGET} {TARGET}) >= {PER_TARGET} {NEAR}", beside(prefix, JUST_BELOW), Colour.NEAR),
        Query(f"({expr}) >= {PER_TARGET} {TARGET}", beside(prefix, MET), Colour.GOOD),
    )


def counted(expr: str, name: Phrase, colour: Colour) -> tuple[Query, Query]:
    """A number in a colour that is for when there is any; nought is quiet."""
    return Query(f"{expr} > 0", name, colour), Query(f"{expr} == 0", name, Colour.QUIET)


def standing(expr: str) -> str:
    """2 = on target, 1 = just below, 0 = below: the keys of ``words.STANDING``."""
    return f"(({expr}) >= bool {PER_TARGET} {TARGET}) + (({expr}) >= bool {PER_TARGET} {NEAR})"


def month(figure: str, scope: str = "town") -> str:
    """A month-to-date figure of the contract by name; two monitors of the same town do not count twice."""
    return f'max by (name) (sharpeyes_sla_month_{figure}{{scope="{scope}"}})'


def online(where: str = "") -> str:
    """The share of cameras online now, from the recorded numbers of each village."""
    return f"sum(village:sharpeyes_camera_up:sum{{{where}}}) / sum(village:sharpeyes_camera_up:count{{{where}}})"


def online_over(window: str, where: str = "") -> str:
    """The share of camera time online in a window: sums over sums, never a mean of means."""
    numbers = (f"sum(sum_over_time(village:sharpeyes_camera_up:{of}{{{where}}}[{window}]))" for of in ("sum", "count"))
    return " / ".join(numbers)


def named(expr: str, where: str = "") -> str:
    """Per-camera values with the labels people know cameras by."""
    info = INFO % where
    return f"({expr}) * on (camera_id) group_left (name, county, town, village, site, carrier, uplink) {info}"


def lasting(which: str, where: str = "") -> str:
    """Since when, in seconds, the cameras of a selection of causes are in their state; with names and reason."""
    age = "time() - max by (camera_id) (sharpeyes_camera_state_since_timestamp_seconds)"
    fault = "max by (camera_id, reason) (sharpeyes_camera_fault)"
    return f"sort_desc({named(f'({fault} * on (camera_id) group_left () ({age})) {which}', where)})"
