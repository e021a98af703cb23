"""Clients nobody here wrote must be able to watch every kind of fake camera."""

from __future__ import annotations

import asyncio
import os
import shutil
from urllib.parse import quote

import av
import numpy as np
import pytest

from monitor.model import Codec
from monitor.simulator.auth import Scheme
from monitor.simulator.faults import HEALTHY, Fault
from monitor.simulator.scenes import Pixels
from monitor.simulator.server import CameraServer

from .conftest import KEY, MakeCamera

# FFmpeg answers no SHA-256 challenge (its httpauth.c knows MD5 only); test_server and test_auth cover that scheme.
SCHEMES = [scheme for scheme in Scheme if scheme is not Scheme.DIGEST_SHA256]
NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}
HURRY = {"rtsp_transport": "tcp", "analyzeduration": "100000", "fpsprobesize": "0"}


def url_with_password(camera: CameraServer) -> str:
    user, password = quote(KEY.username, safe=""), quote(KEY.password.reveal(), safe="")
    return camera.plan.url.replace("rtsp://", f"rtsp://{user}:{password}@")


async def output_of(program: str, *arguments: str) -> str:
    """What it printed; a warning of a decoder is a failure."""
    if shutil.which(program) is None:
        assert os.environ.get("CI") != "true", f"{program} is missing in CI"
        pytest.skip(f"{program} is not installed")
    process = await asyncio.create_subprocess_exec(
        program, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        out, complaints = await process.communicate()
    assert (process.returncode, complaints.decode()) == (0, "")
    return out.decode()


def first_picture(url: str) -> Pixels:
    """The luma of the first key frame, decoded by libavformat and libavcodec."""
    with av.open(url, options={"rtsp_transport": "tcp", "analyzeduration": "0", "probesize": "32"}, timeout=8) as file:
        frame = next(file.decode(video=0))
    assert frame.key_frame
    plane = frame.planes[0]
    return np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


async def watch(camera: CameraServer) -> Pixels:
    return await asyncio.to_thread(first_picture, url_with_password(camera))


@pytest.mark.parametrize("codec", list(Codec))
async def test_ffprobe_names_the_codec_and_the_size(make_camera: MakeCamera, codec: Codec) -> None:
    url = url_with_password(make_camera(codec=codec))
    options = [word for name, value in HURRY.items() for word in (f"-{name}", value)]
    entries = ("-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0")
    assert await output_of("ffprobe", "-v", "error", *options, *entries, url) == f"{NAMES[codec]},320,192\n"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("codec", list(Codec))
async def test_ffmpeg_decodes_frames_without_a_complaint(make_camera: MakeCamera, codec: Codec, scheme: Scheme) -> None:
    url = url_with_password(make_camera(codec=codec, scheme=scheme))
    options = [word for name, value in HURRY.items() for word in (f"-{name}", value)]
    out = await output_of("ffmpeg", "-v", "warning", *options, "-i", url, "-frames:v", "3", "-f", "framemd5", "-")
    assert len({line.split(",")[-1] for line in out.splitlines() if not line.startswith("#")}) == 3


PARSERS = {  # GStreamer's decoders of the first two wrap libavcodec, which is tried above
    Codec.H264: "rtph264depay ! h264parse ! video/x-h264,alignment=au",
    Codec.H265: "rtph265depay ! h265parse ! video/x-h265,alignment=au",
    Codec.MJPEG: "rtpjpegdepay ! jpegdec",
}


@pytest.mark.parametrize("codec", list(Codec))
async def test_gstreamer_takes_frames_apart(make_camera: MakeCamera, codec: Codec) -> None:
    # GStreamer answers a Digest as RFC 2069 has it, without qop.
    url = make_camera(codec=codec, scheme=Scheme.DIGEST_RFC2069).plan.url
    login = ("user-id=" + KEY.username, "user-pw=" + KEY.password.reveal())
    source = ("rtspsrc", f"location={url}", *login, "protocols=tcp", "latency=0")
    rest = f"! {PARSERS[codec]} ! identity eos-after=3 ! fakesink".split()
    assert await output_of("gst-launch-1.0", "-q", *source, *rest) == ""


@pytest.mark.parametrize("codec", list(Codec))
async def test_two_sessions_of_a_live_camera_decode_to_different_pictures(
    make_camera: MakeCamera, codec: Codec
) -> None:
    camera = make_camera(codec=codec)
    one, other = await watch(camera), await watch(camera)
    assert one.shape == other.shape == (192, 320)
    assert one.std() > 15
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("codec", list(Codec))
async def test_two_sessions_of_a_frozen_camera_decode_to_the_same_picture(
    make_camera: MakeCamera, codec: Codec
) -> None:
    camera = make_camera(codec=codec)
    await watch(camera)
    camera.behave(Fault.FROZEN.behaviour)
    one, other = await watch(camera), await watch(camera)
    assert np.array_equal(one, other)
    camera.behave(HEALTHY)
    assert not np.array_equal(other, await watch(camera))


@pytest.mark.parametrize("codec", list(Codec))
async def test_a_covered_sensor_is_black_yet_never_the_same_and_a_lost_signal_is_flat(
    make_camera: MakeCamera, codec: Codec
) -> None:
    camera = make_camera(codec=codec)
    camera.behave(Fault.BLACK.behaviour)
    one, other = await watch(camera), await watch(camera)
    assert np.percentile(one, 99) < 35
    assert not np.array_equal(one, other)
    camera.behave(Fault.BLUE.behaviour)
    blue = await watch(camera)
    assert blue.mean() > 35
    assert blue.std() < 1
