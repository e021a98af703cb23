"""``sharp-eyes probe``: one probe explained stage by stage. It changes no record."""

from __future__ import annotations

import asyncio
import getpass
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.cli import texts
from monitor.cli.choosing import chosen
from monitor.cli.diagnose import finding_lines, verdict_lines
from monitor.cli.exits import Exit
from monitor.cli.pauses import Pauses
from monitor.clock import SystemClock
from monitor.devices import Devices, devices_path
from monitor.engine.knowledge import stream_to_ask
from monitor.errors import LocalProtocolError
from monitor.language import Language
from monitor.memories import Memories, memories_path
from monitor.model import Ask, Camera, Cause, Credentials, Look, Result, Secret, Site, SiteCategory
from monitor.picture import Memory
from monitor.probes.camera import fetch, result_of, with_picture
from monitor.probes.decode import LOOKS
from monitor.probes.rtsp import Fetched, RtspLimits
from monitor.rtsp.urls import parse_target
from monitor.service import limits_of, load_plan
from monitor.settings import Settings
from monitor.wording import CAUSES, NOTES, RUNGS, STAGES

PASSWORD_VARIABLE = "SHARP_EYES_PASSWORD"


class Shown(NamedTuple):
    """What is shown beside the stages and the verdict."""

    exchange: bool  # every request and reply
    picture: bool  # every number of the picture


def probe(target: str, config: Path, user: str | None, language: Language, shown: Shown, *, insist: bool) -> int:
    """Probe a camera of the inventory by its id, or any address; 0 when it is online with a good picture.

    A camera of the inventory whose device has refused the password is asked only when its pause is over or a person
    insists. Of an address nothing is remembered.
    """
    if target.lower().startswith(("rtsp://", "rtsps://")):
        if "@" in target.split("/")[2]:
            print(texts.URL_WITH_PASSWORD[language], file=sys.stderr)
            return Exit.USAGE
        try:
            parse_target(target)
        except LocalProtocolError as error:
            print(f"{target}: {error}", file=sys.stderr)
            return Exit.USAGE
        ask = Ask(_nameless(target), SystemClock().now(), credentials=_asked(user, language), look=Look.DEMANDED)
        return _explained(ask, RtspLimits(), None, Memory.fresh(), language, shown)
    plan = load_plan(config)
    cameras = chosen(plan, [target], language)
    if cameras is None:
        return Exit.USAGE
    (camera,), settings = cameras, plan.settings
    devices = Devices(devices_path(settings.ledger))
    pauses = Pauses(settings, devices, SystemClock(), insist=insist)
    if reason := pauses.reason(camera, language):
        print(reason + texts.OR_INSIST[language], file=sys.stderr)
        return Exit.NO
    ask = _as_the_monitor_asks(camera, settings, devices)
    return _explained(ask, limits_of(settings), pauses, _remembered(camera, settings), language, shown)


def _remembered(camera: Camera, settings: Settings) -> Memory:
    """What the monitor knows of the camera's picture; a probe by hand adds nothing to it."""
    path = memories_path(settings.ledger)
    memories = Memories(path if path.exists() else None)
    try:
        return memories.load(camera.id)
    finally:
        memories.close()


def _as_the_monitor_asks(camera: Camera, settings: Settings, devices: Devices) -> Ask:
    """The stream and the transport that the monitor would ask for, but the picture is looked at in any case."""
    now, stream = SystemClock().now(), devices.stream(camera.id, camera.url)
    return Ask(
        camera,
        now,
        url=stream_to_ask(camera, stream, settings.probe.stream, now),
        credentials=settings.credentials.get(camera.credentials),
        transport=stream.transport,
        look=Look.DEMANDED,
        view=settings.picture.view_of(camera.id),
    )


