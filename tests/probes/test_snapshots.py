"""A single picture over HTTP: fetched with manners, within limits, and gone once its blocks are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from monitor.model import Camera, Cause, Credentials, Secret
from monitor.picture.blocks import marks
from monitor.probes.decoders import Decoders
from monitor.probes.http import HttpLimits
from monitor.probes.snapshots import LIMITS, Snapshot, SnapshotProber
from monitor.simulator.auth import Scheme
from monitor.simulator.flaws import Flaw
from monitor.simulator.onvif_device import running
from monitor.simulator.snapshots import SnapshotDevice
from tests.metrics.town import camera

LOGIN, GUESS = (Credentials("admin", Secret(password)) for password in ("se same", "guess"))
CAMERA: Camera = camera("c1", url="rtsp://127.0.0.1/1")


@pytest.fixture
def prober() -> Iterator[SnapshotProber]:
    with Decoders(1) as decoders:
        yield SnapshotProber(decoders)


async def taken(
    prober: SnapshotProber, device: SnapshotDevice, credentials: Credentials | None = LOGIN, *, permitted: bool = True
) -> Snapshot:
    async with running(device):
        return await prober.take(CAMERA, device.url, credentials, permitted)


@pytest.mark.parametrize("scheme", list(Scheme))
async def test_a_picture_is_had_in_every_form_of_authentication(prober: SnapshotProber, scheme: Scheme) -> None:
    device = SnapshotDevice(LOGIN, scheme)
    snapshot = await taken(prober, device)
    assert (snapshot.cause, snapshot.credentials_refused, device.served) == (Cause.OK, False, 1)
    assert snapshot.sums is not None
    assert device.wrong == 0


async def test_of_a_hanging_sensor_two_pictures_differ_in_the_clock_alone_of_a_live_one_everywhere(
    prober: SnapshotProber,
) -> None:
    shares = []
    for device in (SnapshotDevice(LOGIN, flaw=lambda: Flaw.STUCK), SnapshotDevice(LOGIN)):
        first, second = await taken(prober, device), await taken(prober, device)
        assert first.sums is not None
        assert second.sums is not None
        shares.append(float(np.mean(marks(first.sums) != marks(second.sums))))
    assert 0 < shares[0] < 0.03
    assert shares[1] > 0.5


@pytest.mark.parametrize("scheme", [Scheme.BASIC, Scheme.DIGEST_RFC2069, Scheme.DIGEST_SHA256])
async def test_a_wrong_password_is_shown_once_and_the_attempts_that_are_left_are_told(
    prober: SnapshotProber, scheme: Scheme
) -> None:
    device = SnapshotDevice(LOGIN, scheme, locks_after=5)
    snapshot = await taken(prober, device, GUESS)
    assert (snapshot.cause, snapshot.credentials_refused, snapshot.attempts_left) == (
        Cause.CREDENTIALS_REFUSED,
        True,
        4,
    )
    assert device.wrong == 1


async def test_during_a_pause_no_password_is_shown(prober: SnapshotProber) -> None:
    device = SnapshotDevice(LOGIN)
    snapshot = await taken(prober, device, permitted=False)
    assert (snapshot.cause, snapshot.credentials_refused) == (Cause.CREDENTIALS_REFUSED, False)
    assert device.asked == [""]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", Cause.DECODE_FAILED),
        (b"<html>please log in</html>", Cause.DECODE_FAILED),
        (b"\xff\xd8\xff\xe0" + bytes(4000), Cause.DECODE_FAILED),
        (b"\xff\xd8" + b"\xff\xda" * 100_000, Cause.DECODE_FAILED),
        (bytes(LIMITS.max_bytes + 1), Cause.OVER_BUDGET),
    ],
)
async def test_what_is_no_picture_or_too_much_of_it_ends_the_request(
    prober: SnapshotProber, body: bytes, cause: Cause
) -> None:
    snapshot = await taken(prober, SnapshotDevice(LOGIN, Scheme.NONE, body=body))
    assert (snapshot.cause, snapshot.sums) == (cause, None)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("404 Not Found", Cause.PATH_NOT_FOUND),
        ("302 Found", Cause.REQUEST_REFUSED),
        ("503 Service Unavailable", Cause.DEVICE_BUSY),
    ],
)
async def test_another_answer_has_its_cause_and_no_redirect_is_followed(
    prober: SnapshotProber, status: str, cause: Cause
) -> None:
    device = SnapshotDevice(LOGIN, Scheme.NONE, status=status)
    assert (await taken(prober, device)).cause is cause
    assert len(device.asked) == 1


async def test_a_device_that_does_not_answer_is_not_waited_for(prober: SnapshotProber) -> None:
    nobody = SnapshotDevice(LOGIN, port=1)
    assert (await prober.take(CAMERA, nobody.url, LOGIN, True)).cause is Cause.TCP_REFUSED
    hasty = SnapshotProber(prober.decoders, HttpLimits(reply=timedelta(0)))
    assert (await taken(hasty, SnapshotDevice(LOGIN))).cause is Cause.NO_REPLY


async def test_what_is_told_holds_no_password(prober: SnapshotProber) -> None:
    secret = LOGIN.password.reveal()
    said = await taken(prober, SnapshotDevice(GUESS, Scheme.BASIC, locks_after=1), LOGIN)
    assert secret not in repr(said)
    assert (await prober.take(CAMERA, f"http://u:{secret}@", LOGIN, True)).cause is Cause.MONITOR_ERROR
    assert secret not in repr(await prober.take(CAMERA, f"http://u:{secret}@", LOGIN, True))
