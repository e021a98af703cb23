"""A town in two network namespaces, joined by one real link for each uplink; the monitor's messages go to a webhook.

The simulated cameras live on loopback addresses, which both namespaces are told to route like any others. Canary and
probe address are asked by ICMP echo. Needs root and iproute2.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.incidents import Incident, Incidents, Rules
from monitor.ledger import Ledger, news_of
from tests.programs import missing
from tests.real.namespaces import inside, ip, join, kernel, namespaces

LINES = (1, 2)  # villages of the simulated town, each on an uplink of its own
PATIENCE = "connect_timeout: 1s, total_timeout: 10s, reply_timeout: 5s, first_packet_timeout: 5s, keyframe_timeout: 5s"
PACE = f"interval: 5s, retry: 4s, {PATIENCE}"
ASK = "import sys, urllib.request as u; sys.stdout.write(u.urlopen(sys.argv[1], timeout=5).read().decode())"
SETTINGS = """\
town: 清河镇
inventory: cameras.csv
ledger: ledger.db
reports: reports
listen: 127.0.0.1:0
credentials:
{credentials}
probe: {{{pace}, fall: 3, max_gap: 60s}}
limits: {{per_uplink: 16, uplink_bandwidth: 0Mbit}}
canaries: ["icmp:10.200.2.2"]
places: {{uplinks: {{{uplink}: "icmp:10.200.1.2"}}}}
alerts:
  languages: en
  bulletins: {{daily: null, patrol: null, month: null, pictures: null}}
  receivers:
    vendor-on-call: {{channels: [hook]}}
    tickets: {{channels: [hook]}}
  channels:
    hook: {{kind: gateway, url: "{hook}", most_bytes: 4000, body: '{{"title": "{{title}}", "text": "{{text}}"}}'}}
"""


@dataclass(frozen=True)
class Town:
    """The two namespaces, where the files are, and what runs."""

    here: str  # the monitor's namespace
    there: str  # the cameras'
    folder: Path
    uplinks: dict[int, str]  # what the inventory calls the lines
    console: Console

    @property
    def messages(self) -> list[dict[str, str]]:
        """What the webhook was sent so far."""
        return [json.loads(line) for line in (self.folder / "hook.jsonl").read_text("utf-8").splitlines()]


class Console:
    """The monitor's console, asked from inside its namespace."""

    def __init__(self, namespace: str, address: str) -> None:
        self.namespace, self.address = namespace, address

    def ask(self, path: str) -> Any:
        words = inside(self.namespace, sys.executable, "-c", ASK, self.address + path)
        return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    def incidents(self) -> list[tuple[str, str, int]]:
        """Origin, suspect and how many cameras, of each that is open."""
        found = self.ask("/api/v1/incidents")["incidents"]
        return [(one["origin"], one["suspect"], len(one["cameras"])) for one in found]

    def cameras(self, line: int) -> list[dict[str, Any]]:
        """How the cameras of a line stand."""
        return [one for one in self.ask("/api/v1/status")["cameras"] if one["id"].startswith(f"QX-{line:02}")]

    def online(self) -> int:
        return sum(one["state"] in ("up", "degraded") for line in LINES for one in self.cameras(line))

    def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait; fails when it takes longer."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, self.incidents()
            time.sleep(2)


@contextmanager
def running_town(folder: Path, cameras: int, seconds: int, pace: str = PACE) -> Iterator[Town]:
    """A simulated town and a monitor that has seen all of it online; ``pace`` is how often it asks."""
    town = ("monitor.simulator", "--cameras", str(cameras), "--villages", "2", "--base", "127.77")
    files = ("--inventory", str(folder / "cameras.csv"), "--passwords", str(folder / "passwords.csv"))
    with (
        _two_namespaces() as (here, there),
        _process(there, folder, *town, *files, "--duration", str(seconds)) as simulator,
        _process(here, folder, "tests.real.webhook", str(folder / "hook.jsonl")) as webhook,
    ):
        assert _said(simulator, "ready", folder / f"{there}.log")
        hook = _said(webhook, "listening on ", folder / f"{here}.log").split()[-1]
        uplinks = _furnished(folder, hook, pace)
        with _process(here, folder, "monitor", "run", "--config", str(folder / "sharp-eyes.yml")) as monitor:
            address = _said(monitor, "listening on ", folder / f"{here}.log").split("listening on ")[1].split()[0]
            console = Console(here, address)
            console.until(lambda: console.online() == cameras, 60)
            yield Town(here, there, folder, uplinks, console)


@contextmanager
def lengthened(town: Town, line: int) -> Iterator[None]:
    """The line's cameras are reached over a long line from now on (``tests.real.long_line``); it did carry packets."""
    near, far, us = f"w{line}", f"d{line}", f"10.201.{line}.1"
    if not Path("/dev/net/tun").exists():
        missing("no /dev/net/tun")
    with _process(town.here, town.folder, "tests.real.long_line", near, far) as relay:
        assert _said(relay, "ready", town.folder / f"{town.here}.log")
        ip("-n", town.here, "link", "set", far, "netns", town.there)
        for namespace, link, address in ((town.here, near, us), (town.there, far, f"10.201.{line}.2")):
            ip("-n", namespace, "addr", "add", f"{address}/30", "dev", link)
            ip("-n", namespace, "link", "set", link, "up")
        ip("-n", town.here, "route", "replace", f"127.77.{line}.0/24", "dev", near, "src", us)
        yield
        relay.terminate()
        assert relay.stdout is not None
        carried = json.loads(relay.stdout.readline())
    assert min(carried["passed"]) > 0, carried
    assert sum(carried["lost"]) > 0, carried


@contextmanager
def _two_namespaces() -> Iterator[tuple[str, str]]:
    """The monitor's and the cameras', joined line by line."""
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
        yield monitor, cameras


@contextmanager
def _process(namespace: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
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


def _said(child: subprocess.Popen[str], words: str, log: Path) -> str:
    """The line with these words, as soon as it is printed."""
    assert child.stdout is not None
    while words not in (line := child.stdout.readline()):
        assert line, log.read_text()
    return line


def _furnished(folder: Path, hook: str, pace: str) -> dict[int, str]:
    """Settings for the simulated town; the names of its lines."""
    with (folder / "cameras.csv").open(encoding="utf-8") as file:
        found = {
            (line, row["uplink"]) for row in csv.DictReader(file) for line in LINES if f"127.77.{line}." in row["url"]
        }
    uplinks = dict(found)
    assert len(found) == len(uplinks) == len(LINES)
    credentials = []
    with (folder / "passwords.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            (folder / row["name"]).write_text(row["password"], "utf-8")
            (folder / row["name"]).chmod(0o600)
            credentials.append(f"  {row['name']}: {{username: {row['username']}, password_file: {row['name']}}}")
    text = SETTINGS.format(credentials="\n".join(credentials), uplink=uplinks[1], hook=hook, pace=pace)
    (folder / "sharp-eyes.yml").write_text(text, "utf-8")
    return uplinks


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
