"""Asks a device over ONVIF for its smallest video stream, or for all that findings are made of.

What is asked, and in which order, decides ``monitor.probes.onvif_run``; here a run begins and ends. Must never outlive
its limits, raise for what a device does, or tell a secret.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from monitor.clock import Clock
from monitor.errors import LocalProtocolError
from monitor.model import Cause, Credentials
from monitor.onvif.addresses import parse_address
from monitor.onvif.profiles import Profile
from monitor.probes.dialling import ACCEPT
from monitor.probes.http import HttpClient, HttpLimits
from monitor.probes.inspection import Inspection, Manners, StreamFound
from monitor.probes.login import Login
from monitor.probes.onvif_run import Ended, Run, Stream
from monitor.rtsp.ending import Redactor

_NO_STREAM: Final[Stream] = ("", Profile("", None))


@dataclass(frozen=True, slots=True)
class OnvifLimits:
    """How long a run may take, and each exchange in it."""

    exchange: HttpLimits = field(default_factory=HttpLimits)
    total: timedelta = timedelta(seconds=30)


async def smallest_stream(
    address: str,
    credentials: Credentials | None,
    *,
    clock: Clock,
    limits: OnvifLimits,
    may_authenticate: bool = True,
    certificate: str = ACCEPT,
) -> StreamFound:
    """Find it, within ``limits.total``. Never raises but CancelledError.

    ``certificate``: what a device behind ``https://`` must show, as in ``Camera.certificate``.
    """
    login = Login(credentials, secrets.token_bytes, may_authenticate=may_authenticate)
    return (await _asked(address, login, clock, limits, certificate, Run.smallest)).found


async def inspect(
    address: str,
    credentials: Credentials | None,
    *,
    clock: Clock,
    limits: OnvifLimits,
    may_authenticate: bool = True,
    manners: Manners | None = None,
    certificate: str = ACCEPT,
) -> Inspection:
    """The whole round: clock, plate, largest and smallest stream, snapshots. Manners: those of ``smallest_stream``.

    ``manners``: those of the device's last ``Inspection``; it is spared questions that only find them out.
    """
    login = Login(credentials, secrets.token_bytes, may_authenticate=may_authenticate, manners=manners)
    return await _asked(address, login, clock, limits, certificate, Run.everything)


async def _asked(
    address: str,
    login: Login,
    clock: Clock,
    limits: OnvifLimits,
    certificate: str,
    question: Callable[[Run], Awaitable[Stream]],
) -> Inspection:
    redactor = Redactor(login.credentials)
    try:
        device = parse_address(address)
    except LocalProtocolError as error:
        return Inspection(StreamFound(cause=Cause.MONITOR_ERROR, detail=redactor.detail(str(error))))
    run = Run(device, login, clock, HttpClient(limits.exchange, certificate), strict=certificate != ACCEPT)
    stream, cause, detail = _NO_STREAM, Cause.OK, ""
    try:
        async with asyncio.timeout(limits.total.total_seconds()):
            stream = await question(run)
    except Ended as ended:
        cause, detail = ended.cause, redactor.detail(ended.detail)
    except TimeoutError:
        cause, detail = Cause.NO_REPLY, f"not done within {limits.total.total_seconds():g} s"
    finally:
        run.http.hang_up()
    url, profile = stream
    offers = (url, profile.width, profile.height, profile.codec)
    found = StreamFound(*offers, cause, detail, login.refused, run.attempts_left, run.offset)
    told = (run.answered, run.identity, run.main, run.smaller, run.snapshot, run.snapshot_url)
    return Inspection(found, *told, manners=login.manners)
