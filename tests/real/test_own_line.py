"""Every real link of the monitor is taken down: it is blind, nobody else is blamed, and nothing is left of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor.incidents import Origin
from monitor.ledger import Ledger, ReachChanged
from monitor.model import Cause, State
from monitor.outages import outages
from tests.real.namespaces import ip
from tests.real.town_of_lines import LINES, PATIENCE, Town, in_the_record, running_town

pytestmark = [pytest.mark.real, pytest.mark.slow]

CAMERAS = 8
# Three failures take longer than to hear that the canary is silent, with room for a busy machine.
PATIENT = f"interval: 10s, retry: 10s, {PATIENCE}"


@pytest.mark.timeout(420)
def test_the_loss_of_the_monitor_s_own_line_is_its_own_blindness_and_no_outage(tmp_path: Path) -> None:
    with running_town(tmp_path, CAMERAS, seconds=400, pace=PATIENT) as town:
        console = town.console
        _links(town, "down")
        console.until(lambda: console.incidents() == [("monitor", "", CAMERAS)], 60)
        shown = {(one["state"], one["cause"]) for line in LINES for one in console.cameras(line)}
        assert shown == {(State.UNKNOWN.value, Cause.MONITOR_BLIND.value)}
        console.until(lambda: bool(town.messages), 150)
        assert console.incidents() == [("monitor", "", CAMERAS)]

        _links(town, "up")
        console.until(lambda: console.incidents() == [] and console.online() == CAMERAS, 60)
        console.until(lambda: len(town.messages) > 1, 170)  # what was told is over when it has been for two minutes
        time.sleep(13)  # the relay looks every ten seconds, and gathers for three
        opened, closed = town.messages
        assert console.ask("/api/v1/incidents")["blind_spots"] == []

    assert "MONITOR" in opened["title"]
    assert closed["title"].startswith("[RECOVERED]"), closed
    (blind,) = [one for one in in_the_record(tmp_path) if one.cause is Cause.MONITOR_BLIND]
    assert (blind.suspect.origin, blind.cameras, blind.falls) == (Origin.MONITOR, CAMERAS, 1)
    assert blind.ended_at is not None
    assert {one.suspect.origin for one in in_the_record(tmp_path)} == {Origin.MONITOR}
    # What the record has is what was ever believed, also between two looks.
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        assert outages(ledger.transitions()) == ()
        reached = [entry.event for entry in ledger.entries_of(ReachChanged)]
    assert reached == [ReachChanged(Origin.UPLINK, town.uplinks[1], reachable=True)]  # it was asked no more


def _links(town: Town, state: str) -> None:
    for line in LINES:
        ip("-n", town.there, "link", "set", f"c{line}", state)
