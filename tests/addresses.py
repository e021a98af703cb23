"""Addresses and ports of this machine that test processes side by side do not take from each other."""

from __future__ import annotations

import random
import socket

OCTETS = range(100, 255)  # the second of 127.x; the demo, the bench and the simulator alone use lower ones
DOOR = 1024  # the port at the end of each range that says it is taken
UNUSED_BY_CLIENTS = range(20_000, 32_768)  # Linux takes the ports of outgoing connections from above


def _own_base() -> str:
    for octet in OCTETS:
        door = socket.socket()
        try:
            door.bind((f"127.{octet}.255.254", DOOR))
        except OSError:
            door.close()
            continue
        door.detach()  # the kernel keeps it until this process ends, however it ends
        return f"127.{octet}"
    raise RuntimeError("every range of loopback addresses is taken by another test process")


BASE = _own_base()  # the first two octets of addresses that are this process's alone


def free_port(host: str = "127.0.0.1") -> int:
    """A port that stays free while nobody listens: no outgoing connection is given it in the meantime."""
    while True:
        port = random.choice(UNUSED_BY_CLIENTS)
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
