"""One asker of an ONVIF device, or the device, in a process of its own: prints a line, or what it cost as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum

import uvloop

from monitor.clock import SystemClock
from monitor.heap import settle_heap
from monitor.model import Cause, Credentials, Secret
from monitor.onvif import envelope
from monitor.onvif.addresses import parse_address
from monitor.probes import onvif
from monitor.probes.dialling import ACCEPT
from monitor.probes.http import HttpClient, HttpLimits
from monitor.probes.inspection import Manners
from monitor.probes.login import Login
from monitor.probes.onvif_run import Run, Stream
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, running
from tests.bench import proc

WARM, AT_ONCE, TIMES = 8, 8, 5
LOGIN = Credentials(USER, Secret(PASSWORD))
SETUP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


class Asker(StrEnum):
    """Who asks."""

    OURS = "ours, five calls"
    OURS_FIRST = "ours, five calls, the device asked for the first time"
    OURS_WHOLE = "ours, the whole round of seven"
    ZEEP_NEW = "onvif-zeep-async, five calls, each camera anew"
    ZEEP_KEPT = "onvif-zeep-async, five calls, the same camera again"
    BARE = "five requests and answers, nothing read or judged"


Round = Callable[[], Awaitable[None]]


async def ours(port: int) -> Round:
    """Clock, services, profiles, smallest stream, plate, of a device that took a token in its last round."""
    return _five(port, took_token=True)


async def ours_first(port: int) -> Round:
    """The same of one that is not known yet: it is asked a sixth question, without credentials."""
    return _five(port, took_token=False)


def _five(port: int, *, took_token: bool) -> Round:
    clock, limits = SystemClock(), onvif.OnvifLimits()

    async def five(run: Run) -> Stream:
        await run._read_clock()
        found = await run._of_media(await run._media_services(), run._smallest)
        await run._read_plate()
        return found

    async def once() -> None:
        login = Login(LOGIN, lambda size: b"0" * size, may_authenticate=True, manners=Manners(took_token))
        told = await onvif._asked(f"127.0.0.1:{port}", login, clock, limits, ACCEPT, five)
        assert told.found.url
        assert told.identity is not None

    return once


async def ours_whole(port: int) -> Round:
    """As the engine asks a device that took a token in its last round."""
    clock, limits = SystemClock(), onvif.OnvifLimits()

    async def once() -> None:
        told = await onvif.inspect(f"127.0.0.1:{port}", LOGIN, clock=clock, limits=limits, manners=Manners(True))
        assert told.cause is Cause.OK
        assert told.main

    return once


async def zeep_new(port: int) -> Round:
    """As whoever has many cameras: an object for each, the WSDL read once for all."""

    async def once() -> None:
        camera, call = await _zeep(port)
        await call()
        await camera.close()

    return once


async def zeep_kept(port: int) -> Round:
    """The cheapest there is: one object for good, its connections kept."""
    _, call = await _zeep(port)

    async def once() -> None:
        await call()

    return once


async def bare(port: int) -> Round:
    """What sockets and event loop cost by themselves."""
    service = parse_address(f"127.0.0.1:{port}")
    calls = (*(envelope.GET_SYSTEM_DATE_AND_TIME, envelope.GET_SERVICES) * 2, envelope.GET_CAPABILITIES)

    async def once() -> None:
        http = HttpClient(HttpLimits())
        for call in calls:
            await http.post(service, call.content_type, call.envelope())
        http.hang_up()

    return once


async def _zeep(port: int):  # type: ignore[no-untyped-def]
    from onvif import ONVIFCamera

    camera = ONVIFCamera("127.0.0.1", port, USER, PASSWORD)
    await camera.update_xaddrs()
    device = await camera.create_devicemgmt_service()
    media = await camera.create_media_service()

    async def call() -> None:
        await device.GetSystemDateAndTime()
        await device.GetServices({"IncludeCapability": False})
        assert (await device.GetDeviceInformation()).SerialNumber
        profiles = await media.GetProfiles()
        smallest = min(profiles, key=lambda each: int(each.VideoEncoderConfiguration.Resolution.Width))
        assert (await media.GetStreamUri({"StreamSetup": SETUP, "ProfileToken": smallest.token})).Uri

    return camera, call


MAKERS: dict[Asker, Callable[[int], Awaitable[Round]]] = {
    Asker.OURS: ours,
    Asker.OURS_FIRST: ours_first,
    Asker.OURS_WHOLE: ours_whole,
    Asker.ZEEP_NEW: zeep_new,
    Asker.ZEEP_KEPT: zeep_kept,
    Asker.BARE: bare,
}


async def asked(asker: Asker, port: int, rounds: int) -> dict[str, float]:
    """What so many rounds cost after a few that do not count: CPU seconds a round, and memory at the end in bytes.

    They are asked several times, and the least disturbed time counts.
    """
    once = await MAKERS[asker](port)
    for _ in range(WARM):
        await once()
    settle_heap()
    user, system = min([await _cost_of(once, rounds) for _ in range(TIMES)], key=sum)
    return {"user": user, "system": system, "memory": float(proc.memory_of(os.getpid()).peak)}


async def _cost_of(once: Round, rounds: int) -> tuple[float, float]:
    left = iter(range(rounds))

    async def in_turn() -> None:
        for _ in left:
            await once()

    before = resource.getrusage(resource.RUSAGE_SELF)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(in_turn())
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime - before.ru_utime) / rounds, (after.ru_stime - before.ru_stime) / rounds


async def serve() -> None:
    """The device, until its process is ended."""
    async with running(OnvifDevice()) as device:
        sys.stdout.write(f"{device.port}\n")
        sys.stdout.flush()
        while True:
            await asyncio.sleep(3600)
            device.asked.clear()


def main(arguments: list[str]) -> None:
    """``serve``, or an asker, a port and a number of rounds."""
    if arguments == ["serve"]:
        uvloop.run(serve())
        return
    asker, port, rounds = arguments
    sys.stdout.write(json.dumps(uvloop.run(asked(Asker(asker), int(port), int(rounds)))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
