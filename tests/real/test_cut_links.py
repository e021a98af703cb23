"""A town in two network namespaces, joined by one real link for each uplink, one of which is taken down.

The simulated cameras live on loopback addresses, which both namespaces are told to route like any others. The other
line is a slow one. Canary and probe address are asked by ICMP echo. Needs root and iproute2.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.incidents import Incident, Incidents, Origin, Rules
from monitor.ledger import Ledger, ReachChanged, news_of
from monitor.model import State
from monitor.outages import outages
from tests.real.namespaces import inside, ip, join, kernel, namespaces, packets_delayed, slow_down

pytestmark = [pytest.mark.real, pytest.mark.slow]

LINES = (1, 2)  # villages of the simulated town, each on an uplink of its own
ASK = "import sys, urllib.request as u; sys.stdout.write(u.urlopen(sys.argv[1], timeout=5).read().decode())"
SETTINGS = """\
town: 清河镇
inventory: cameras.csv
ledger: ledger.db
reports: reports
listen: 127.0.0.1:0
credentials:
{credentials}
probe: {{interval: 10s, retry: 2s, fall: 3, max_gap: 60s, connect_timeout: 1s, total_timeout: 10s,
  reply_timeout: 5s, first_packet_timeout: 5s, keyframe_timeout: 5s}}
limits: {{per_uplink: 16, uplink_bandwidth: 0Mbit}}
canaries: ["icmp:10.200.2.2"]
places: {{uplinks: {{{uplink}: "icmp:10.200.1.2"}}}}
"""


@contextmanager
def two_namespaces() -> Iterator[tuple[str, str]]:
    """The monitor's and the cameras', joined line by line, the second line a slow one."""
    with namespaces("monitor", "cameras") as (monitor, cameras):
        keys = ("all.route_localnet=1", "default.route_localnet=1", "all.rp_filter=0", "default.rp_filter=0")
        for name in (monitor, cameras):
            kernel(name, *(f"net.ipv4.conf.{key}" for key in keys))
        kernel(monitor, "net.ipv4.ping_group_range=0 2147483647")
        for line in LINES:
            join(monitor, f"v{line}", f"10.200.{line}.1/30", cameras, f"c{line}", f"10.200.{line}.2/30")
        ip("-n", monitor, "route", "del", "local", "127.0.0.0/8", "dev", "lo", "table", "local")
        ip("-n", monitor, "route", "add", "local", "127.0.0.0/24", "dev", "lo", "table", "local")
        for line in LINES:
            there, us = f"10.200.{line}.2", f"10.200.{line}.1"
            ip("-n", monitor, "route", "add", f"127.77.{line}.0/24", "via", there, "dev", f"v{line}", "src", us)
        slow_down(cameras, "c2")
        yield monitor, cameras


@contextmanager
def process(namespace: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """One of ours in a namespace, ended when the block is."""
    with (folder / f"{namespace}.log").open("a") as log:
        child = subprocess.Popen(
            inside(namespace, sys.executable, "-m", *words),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield child
        finally:
            child.terminate()
            child.communicate(timeout=30)


class Console:
    """The monitor's console, asked from inside its namespace; what it showed is kept."""

    def __init__(self, namespace: str, address: str) -> None:
        self.namespace, self.address = namespace, address
        self.settled: set[str] = set()  # incidents of which a message would have been sent

    def ask(self, path: str) -> Any:
        words = inside(self.namespace, sys.executable, "-c", ASK, self.address + path)
        return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    def incidents(self) -> list[tuple[str, str, int]]:
        found = self.ask("/api/v1/incidents")["incidents"]
        self.settled |= {one["id"] for one in found if one["settled"] and one["origin"] != "monitor"}
        return [(one["origin"], one["suspect"], len(one["cameras"])) for one in found]

    def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait; fails when it takes longer."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, self.incidents()
            time.sleep(1)


def furnished(folder: Path) -> str:
    """Settings for the simulated town; the name of the first line."""
    with (folder / "cameras.csv").open(encoding="utf-8") as file:
        uplinks = {row["uplink"] for row in csv.DictReader(file) if "127.77.1." in row["url"]}
    (uplink,) = uplinks
    credentials = []
    with (folder / "passwords.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            (folder / row["name"]).write_text(row["password"], "utf-8")
            (folder / row["name"]).chmod(0o600)
            credentials.append(f"  {row['name']}: {{username: {row['username']}, password_file: {row['name']}}}")
    text = SETTINGS.format(credentials="\n".join(credentials), uplink=uplink)
    (folder / "sharp-eyes.yml").write_text(text, "utf-8")
    return uplink


def in_the_record(folder: Path) -> list[Incident]:
    """Every incident that a reading of the record finds."""
    archived: list[Incident] = []
    found = Incidents(Rules(), lambda shown, _: archived.append(shown))
    with Ledger.open_read_only(folder / "ledger.db") as ledger:
        for entry in ledger.entries():
            news = news_of(entry.event)
            if news is not None:
                found.note(entry.recorded_at, news)
    return [*archived, *(shown for shown, _ in found.finish())]


@pytest.mark.timeout(240)
def test_an_uplink_of_forty_cameras_that_is_cut_is_one_incident_and_its_return_closes_it(tmp_path: Path) -> None:
    town = ("monitor.simulator", "--cameras", "80", "--villages", "2", "--base", "127.77", "--duration", "220")
    files = ("--inventory", str(tmp_path / "cameras.csv"), "--passwords", str(tmp_path / "passwords.csv"))
    with (
        two_namespaces() as (here, there),
        process(there, tmp_path, *town, *files) as cameras,
    ):
        assert cameras.stdout is not None
        assert cameras.stdout.readline() == "ready\n"
        uplink = furnished(tmp_path)
        with process(here, tmp_path, "monitor", "run", "--config", str(tmp_path / "sharp-eyes.yml")) as monitor:
            assert monitor.stdout is not None
            said = ""
            while "listening on " not in said:
                said = monitor.stdout.readline()
                assert said, (tmp_path / f"{here}.log").read_text()
            console = Console(here, said.split("listening on ")[1].split()[0])
            console.until(lambda: _online(console) == 80, 60)
            assert packets_delayed(there, "c2") > 100

            ip("-n", there, "link", "set", "c1", "down")
            console.until(lambda: console.incidents() == [("uplink", uplink, 40)], 90)
            for _ in range(5):
                time.sleep(2)
                assert console.incidents() == [("uplink", uplink, 40)]

            ip("-n", there, "link", "set", "c1", "up")
            console.until(lambda: console.incidents() == [] and _online(console) == 80, 60)
    assert len(console.settled) <= 1
    lost = [one for one in in_the_record(tmp_path) if one.suspect.origin is not Origin.MONITOR]
    assert [(one.suspect.origin, one.suspect.name, one.cameras) for one in lost] == [(Origin.UPLINK, uplink, 40)]
    assert lost[0].ended_at is not None
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        down = outages(ledger.transitions())
        reached = [entry.event for entry in ledger.entries_of(ReachChanged)]
    assert len(down) == 40
    assert {outage.camera_id[:5] for outage in down} == {"QX-01"}
    assert reached == [ReachChanged(Origin.UPLINK, uplink, reachable) for reachable in (True, False, True)]


def _online(console: Console) -> int:
    return sum(one["state"] in (State.UP, State.DEGRADED) for one in console.ask("/api/v1/status")["cameras"])