def _explained(
    ask: Ask, limits: RtspLimits, pauses: Pauses | None, memory: Memory, language: Language, shown: Shown
) -> int:
    asked = ask.url or ask.camera.url
    print(texts.PROBING[language].format(target=asked))
    result, fetched = _run(_probed(ask, limits, pauses, memory, transcript=shown.exchange))
    if result.url != asked:
        print(texts.PROBE_AS_WRITTEN[language].format(target=result.url))
    _tell_exchange(fetched, language)
    _explain(result, language, shown)
    return Exit.OK if result.cause is Cause.OK else Exit.NO


def _run(probing: Coroutine[None, None, tuple[Result, Fetched]]) -> tuple[Result, Fetched]:
    """The outcome; who ends us by SIGTERM or SIGHUP interrupts it as Ctrl-C does: the device gets its TEARDOWN."""

    async def interruptible() -> tuple[Result, Fetched]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        if threading.current_thread() is threading.main_thread():  # no other hears of signals
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, task.cancel)
        return await probing

    try:
        return asyncio.run(interruptible())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _asked(user: str | None, language: Language) -> Credentials | None:
    if user is None:
        return None
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        password = getpass.getpass(texts.ASK_PASSWORD[language].format(user=user))
    return Credentials(user, Secret(password))


def _nameless(url: str) -> Camera:
    """A camera of which nothing is known but its address."""
    return Camera("", "", Site("", "", SiteCategory.OTHER, "", "", ""), "", url)


async def _probed(
    ask: Ask, limits: RtspLimits, pauses: Pauses | None, memory: Memory, *, transcript: bool
) -> tuple[Result, Fetched]:
    clock = SystemClock()
    fetched = await fetch(ask, limits, clock, transcript=transcript)
    result = result_of(ask, fetched)
    if pauses is not None:
        await pauses.heed(ask.camera, result)
    if fetched.keyframe is not None:
        began = clock.monotonic()
        seen = LOOKS[ask.view](fetched.keyframe, memory, ask.at)
        result = with_picture(result, seen, timedelta(seconds=clock.monotonic() - began))
    return result, fetched


def _tell_exchange(fetched: Fetched, language: Language) -> None:
    """What was said, if that was asked for, and what the device told of itself by it."""
    for line in fetched.transcript:
        print(f"  {line}")
    heard = fetched.heard
    if heard is None:
        return
    if heard.server or heard.tool:
        print(texts.PROBE_HEARD[language].format(what="; ".join(filter(None, (heard.server, heard.tool)))))
    if heard.unreadable:
        print(texts.PROBE_UNREADABLE[language].format(what=heard.unreadable))
    if fetched.keyframe is not None:
        print(texts.PROBE_MISSING[language].format(packets=fetched.keyframe.packets_lost))


def _explain(result: Result, language: Language, shown: Shown) -> None:
    for stage in result.stages:
        print(f"  {STAGES[stage.stage][language]:<12} {stage.took.total_seconds() * 1000:8.1f} ms")
    print(texts.PROBE_RUNG[language].format(rung=RUNGS[result.rung][language]))
    if result.codec is not None:
        print(
            texts.PROBE_RECEIVED[language].format(
                received=result.received_bytes, keyframe=result.keyframe_bytes, codec=result.codec.value
            )
        )
        print(texts.PROBE_TRANSPORT[language].format(transport=result.transport.value))
    if result.picture is not None:
        print(texts.PROBE_PICTURE[language].format(width=result.picture.width, height=result.picture.height))
        if shown.picture:
            print("\n".join(finding_lines(result.picture, language)))
        for line in verdict_lines(result.picture, language):
            print(f"  {line}")
    if result.detail:
        print(f"  {result.detail}")
    for note in result.notes:
        print(texts.PROBE_NOTE[language].format(words=NOTES[note][language], note=note.value))
    took = result.took.total_seconds() * 1000
    if result.cause is Cause.OK:
        print(texts.PROBE_GOOD[language].format(took=took))
        return
    cause = f"{CAUSES[result.cause][language]} ({result.cause.value})"
    print(texts.PROBE_BAD[language].format(cause=cause, stage=STAGES[result.stage][language], took=took))
    print(texts.PROBE_CAUSE_PAGE[language].format(cause=result.cause.value))
