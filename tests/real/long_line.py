"""A long line between two TUN devices: what goes into one comes out of the other later, in its order, or is lost.

``python -m tests.real.long_line NEAR FAR`` makes both where it is started; either may then be moved elsewhere.
It works on kernels without netem, and with every kind of packet. At SIGTERM it prints how many it passed on and lost.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import random
import signal
import struct
import sys
from dataclasses import dataclass, field

DELAY, JITTER, LOSS = 0.4, 0.1, 0.02  # seconds each way, give or take; share of all packets
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
LONGEST_PACKET = 65536


def tunnel(name: str) -> int:
    """A TUN device of this name in this namespace, as a descriptor: one packet a read."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


@dataclass
class Way:
    """One direction."""

    source: int
    target: int
    passed: int = 0
    lost: int = 0
    free_at: float = 0.0  # when the last packet comes out: none overtakes another
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def take(self) -> None:
        """A packet has come."""
        packet = os.read(self.source, LONGEST_PACKET)
        if self.chance.random() < LOSS:
            self.lost += 1
            return
        loop = asyncio.get_running_loop()
        self.free_at = max(self.free_at, loop.time() + self.chance.uniform(DELAY - JITTER, DELAY + JITTER))
        loop.call_at(self.free_at, self._give, packet)

    def _give(self, packet: bytes) -> None:
        try:
            os.write(self.target, packet)
        except OSError:  # its device is down
            self.lost += 1
        else:
            self.passed += 1


async def main(near: str, far: str) -> None:
    """Until SIGTERM."""
    one, other = tunnel(near), tunnel(far)
    ways = Way(one, other), Way(other, one)
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    for way in ways:
        loop.add_reader(way.source, way.take)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await over.wait()
    sys.stdout.write(json.dumps({"passed": [way.passed for way in ways], "lost": [way.lost for way in ways]}) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
