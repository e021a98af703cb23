"""``sharp-eyes substream``: which stream of a camera is its smallest, as the device says over ONVIF. Only asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from monitor.cli import texts
from monitor.cli.choosing import chosen
from monitor.cli.exits import Exit
from monitor.cli.pauses import Pauses
from monitor.clock import SystemClock
from monitor.devices import Devices, devices_path
from monitor.engine import Plan
from monitor.language import Language
from monitor.model import Camera, Cause
from monitor.probes.inspection import StreamFound
from monitor.probes.onvif import OnvifLimits, smallest_stream
from monitor.rtsp.ending import Redactor
from monitor.service import load_plan
from monitor.substreams import at_the_place_of
from monitor.wording import CAUSES

LARGEST_OFFSET = timedelta(seconds=5)  # of a device's clock that is not worth a word


def substream(ids: Sequence[str], config: Path, language: Language, *, insist: bool) -> int:
    """Ask the cameras of these ids, or all, one after the other; 0 when each that can be asked named a stream.

    A device that has refused the password is asked only when its pause is over or a person insists.
    """
    plan = load_plan(config)
    cameras = chosen(plan, ids, language)
    if cameras is None:
        return Exit.USAGE
    asked = asyncio.run(_asked(plan, cameras or plan.cameras, language, insist=insist))
    return Exit.OK if asked else Exit.NO


async def _asked(plan: Plan, cameras: Sequence[Camera], language: Language, *, insist: bool) -> bool:
    clock, limits, settings = SystemClock(), OnvifLimits(), plan.settings
    pauses = Pauses(settings, Devices(devices_path(settings.ledger)), clock, insist=insist)
    refused: set[tuple[str, str]] = set()  # devices that said no, and to whom: never twice in one call, whoever insists
    good = True
    for camera in cameras:
        print(f"{camera.id}  {camera.url}")
        if not camera.onvif:
            print(f"  {texts.SUBSTREAM_NO_ADDRESS[language]}")
            continue
        if reason := pauses.reason(camera, language):
            print(f"  {reason}{texts.OR_INSIST[language]}")
            good = False
            continue
        credentials = settings.credentials.get(camera.credentials)
        pair = camera.onvif, camera.credentials
        found = await smallest_stream(
            camera.onvif,
            credentials,
            clock=clock,
            limits=limits,
            may_authenticate=pair not in refused,
            certificate=camera.certificate,
        )
        await pauses.heed(camera, found)
        if found.credentials_refused:
            refused.add(pair)
        show_stream(camera, found, Redactor(credentials), language)
        if found.clock_offset is not None and abs(found.clock_offset) > LARGEST_OFFSET:
            print(f"  {texts.SUBSTREAM_CLOCK[language].format(seconds=found.clock_offset.total_seconds())}")
        good = good and found.cause is Cause.OK
    return good


def show_stream(camera: Camera, found: StreamFound, redactor: Redactor, language: Language) -> None:
    """Print the smallest stream a device named, or why it named none."""
    if found.cause is Cause.OK and found.codec is not None:
        text = texts.SUBSTREAM_FOUND[language].format(
            url=redactor.clean(found.url), width=found.width, height=found.height, codec=found.codec.value
        )
        print(f"  {text}")
        if found.url == camera.url:
            print(f"  {texts.SUBSTREAM_SAME[language]}")
        elif (asked := at_the_place_of(camera.url, found.url)) != found.url:
            print(f"  {texts.SUBSTREAM_PLACE[language].format(url=redactor.clean(asked))}")
    else:
        cause = f"{CAUSES[found.cause][language]} ({found.cause.value})"
        print(f"  {texts.SUBSTREAM_NONE[language].format(cause=cause)}")
        if found.detail:
            print(f"  {found.detail}")
