"""``sharp-eyes probe --onvif``: one round over ONVIF explained: clock, plate, streams, and why it ended. Only asks."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from monitor.cli import texts
from monitor.cli.choosing import chosen
from monitor.cli.exits import Exit
from monitor.cli.pauses import Pauses
from monitor.cli.substream import show_stream
from monitor.clock import SystemClock
from monitor.devices import Devices, devices_path
from monitor.language import Language
from monitor.model import Camera, Cause, Credentials, Identity
from monitor.onvif.discovery import said
from monitor.probes.inspection import Inspection
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.rtsp.ending import Redactor
from monitor.service import load_plan
from monitor.wording import CAUSES


def probe_over_onvif(camera_id: str, config: Path, language: Language, *, insist: bool) -> int:
    """Ask a camera of the inventory once; 0 when it told all that was asked.

    A device that has refused the password is asked only when its pause is over or a person insists.
    """
    if "://" in camera_id:
        print(texts.ONVIF_WANTS_ID[language], file=sys.stderr)
        return Exit.USAGE
    plan = load_plan(config)
    cameras = chosen(plan, [camera_id], language)
    if cameras is None:
        return Exit.USAGE
    (camera,), settings = cameras, plan.settings
    if not camera.onvif:
        print(f"{camera.id}: {texts.SUBSTREAM_NO_ADDRESS[language]}", file=sys.stderr)
        return Exit.USAGE
    pauses = Pauses(settings, Devices(devices_path(settings.ledger)), SystemClock(), insist=insist)
    if reason := pauses.reason(camera, language):
        print(reason + texts.OR_INSIST[language], file=sys.stderr)
        return Exit.NO
    credentials = settings.credentials.get(camera.credentials)
    print(texts.ONVIF_ASKING[language].format(target=camera.onvif))
    told = asyncio.run(_told(camera, credentials, pauses))
    _explain(camera, told, Redactor(credentials), language)
    return Exit.OK if told.cause is Cause.OK else Exit.NO


async def _told(camera: Camera, credentials: Credentials | None, pauses: Pauses) -> Inspection:
    clock, limits = SystemClock(), OnvifLimits()
    told = await inspect(camera.onvif, credentials, clock=clock, limits=limits, certificate=camera.certificate)
    await pauses.heed(camera, told)
    return told


def _explain(camera: Camera, told: Inspection, redactor: Redactor, language: Language) -> None:
    lives = texts.ONVIF_ANSWERS if told.answered else texts.ONVIF_SILENT
    print(f"  {lives[language]}")
    if told.clock_offset is not None:
        print(f"  {texts.SUBSTREAM_CLOCK[language].format(seconds=told.clock_offset.total_seconds())}")
    elif told.answered:
        print(f"  {texts.ONVIF_NO_CLOCK[language]}")
    print(f"  {_plate(told.identity, redactor, language)}")
    show_stream(camera, told.found, redactor, language)
    if told.main:
        print(f"  {texts.ONVIF_MAIN[language].format(url=redactor.clean(told.main))}")
    if told.snapshot is not None:
        print(f"  {(texts.ONVIF_SNAPSHOTS if told.snapshot else texts.ONVIF_NO_SNAPSHOTS)[language]}")
    if told.cause is Cause.OK:
        print(texts.ONVIF_GOOD[language])
        return
    print(texts.ONVIF_BAD[language].format(cause=f"{CAUSES[told.cause][language]} ({told.cause.value})"))
    print(texts.PROBE_CAUSE_PAGE[language].format(cause=told.cause.value))


def _plate(identity: Identity | None, redactor: Redactor, language: Language) -> str:
    if identity is None:
        return texts.ONVIF_NO_PLATE[language]

    def shown(text: str) -> str:
        return redactor.clean(said(text)) or "-"

    return texts.ONVIF_PLATE[language].format(
        maker=shown(identity.maker),
        model=shown(identity.model),
        firmware=shown(identity.firmware),
        serial=shown(identity.serial),
    )
