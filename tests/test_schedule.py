"""Phases are spread and stable; beats that were missed are skipped, never caught up."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import first_due, next_due, phase

seconds = st.floats(0, 1e7)


@given(st.text(), st.floats(1, 3600))
def test_a_phase_lies_within_the_interval_and_never_changes(camera_id: str, interval: float) -> None:
    assert 0 <= phase(camera_id, interval) < interval
    assert phase(camera_id, interval) == phase(camera_id, interval)


def test_a_thousand_cameras_are_spread_over_the_interval() -> None:
    tenths = Counter(int(phase(f"QX-{n:04d}", 60.0) // 6) for n in range(1000))
    assert min(tenths.values()) > 60
    assert max(tenths.values()) < 140


def test_the_first_probe_comes_within_one_interval() -> None:
    assert all(500 <= first_due(f"C{n}", 60, 500) < 560 for n in range(100))


@given(due=seconds, interval=st.floats(1, 3600), late=st.floats(0, 1e5))
def test_the_next_beat_is_the_first_of_the_grid_after_the_end(due: float, interval: float, late: float) -> None:
    following = next_due(due, interval, due + late)
    assert due + late - 1e-3 < following <= due + late + interval + 1e-3
    beats = (following - due) / interval
    assert abs(beats - round(beats)) < 1e-6 * max(1.0, beats)


def test_a_probe_that_ended_before_its_due_time_does_not_come_again_at_once() -> None:
    assert next_due(100.0, 60.0, 40.0) == 160.0
