"""Little's law on towns small enough to be computed by head."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.capacity import Bottleneck, Capacity, Demand, Machine, capacity
from monitor.model import UplinkLimit

SECOND, MS = timedelta(seconds=1), timedelta(milliseconds=1)
USUAL = UplinkLimit(8, 20_000_000)
ON = Machine(
    cores=2,
    receiving=MS,
    looking=10 * MS,
    interval=60 * SECOND,
    every=600 * SECOND,
    in_flight=256,
    per_device=1,
    processes=1,
    decoders=1,
)
HEAVY = Demand("line", "", 1_500_000, 4_000_000, 3 * SECOND, measured=True)


def town(count: int, demand: Demand = HEAVY) -> list[Demand]:
    return [replace(demand, device=f"d{number}") for number in range(count)]


def of(demands: list[Demand], on: Machine = ON, **limits: UplinkLimit) -> Capacity:
    return capacity(demands, limits, USUAL, on)


def test_what_is_under_way_is_what_begins_times_how_long_it_takes() -> None:
    found = of(town(60))
    assert found.probes_per_second == 1
    assert found.sessions == pytest.approx(3)
    assert found.mean_rate == pytest.approx(12_000_000)
    assert found.looks_per_second == pytest.approx(0.12)
    assert found.cpu == pytest.approx(0.001 + 0.0012)
    (line,) = found.lines
    assert line.cameras == 60
    assert [line.sessions, line.mean_rate] == pytest.approx([3, 12_000_000])
    assert line.peak_rate == 20_000_000
    assert not found.late


def test_every_probe_looks_when_every_is_zero() -> None:
    assert of(town(60), replace(ON, every=timedelta(0))).looks_per_second == 1


@pytest.mark.parametrize(
    ("limit", "late"),
    [
        (UplinkLimit(5, 0), False),
        (UplinkLimit(4, 0), True),
        (UplinkLimit(9, 18_000_000), False),
        (UplinkLimit(9, 17_000_000), True),
    ],
)
def test_a_line_is_late_when_it_is_busy_for_more_than_seven_tenths(limit: UplinkLimit, late: bool) -> None:
    found = of(town(60), line=limit)
    assert found.lines[0].late is found.late is late


def test_one_camera_larger_than_the_limit_is_the_peak() -> None:
    assert of(town(2), line=UplinkLimit(8, 1_000_000)).lines[0].peak_rate == 4_000_000
    assert of(town(3), line=UplinkLimit(2, 0)).lines[0].peak_rate == 8_000_000


def test_a_recorder_with_too_many_channels_is_named() -> None:
    channels = [replace(HEAVY, uplink="", device="nvr")] * 15
    found = of(channels)
    ((name, share),) = found.busy_devices
    assert name == "nvr"
    assert share == pytest.approx(0.75)
    assert found.late
    assert not of(channels, replace(ON, per_device=2)).late


@pytest.mark.parametrize(
    ("on", "which"),
    [
        (replace(ON, in_flight=4), Bottleneck.SESSIONS),
        (replace(ON, looking=SECOND, every=timedelta(0), cores=64), Bottleneck.DECODING),
        (replace(ON, receiving=0.9 * SECOND), Bottleneck.RECEIVING),
        (replace(ON, receiving=SECOND, cores=1, processes=4), Bottleneck.CPU),
    ],
)
def test_each_limit_of_the_machine_has_its_warning(on: Machine, which: Bottleneck) -> None:
    found = of(town(60), on)
    assert (found.late_for, found.limited_by) == ((which,), which)
    assert found.late


@given(st.integers(1, 200), st.integers(1, 40))
def test_what_the_machine_is_said_to_carry_it_carries_and_not_much_more(count: int, took: int) -> None:
    demand, slow = replace(HEAVY, took=took * 100 * MS, uplink=""), replace(ON, receiving=200 * MS)
    carries = of(town(count, demand), slow).carries
    fits, too_many = of(town(carries - 1, demand), slow), of(town(carries + 2, demand), slow)
    assert not fits.late_for
    assert too_many.late_for


def test_an_empty_town_takes_nothing() -> None:
    found = of([])
    assert (found.cameras, found.carries, found.lines, found.late) == (0, 0, (), False)
