"""Drawings: whole numbers inside their frame, nothing lost that is there, a shape as well as a colour."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Seconds, Span
from monitor.render.html.markup import Markup
from monitor.render.html.pictures import (
    BANDS,
    CELL_HEIGHT,
    GAUGE,
    HEIGHT,
    LENGTH,
    STACK,
    day_strip,
    gauge,
    timeline,
)
from monitor.report import TimeKind

DAY = 86_400_000_000
PERIOD = Span(5 * DAY, 36 * DAY)
lengths = st.integers(0, DAY) | st.just(0) | st.just(1)


def boxes(drawn: Markup, kind: str) -> list[tuple[int, int, int, int]]:
    """x, y, width, height of every box of a kind; anything but whole numbers does not match."""
    paths = re.findall(rf'<path d="([^"]*)" class="{kind}" fill="#[0-9a-f]{{6}}">', drawn.source)
    found = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z", "".join(paths))
    assert "".join(f"M{x} {y}h{w}v{h}h-{back}z" for x, y, w, h, back in found) == "".join(paths)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in found]


@given(st.lists(st.tuples(st.integers(0, 31 * DAY - 1), st.integers(1, DAY), st.sampled_from(TimeKind)), max_size=9))
def test_every_span_is_drawn_within_the_timeline(drawn: list[tuple[int, int, TimeKind]]) -> None:
    spans = [
        (Span(PERIOD.start + start, min(PERIOD.end, PERIOD.start + start + long)), kind) for start, long, kind in drawn
    ]
    picture = timeline(spans, PERIOD, "x")
    for kind in TimeKind:
        found = boxes(picture, kind)
        assert len(found) == sum(each is kind for _, each in spans)
        assert all(0 <= x < x + w <= LENGTH and w and 0 <= y < y + h <= HEIGHT for x, y, w, h in found)


def test_a_timeline_is_in_proportion() -> None:
    picture = timeline([(Span(PERIOD.start, PERIOD.start + 31 * DAY // 4), TimeKind.DOWN)], PERIOD, "x")
    assert boxes(picture, "down") == [(0, 0, LENGTH // 4, HEIGHT)]


def test_every_kind_has_a_shape_of_its_own() -> None:
    assert len(set(BANDS.values())) == len(TimeKind)
    assert len({height for _, height in BANDS.values()}) == len(TimeKind)
    assert STACK[TimeKind.DOWN] > STACK[TimeKind.DEGRADED] > STACK[TimeKind.EXCLUDED] > STACK[TimeKind.UNOBSERVED]


@given(st.lists(st.builds(Seconds, lengths, lengths, lengths, lengths, lengths), min_size=1, max_size=31))
def test_every_day_is_a_full_cell_and_every_loss_shows(days: list[Seconds]) -> None:
    picture = day_strip(days, "x")
    drawn = {kind: boxes(picture, kind) for kind in TimeKind}
    assert len(boxes(picture, "none")) == sum(not day.scheduled for day in days)
    assert len(drawn[TimeKind.DOWN]) == sum(day.down > 0 for day in days)
    assert sum(h for found in drawn.values() for _, _, _, h in found) <= CELL_HEIGHT * len(days)
    for day in days:
        if day.scheduled == day.up:
            continue
        assert any(found for kind, found in drawn.items() if kind is not TimeKind.UP)


def test_a_day_is_filled_from_the_top_in_proportion() -> None:
    picture = day_strip([Seconds(up=DAY // 2, down=DAY // 2)], "x")
    assert boxes(picture, "down") == [(0, 0, 12, CELL_HEIGHT // 2)]
    assert boxes(picture, "up") == [(0, CELL_HEIGHT // 2, 12, CELL_HEIGHT // 2)]


def test_a_microsecond_down_shows_and_so_does_one_up() -> None:
    assert boxes(day_strip([Seconds(up=DAY - 1, down=1)], "x"), "down")[0][3] == 1
    assert boxes(day_strip([Seconds(up=1, down=DAY - 1)], "x"), "up")[0][3] == 1


def test_a_gauge_marks_what_is_allowed_and_tells_missed_from_met() -> None:
    allowed, whole = Fraction(5, 100), Fraction(10, 100)
    met, missed = (gauge(Fraction(lost, 100), allowed, whole, "x") for lost in (5, 6))
    assert boxes(met, "mark") == boxes(missed, "mark") == [(GAUGE // 2, 0, 1, 10)]
    assert boxes(met, "used") == [(0, 2, GAUGE // 2, 6)]
    assert boxes(missed, "down") == [(0, 2, GAUGE * 6 // 10, 6)]


def test_a_gauge_of_a_contract_that_allows_nothing_is_drawn() -> None:
    assert boxes(gauge(Fraction(0), Fraction(0), Fraction(0), "x"), "used") == [(0, 2, 0, 6)]
