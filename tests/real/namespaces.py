"""Network namespaces of our own, joined by real links that a test may take down. Needs root and iproute2."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

NEEDS = "needs root and iproute2: network namespaces are made and links taken down"
NARROW = "1mbit"  # the forty cameras of a line take three quarters of it


def ip(*words: str) -> None:
    """Run iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def inside(namespace: str, *words: str) -> Sequence[str]:
    """The command that runs another one in a namespace."""
    return ("ip", "netns", "exec", namespace, *words)


def kernel(namespace: str, *settings: str) -> None:
    """Set ``key=value`` of the namespace's kernel."""
    subprocess.run(inside(namespace, "sysctl", "-qw", *settings), check=True, capture_output=True)


@contextmanager
def namespaces(*names: str) -> Iterator[tuple[str, ...]]:
    """New ones, each with its loopback up; their full names. They are gone afterwards, and all links with them."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip(NEEDS)
    full = tuple(f"se-{name}-{os.getpid()}" for name in names)
    try:
        for name in full:
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as refused:
                pytest.skip(f"network namespaces cannot be made here: {refused.stderr.strip()}")
            ip("-n", name, "link", "set", "lo", "up")
        yield full
    finally:
        for name in full:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def join(near: str, near_link: str, near_address: str, far: str, far_link: str, far_address: str) -> None:
    """Lay a link between two namespaces; addresses with their prefix length."""
    ip("link", "add", "name", near_link, "netns", near, "type", "veth", "peer", "name", far_link, "netns", far)
    for namespace, link, address in ((near, near_link, near_address), (far, far_link, far_address)):
        ip("-n", namespace, "addr", "add", address, "dev", link)
        ip("-n", namespace, "link", "set", link, "up")


def slow_down(namespace: str, link: str) -> None:
    """Delay what leaves by a link: by a time where the kernel can (netem), else by what waits in a narrow one (tbf)."""
    add = inside(namespace, "tc", "qdisc", "add", "dev", link, "root")
    later = (*add, "netem", "delay", "150ms", "50ms")
    narrow = (*add, "tbf", "rate", NARROW, "burst", "1600", "latency", "3s")
    if subprocess.run(later, check=False, capture_output=True).returncode:
        subprocess.run(narrow, check=True, capture_output=True)


def packets_delayed(namespace: str, link: str) -> int:
    """How many packets ``slow_down`` has kept waiting on the link so far."""
    words = inside(namespace, "tc", "-s", "-j", "qdisc", "show", "dev", link)
    (queue,) = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return int(queue["packets"] if queue["kind"] == "netem" else queue["overlimits"])
