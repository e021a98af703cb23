"""A real link that is slow, then too slow, then as before: a delay that patience covers changes no verdict."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor.incidents import Origin
from monitor.incidents.faults import BAD_LINE
from monitor.model import Cause
from tests.real.namespaces import TOO_SLOW, WAITING, packets_delayed, restore, slow_down
from tests.real.town_of_lines import Console, in_the_record, running_town

pytestmark = [pytest.mark.real, pytest.mark.slow]

CAMERAS = 8


@pytest.mark.timeout(200)
def test_a_line_that_is_slow_is_online_and_one_that_is_too_slow_is_one_incident(tmp_path: Path) -> None:
    with running_town(tmp_path, CAMERAS, seconds=190) as town:
        console, uplink = town.console, town.uplinks[1]
        usual = took(console, 1)

        how = slow_down(town.there, "c1", WAITING)
        sys.stderr.write(f"the link waits by {how}\n")
        before = packets_delayed(town.there, "c1")
        console.until(lambda: took(console, 1) > usual + 0.15, 60)
        assert packets_delayed(town.there, "c1") > before
        assert console.online() == CAMERAS
        assert console.incidents() == []

        slow_down(town.there, "c1", TOO_SLOW)
        console.until(lambda: console.incidents() == [("uplink", uplink, CAMERAS // 2)], 90)
        causes = {cause for one in console.cameras(1) for cause in Cause if cause.value == one["cause"]}
        assert causes <= ({Cause.TCP_TIMEOUT} if how == "netem" else BAD_LINE), causes
        assert {one["state"] for one in console.cameras(2)} <= {"up", "degraded"}

        restore(town.there, "c1")
        console.until(lambda: console.incidents() == [] and console.online() == CAMERAS, 90)
    lost = [one for one in in_the_record(tmp_path) if one.suspect.origin is not Origin.MONITOR]
    assert [(one.suspect.origin, one.suspect.name, one.cameras) for one in lost] == [
        (Origin.UPLINK, uplink, CAMERAS // 2)
    ]


def took(console: Console, line: int) -> float:
    """The shortest last probe of a line's cameras, in seconds."""
    return min(float(one["last_probe"]["took_seconds"]) for one in console.cameras(line))
