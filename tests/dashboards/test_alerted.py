"""An alert of the past waits, stays and ends as a rule that runs would have it."""

from __future__ import annotations

import pytest

from tests.dashboards.alerted import course

TIMES = range(0, 100, 10)
PENDING, FIRING = "pending", "firing"


@pytest.mark.parametrize(
    ("true", "wait", "keep", "told"),
    [
        ([20, 30], 0, 0, [(20, 20, FIRING), (30, 20, FIRING)]),
        ([20, 30, 40], 20, 0, [(20, 20, PENDING), (30, 20, PENDING), (40, 20, FIRING)]),
        ([20, 40], 20, 0, [(20, 20, PENDING), (40, 40, PENDING)]),  # not for long enough
        ([20], 0, 20, [(20, 20, FIRING), (30, 20, FIRING), (40, 20, FIRING)]),
        ([20, 40], 0, 20, [(20, 20, FIRING), (30, 20, FIRING), (40, 20, FIRING), (50, 20, FIRING), (60, 20, FIRING)]),
        ([], 0, 20, []),
    ],
)
def test_an_alert_of_the_past_waits_stays_and_ends_as_its_rule_says(
    true: list[int], wait: int, keep: int, told: list[tuple[int, int, str]]
) -> None:
    assert list(course(true, TIMES, wait, keep)) == told
