"""A real link is taken down for longer than an incident takes to settle: what is recorded, shown and told of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor.incidents import Origin, Rules
from monitor.ledger import Ledger, ReachChanged
from monitor.outages import outages
from tests.real.namespaces import ip
from tests.real.town_of_lines import in_the_record, running_town

pytestmark = [pytest.mark.real, pytest.mark.slow]

SETTLING = Rules().settling.total_seconds()
LONG = max(125.0, SETTLING)  # seconds


@pytest.mark.timeout(290)
def test_an_uplink_of_forty_cameras_that_is_cut_is_one_incident_one_message_and_one_recovery(tmp_path: Path) -> None:
    with running_town(tmp_path, cameras=80, seconds=280) as town:
        console, uplink = town.console, town.uplinks[1]
        ip("-n", town.there, "link", "set", "c1", "down")
        cut = time.monotonic()
        console.until(lambda: console.incidents() == [("uplink", uplink, 40)], 90)
        told_after = 0.0
        while not told_after or time.monotonic() - cut < LONG:
            assert time.monotonic() - cut < 180, "an incident is told once it has settled"
            time.sleep(5)
            assert console.incidents() == [("uplink", uplink, 40)]
            if town.messages and not told_after:
                told_after = time.monotonic() - cut
        assert told_after > SETTLING, "no message before an incident has settled"
        (shown,) = console.ask("/api/v1/incidents")["incidents"]

        ip("-n", town.there, "link", "set", "c1", "up")
        console.until(lambda: console.incidents() == [] and console.online() == 80, 60)
        console.until(lambda: len(town.messages) > 1, 30)
        time.sleep(13)  # the relay looks every ten seconds, and gathers for three
        opened, closed = town.messages

    assert "40 cameras" in opened["title"]
    assert f"incident {shown['id']}" in opened["text"]
    assert closed["title"].startswith("[RECOVERED]"), closed
    assert f"incident {shown['id']}" in closed["text"]
    lost = [one for one in in_the_record(tmp_path) if one.suspect.origin is not Origin.MONITOR]
    assert [(one.id, one.suspect.origin, one.suspect.name, one.cameras, one.falls) for one in lost] == [
        (shown["id"], Origin.UPLINK, uplink, 40, 1)
    ]
    assert lost[0].ended_at is not None
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        down = outages(ledger.transitions())
        reached = [entry.event for entry in ledger.entries_of(ReachChanged)]
    assert len(down) == 40
    assert {outage.camera_id[:5] for outage in down} == {"QX-01"}
    assert reached == [ReachChanged(Origin.UPLINK, uplink, reachable) for reachable in (True, False, True)]
