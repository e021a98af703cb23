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


@given(beat=seconds, interval=st.floats(1, 3600), passed=st.floats(-1e5, 1e5), took=st.floats(0, 1e4))
def test_the_next_beat_is_the_first_of_the_grid_that_leaves_half_an_interval(
    beat: float, interval: float, passed: float, took: float
) -> None:
    began = beat + passed
    following = next_due(beat, interval, began, began + took)
    earliest = max(began + took, began + interval / 2)
    assert earliest - 1e-3 < following <= earliest + interval + 1e-3
    beats = (following - beat) / interval
    assert abs(beats - round(beats)) < 1e-6 * max(1.0, abs(beats))


def test_a_probe_that_takes_most_of_an_interval_does_not_cost_the_next_beat() -> None:
    assert next_due(100.0, 2.0, 100.0, 101.9) == 102.0


def test_quick_probes_while_a_verdict_is_pending_do_not_push_the_next_beat_away() -> None:
    beat = 100.0
    for finished in (101.0, 102.0, 103.0, 104.0):
        beat = next_due(beat, 60.0, finished - 0.5, finished)
    assert beat == 160.0


def test_a_probe_that_ended_just_before_its_beat_does_not_come_again_at_once() -> None:
    assert next_due(100.0, 60.0, 99.0, 99.5) == 160.0
