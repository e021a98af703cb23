"""Fetches single pictures of a camera over HTTP, at the address it told over ONVIF, and keeps their blocks only.

A picture lives until it is decoded. Must never take in more than ``LIMITS`` say, follow a redirect, or offer
credentials again after a refusal; nor tell the address, which may hold a secret.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import timedelta

from monitor.errors import LocalProtocolError
from monitor.model import Camera, Cause, Credentials, Stage
from monitor.onvif.addresses import Service, parse_address
from monitor.picture.blocks import Sums
from monitor.probes.decoders import Decoders
from monitor.probes.http import HttpClient, HttpLimits, field_line
from monitor.probes.http_answers import Answer, Unanswered
from monitor.rtsp.ending import Redactor, cause_of_status
from monitor.rtsp.guard import Guard
from monitor.rtsp.lockout import attempts_left, text_of

# A JPEG of 4K has 1 to 2 MB. Some devices take seconds to make one, and none is worth waiting for longer.
LIMITS = HttpLimits(reply=timedelta(seconds=10), max_bytes=4_000_000)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one request told. ``sums``: the blocks of the picture; None where there was none."""

    sums: Sums | None = field(default=None, repr=False)
    cause: Cause = Cause.OK
    detail: str = ""  # never a secret
    credentials_refused: bool = False  # they were sent and the device said no
    attempts_left: int | None = None  # how often the device says a password may still be tried


@dataclass(frozen=True, slots=True)
class SnapshotProber:
    """Fetches snapshots, and settles by two of them what was suspected."""

    decoders: Decoders
    limits: HttpLimits = LIMITS

    async def take(self, camera: Camera, url: str, credentials: Credentials | None, may_authenticate: bool) -> Snapshot:
        """Ask once; never raises but CancelledError."""
        redactor = Redactor(credentials)
        try:
            service = parse_address(url)
        except LocalProtocolError as error:
            return Snapshot(cause=Cause.MONITOR_ERROR, detail=redactor.detail(str(error)))
        client = HttpClient(self.limits, camera.certificate)
        guard = Guard(credentials, lambda: os.urandom(8).hex(), may_authenticate=may_authenticate)
        try:
            answer = await _asked(client, service, guard)
        finally:
            client.hang_up()
        if isinstance(answer, Snapshot):
            return replace(answer, detail=redactor.detail(answer.detail), credentials_refused=guard.refused)
        sums = await self.decoders.blocks(answer.body)
        if sums is None:
            return Snapshot(cause=Cause.DECODE_FAILED, detail=f"{len(answer.body)} bytes that are no JPEG picture")
        return Snapshot(sums)

    async def settle(self, camera_id: str, first: Sums, second: Sums) -> bool:
        """Remember of the camera what two snapshots tell; whether it is frozen."""
        return await self.decoders.settle(camera_id, first, second)


async def _asked(client: HttpClient, service: Service, guard: Guard) -> Answer | Snapshot:
    """The answer that should be a picture, or why there is none."""
    shown = False
    while True:
        signature = guard.authorization("GET", service.path)
        if signature is not None and not shown:
            shown = True
            client.hang_up()  # on a connection that may be dead already it could come to be sent twice
        answer = await client.get(service, b"" if signature is None else field_line("Authorization", signature))
        if isinstance(answer, Unanswered):
            return Snapshot(cause=answer.cause, detail=answer.detail)
        if answer.status == 200:
            guard.accept()
            return answer
        response = answer.response
        if response.status != 401:
            guard.accept()
            return Snapshot(cause=cause_of_status(Stage.DESCRIBE, response.status), detail=response.line)
        text = text_of(response)
        cause = guard.challenged(response, text)
        if cause is not None:
            return Snapshot(cause=cause, detail=response.line, attempts_left=attempts_left(text))
