"""Who says "unreachable": real routers, real routing tables, and ICMP echoes through the kernel's own sockets.

The monitor's namespace, a router's behind it, and a village's behind that. Needs root and iproute2.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.model import Cause
from tests.real.namespaces import inside, ip, join, kernel, namespaces

pytestmark = pytest.mark.real

GATEWAY, CAMERA, GONE = "10.201.1.2", "10.201.2.2", "10.201.3.2"
NO_WAY = "10.201.9.2"  # nothing in the monitor's own routing table leads there
ALLOW = "net.ipv4.ping_group_range=0 2147483647"
SETTINGS = "inventory: cameras.csv\nledger: ledger.db\ncanaries: ['127.0.0.1:9', 'icmp:10.201.1.2']\n"


class Country(NamedTuple):
    monitor: str
    router: str
    village: str

    def ask(self, *addresses: str) -> dict[str, list[bool | str | None]]:
        words = inside(self.monitor, sys.executable, "-m", "tests.real.asking", *addresses)
        said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout
        found: dict[str, list[bool | str | None]] = json.loads(said)
        return found


@pytest.fixture(scope="module")
def country() -> Iterator[Country]:
    with namespaces("monitor", "router", "village") as (monitor, router, village):
        join(monitor, "near0", "10.201.1.1/30", router, "near1", f"{GATEWAY}/30")
        join(router, "far0", "10.201.2.1/30", village, "far1", f"{CAMERA}/30")
        kernel(router, "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0")  # it tells everybody, not one a second
        ip("-n", village, "route", "add", "default", "via", "10.201.2.1")
        for network in ("10.201.2.0/24", "10.201.3.0/24"):  # of the second the router knows nothing
            ip("-n", monitor, "route", "add", network, "via", GATEWAY)
        kernel(monitor, ALLOW)
        yield Country(monitor, router, village)


def shown(namespace: str, link: str) -> str:
    words = ("ip", "-n", namespace, "link", "show", "dev", link)
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_an_echo_needs_no_port_and_no_root(country: Country) -> None:
    found = country.ask(f"icmp:{GATEWAY}", f"icmp:{CAMERA}", f"icmp:{GONE}", f"icmp:{NO_WAY}")
    assert found == {
        f"icmp:{GATEWAY}": [True, True, ""],
        f"icmp:{CAMERA}": [True, True, ""],
        f"icmp:{GONE}": [False, False, ""],
        f"icmp:{NO_WAY}": [None, False, ""],  # nobody was asked: no silence of the place
    }


def test_unreachable_is_the_line_s_where_a_router_says_so_and_ours_where_we_know_no_way(country: Country) -> None:
    found = country.ask(f"{CAMERA}:554", f"{GONE}:554", f"{NO_WAY}:554")
    assert found == {
        f"{CAMERA}:554": [True, False, Cause.TCP_REFUSED.value],
        f"{GONE}:554": [False, False, Cause.TCP_UNREACHABLE.value],
        f"{NO_WAY}:554": [None, False, Cause.NO_LOCAL_NETWORK.value],
    }


def test_a_link_of_ours_that_is_down_is_our_own_fault(country: Country) -> None:
    ip("-n", country.monitor, "link", "set", "near0", "down")
    try:
        found = country.ask(f"{CAMERA}:554", f"icmp:{GATEWAY}")
    finally:
        ip("-n", country.monitor, "link", "set", "near0", "up")
        for network in ("10.201.2.0/24", "10.201.3.0/24"):
            ip("-n", country.monitor, "route", "add", network, "via", GATEWAY)
    assert found == {
        f"{CAMERA}:554": [None, False, Cause.NO_LOCAL_NETWORK.value],
        f"icmp:{GATEWAY}": [None, False, ""],
    }


def test_a_cable_pulled_at_the_far_end_is_ours_with_the_setting_operations_names(country: Country) -> None:
    kernel(country.monitor, "net.ipv4.conf.all.ignore_routes_with_linkdown=1")
    ip("-n", country.router, "link", "set", "near1", "down")
    try:
        while "NO-CARRIER" not in shown(country.monitor, "near0"):  # the kernel notices within a second
            pass
        found = country.ask(f"{CAMERA}:554")
    finally:
        ip("-n", country.router, "link", "set", "near1", "up")
        kernel(country.monitor, "net.ipv4.conf.all.ignore_routes_with_linkdown=0")
    assert found == {f"{CAMERA}:554": [None, False, Cause.NO_LOCAL_NETWORK.value]}


@pytest.mark.parametrize("command", ["check-config", "run"])
def test_where_the_kernel_forbids_echoes_check_and_start_say_what_to_set(
    country: Country, tmp_path: Path, command: str
) -> None:
    (tmp_path / "cameras.csv").write_text("camera_id,name,village,url\nc1,东口,柳溪村,rtsp://10.201.2.2/\n", "utf-8")
    (tmp_path / "sharp-eyes.yml").write_text(SETTINGS, "utf-8")
    words = (sys.executable, "-m", "monitor", command, "--config", str(tmp_path / "sharp-eyes.yml"))
    kernel(country.monitor, "net.ipv4.ping_group_range=1 0")
    try:
        refused = subprocess.run(inside(country.monitor, *words), check=False, capture_output=True, text=True)
    finally:
        kernel(country.monitor, ALLOW)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert "sharp-eyes.yml:3: icmp:10.201.1.2: " in said
    assert "net.ipv4.ping_group_range='0 2147483647'" in said
    if command == "check-config":
        allowed = subprocess.run(inside(country.monitor, *words), check=False, capture_output=True, text=True)
        assert allowed.returncode == 0, allowed.stdout
