"""A real link that is slow, then too slow, then as before: a delay that patience covers changes no verdict.

The other line is a long one all the while: 0.4 s each way, and a packet in fifty is lost.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor.incidents import Origin
from monitor.incidents.faults import BAD_LINE
from monitor.model import Cause
from tests.real.long_line import DELAY, JITTER
from tests.real.namespaces import TOO_SLOW, WAITING, packets_delayed, restore, slow_down
from tests.real.town_of_lines import Console, in_the_record, lengthened, running_town

pytestmark = [pytest.mark.real, pytest.mark.slow]

CAMERAS = 8
# Four round trips and a lost packet now and then fit in.
LONG_WAY = 4 * 2 * (DELAY - JITTER)  # seconds: connection, two questions for the stream, and its start
PATIENT = "interval: 5s, retry: 4s, connect_timeout: 4s, total_timeout: 15s, reply_timeout: 5s, keyframe_timeout: 10s"


@pytest.mark.timeout(200)
def test_a_line_that_is_slow_is_online_and_one_that_is_too_slow_is_one_incident(tmp_path: Path) -> None:
    with running_town(tmp_path, CAMERAS, 190, PATIENT) as town, lengthened(town, 2):
        console, uplink = town.console, town.uplinks[1]
        usual, usual_far = took(console, 1), took(console, 2)
        console.until(lambda: took(console, 2) > usual_far + LONG_WAY, 60)

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
        assert took(console, 2) > usual_far + LONG_WAY
    lost = [one for one in in_the_record(tmp_path) if one.suspect.origin is not Origin.MONITOR]
    assert [(one.suspect.origin, one.suspect.name, one.cameras) for one in lost] == [
        (Origin.UPLINK, uplink, CAMERAS // 2)
    ]


def took(console: Console, line: int) -> float:
    """The shortest last probe of a line's cameras, in seconds."""
    return min(float(one["last_probe"]["took_seconds"]) for one in console.cameras(line))
