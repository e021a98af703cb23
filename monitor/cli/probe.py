"""``sharp-eyes probe``: one probe explained stage by stage. It changes no record."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.errors import LocalProtocolError
from monitor.language import Language
from monitor.model import Cause, Credentials, Result, Secret
from monitor.probes.camera import result_of
from monitor.probes.decode import look_at
from monitor.probes.rtsp import Fetched, RtspLimits, fetch_keyframe
from monitor.rtsp.urls import parse_target
from monitor.service import limits_of, load_plan
from monitor.wording import CAUSES, RUNGS, STAGES

PASSWORD_VARIABLE = "SHARP_EYES_PASSWORD"


def probe(target: str, config: Path, user: str | None, language: Language, *, verbose: bool) -> int:
    """Probe a camera of the inventory by its id, or any address; 0 when it is online with a good picture."""
    if target.lower().startswith(("rtsp://", "rtsps://")):
        if "@" in target.split("/")[2]:
            print(texts.URL_WITH_PASSWORD[language], file=sys.stderr)
            return Exit.USAGE
        try:
            parse_target(target)
        except LocalProtocolError as error:
            print(f"{target}: {error}", file=sys.stderr)
            return Exit.USAGE
        url, credentials, limits = target, _asked(user, language), RtspLimits()
    else:
        plan = load_plan(config)
        by_id = {camera.id: camera for camera in plan.cameras}
        if target not in by_id:
            near = ", ".join(get_close_matches(target, by_id, 3)) or texts.NONE[language]
            print(texts.NO_SUCH_CAMERA[language].format(id=target, near=near), file=sys.stderr)
            return Exit.USAGE
        url, limits = by_id[target].url, limits_of(plan.settings)
        credentials = plan.settings.credentials.get(by_id[target].credentials)
    print(texts.PROBING[language].format(target=url))
    result, transcript = asyncio.run(_probed(url, credentials, limits, verbose=verbose))
    _explain(result, transcript, language)
    return Exit.OK if result.cause is Cause.OK else Exit.NO


def _asked(user: str | None, language: Language) -> Credentials | None:
    if user is None:
        return None
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        password = getpass.getpass(texts.ASK_PASSWORD[language].format(user=user))
    return Credentials(user, Secret(password))


async def _probed(
    url: str, credentials: Credentials | None, limits: RtspLimits, *, verbose: bool
) -> tuple[Result, tuple[str, ...]]:
    clock = SystemClock()
    at = clock.now()
    fetched: Fetched = await fetch_keyframe(url, credentials, limits=limits, clock=clock, transcript=verbose)
    began = clock.monotonic()
    seen = look_at(fetched.keyframe, None) if fetched.keyframe else None
    looking = timedelta(seconds=clock.monotonic() - began)
    return result_of("", at, fetched, seen, looking), fetched.transcript


def _explain(result: Result, transcript: tuple[str, ...], language: Language) -> None:
    for line in transcript:
        print(f"  {line}")
    for stage in result.stages:
        print(f"  {STAGES[stage.stage][language]:<12} {stage.took.total_seconds() * 1000:8.1f} ms")
    print(texts.PROBE_RUNG[language].format(rung=RUNGS[result.rung][language]))
    if result.codec is not None:
        print(
            texts.PROBE_RECEIVED[language].format(
                received=result.received_bytes, keyframe=result.keyframe_bytes, codec=result.codec.value
            )
        )
    if result.picture is not None:
        print(texts.PROBE_PICTURE[language].format(width=result.picture.width, height=result.picture.height))
        for finding in result.picture.findings:
            mark = "✗" if finding.faulty else "✓"
            print(
                texts.FINDING[language].format(
                    mark=mark, measure=finding.measure, value=finding.value, threshold=finding.threshold
                )
            )
    if result.detail:
        print(f"  {result.detail}")
    took = result.took.total_seconds() * 1000
    if result.cause is Cause.OK:
        print(texts.PROBE_GOOD[language].format(took=took))
        return
    cause = f"{CAUSES[result.cause][language]} ({result.cause.value})"
    print(texts.PROBE_BAD[language].format(cause=cause, stage=STAGES[result.stage][language], took=took))
    print(texts.PROBE_CAUSE_PAGE[language].format(cause=result.cause.value))
