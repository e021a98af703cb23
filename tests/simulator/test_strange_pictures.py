"""JPEG pictures no sane camera sends, over real RTSP and RTP: each is fetched, looked at and told for what it is."""

from __future__ import annotations

import cv2
import numpy as np

from monitor.clock import SystemClock
from monitor.model import Cause, Codec
from monitor.probes.decode import Seen, look_at
from monitor.probes.rtsp import RtspLimits, fetch_keyframe
from monitor.simulator.clips import Clip, ClipKey
from monitor.simulator.packets import description_of, payload_type_of, payloads_of
from monitor.simulator.scenes import Scene

from .conftest import KEY, MakeCamera


async def seen_of(make_camera: MakeCamera, jpeg: bytes) -> Seen:
    """What a probe sees of a camera whose film is this one picture."""
    mjpeg = Codec.MJPEG
    film = Clip(mjpeg, payload_type_of(mjpeg), description_of(mjpeg, jpeg), 10, 1, (payloads_of(mjpeg, jpeg),) * 3)
    camera = make_camera(codec=mjpeg, films={ClipKey(Scene.LANE, mjpeg): film})
    fetched = await fetch_keyframe(camera.plan.url, KEY, limits=RtspLimits(), clock=SystemClock())
    assert fetched.keyframe is not None, fetched.detail
    return look_at(fetched.keyframe)


def jpeg_of(width: int, height: int) -> bytes:
    """Something is in every part of it, and it is small enough for one reply."""
    noise = np.random.default_rng(1).integers(0, 256, (height // 20, width // 40, 3), dtype=np.uint8)
    done, file = cv2.imencode(".jpg", cv2.resize(noise, (width, height)), [cv2.IMWRITE_JPEG_QUALITY, 30])
    assert done
    return file.tobytes()


async def test_a_picture_wider_than_any_is_told_as_too_wide(make_camera: MakeCamera) -> None:
    seen = await seen_of(make_camera, jpeg_of(20_000, 100))
    assert (seen.cause, seen.picture) == (Cause.DECODE_FAILED, None)
    assert "20000×100" in seen.detail
    assert "too wide" in seen.detail
    assert "过大" in seen.detail


async def test_a_wide_picture_within_the_limit_is_looked_at(make_camera: MakeCamera) -> None:
    seen = await seen_of(make_camera, jpeg_of(4_096, 104))
    assert seen.picture is not None
    assert (seen.picture.width, seen.picture.height) == (4_096, 104)


async def test_a_picture_that_the_camera_cut_short_is_corrupt(make_camera: MakeCamera) -> None:
    whole = jpeg_of(640, 360)
    assert (await seen_of(make_camera, whole)).cause is Cause.OK
    assert (await seen_of(make_camera, whole[: len(whole) // 2])).cause is Cause.PICTURE_CORRUPT
