"""Asks probe addresses as the monitor does, in the namespace it is started in; a JSON object goes out.

``python -m tests.real.asking icmp:10.0.0.1 10.0.0.2:80``
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta

import uvloop

from monitor.clock import SystemClock
from monitor.model import ProbeAddress, Stage, TcpAddress
from monitor.parsing import probe_address
from monitor.probes.dialling import connect, failure
from monitor.probes.reach import accepts, answers

PATIENCE = timedelta(seconds=5)


async def asked(address: ProbeAddress) -> list[bool | str | None]:
    """Whether it answers, whether it accepts, and the cause of a connection that fails."""
    clock = SystemClock()
    answer, accepted = await asyncio.gather(answers(address, PATIENCE, clock), accepts(address, PATIENCE, clock))
    return [answer, accepted, await cause_at(address) if isinstance(address, TcpAddress) else ""]


async def cause_at(address: TcpAddress) -> str:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            transport = await connect((address.host,), address.port, asyncio.Protocol)
    except OSError as error:
        cause: str = failure(Stage.TCP, error).cause.value
        return cause
    transport.close()
    return ""


async def main(texts: list[str]) -> dict[str, list[bool | str | None]]:
    # One after the other: a router sends few ICMP errors a second.
    return {text: await asked(probe_address(text)) for text in texts}


if __name__ == "__main__":
    json.dump(uvloop.run(main(sys.argv[1:])), sys.stdout)
