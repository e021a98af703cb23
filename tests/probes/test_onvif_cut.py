"""A device whose answers are cut short: nothing is made up of what is left."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.findings import Known, Limits, Told, judged
from monitor.model import Cause, Credentials, Secret
from monitor.probes.inspection import Inspection
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.rtsp.urls import parse_target
from monitor.simulator.onvif_answers import MEDIA, MEDIA2
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, running

STEP = 23  # bytes from one cut to the next: less than the name of an element with its prefix and its text
ADMIN = Credentials(USER, Secret(PASSWORD))
QUESTIONS = (
    "GetSystemDateAndTime", "GetServices", "GetProfiles", "GetStreamUri", "GetSnapshotUri", "GetDeviceInformation"
)  # fmt: skip


async def asked(device: OnvifDevice) -> Inspection:
    return await inspect(device.address, ADMIN, clock=SystemClock(), limits=OnvifLimits())


def without(answer: bytes, kept: int) -> bytes:
    """The answer with so much of its body, and a length that fits."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return (
        re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % min(kept, len(body)), head) + b"\r\n\r\n" + body[:kept]
    )


def told_by(inspection: Inspection) -> Told:
    target = parse_target(inspection.main) if inspection.main else None
    return Told(inspection.clock_offset, inspection.identity, "" if target is None else target.path, inspection.smaller)


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_finding_and_no_other_stream_is_made_of_an_answer_that_is_cut(question: str) -> None:
    """Two media services with streams of their own, a clock an hour ahead, and a token that must be of its time."""
    hour = timedelta(hours=1)
    device = OnvifDevice(
        services=(MEDIA, MEDIA2), skew=hour, stream="rtsp://h/{token}/102", snapshot="http://h/picture", locks_after=1
    )
    lengths: list[int] = []

    def sent(answer: bytes) -> bytes:
        return answer.replace(b"/102<", b"/202<") if device.asked[-1].path == "/onvif/media2" else answer

    def measure(answer: bytes) -> bytes:
        if device.operations[-1] == question:
            lengths.append(len(answer.partition(b"\r\n\r\n")[2]))
        return sent(answer)

    device.mangle = measure
    async with running(device):
        whole = await asked(device)
        assert (whole.cause, whole.main) == (Cause.OK, "rtsp://127.0.0.1/main/202")
        known, limits = Known(whole.identity, told_by(whole).stream), Limits(clock_drift=hour + timedelta(seconds=30))
        now = device.now()
        kept = 0

        def cut(answer: bytes) -> bytes:
            return without(sent(answer), kept) if device.operations[-1] == question else sent(answer)

        device.mangle = cut
        for kept in range(1, max(lengths), STEP):
            found = await asked(device)
            assert judged(known, {}, told_by(found), limits, now).appeared == (), kept
            assert (found.found.url in ("", whole.found.url), found.main in ("", whole.main)) == (True, True), kept
            assert found.snapshot_url in ("", whole.snapshot_url), kept
            assert found.identity in (None, whole.identity), kept
            assert not found.credentials_refused, kept
    assert device.wrong == 0
    assert not device.locked
