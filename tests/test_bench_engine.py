"""What the bench says about ten thousand cameras in one process; nothing is measured here."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.bench import engine_scale


def a_scrape(probes: int, observed: float, scheduled: float) -> bytes:
    lateness = "sharpeyes_scheduler_lateness_seconds"
    text = (
        f'sharpeyes_probes_total {probes}\n{lateness}_bucket{{le="0.1"}} {probes}\n'
        f'{lateness}_bucket{{le="+Inf"}} {probes}\n{lateness}_sum 1\n'
        f'sharpeyes_camera_observed_seconds_total{{camera_id="a"}} {observed}\n'
        f'sharpeyes_camera_scheduled_seconds_total{{camera_id="a"}} {scheduled}\n'
    )
    return gzip.compress(text.encode())


def seen_well() -> engine_scale.Seen:
    return engine_scale.Seen(
        lags=[0.001] * 1000,
        scrape_cpu=[0.2],
        summed=[0.3, 0.1],
        written=[0.2, 0.03],  # the first scrape writes every line and is not judged
        steps=[0.002],
        answers=[0.3],
        bodies=[a_scrape(100, 10, 10), a_scrape(1100, 70, 70)],
        memory=[300_000_000],
        seconds=60,
        cpu=0.5,
        peak=350_000_000,
        bare=0.0001,
    )


SCALE = engine_scale.Order(10_000, timedelta(seconds=60), timedelta(seconds=15), timedelta(seconds=60))


def test_an_engine_that_keeps_nobody_waiting_keeps_every_promise() -> None:
    found = engine_scale.findings(SCALE, seen_well())
    assert found.passed
    assert "| CPU per probe, scrapes left out | 0.300 ms |" in found.markdown([])
    assert "| what the engine adds to a probe | 0.200 ms |" in found.markdown([])


@pytest.mark.parametrize(
    "spoilt",
    [
        {"lags": [0.001] * 980 + [0.03] * 20},
        {"written": [0.2, 0.07]},
        {"peak": 650_000_000},
        {"bodies": [a_scrape(100, 10, 10), a_scrape(1100, 70, 80)]},
    ],
    ids=lambda spoilt: next(iter(spoilt)),
)
def test_each_promise_of_the_engine_can_be_broken(spoilt: dict[str, Any]) -> None:
    found = engine_scale.findings(SCALE, replace(seen_well(), **spoilt))
    assert [check.holds for check in found.checks].count(False) == 1


def test_timed_steps_are_the_same_steps_and_end_with_an_empty_value() -> None:
    whole: list[float] = []
    each: list[float] = []

    def steps() -> Iterator[int]:
        yield from (1, 0, 2, 3)

    assert list(engine_scale.timed(steps(), whole, each)) == [1, 0, 2, 3]
    assert (len(each), len(whole)) == (2, 1)
