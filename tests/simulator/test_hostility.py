"""Hostile devices: each kind does what it is called, and a probe of ours comes away with a plain cause."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from datetime import timedelta
from itertools import islice
from time import thread_time

import av
import av.logging
import pytest

from monitor.clock import SystemClock
from monitor.errors import SharpEyesError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Secret
from monitor.probes.decode import look_at
from monitor.probes.rtsp import RtspLimits, fetch_keyframe
from monitor.simulator import hostility
from monitor.simulator.auth import Scheme
from monitor.simulator.hostile import HostileServer
from monitor.simulator.hostility import Hostility
from monitor.simulator.layout import HOSTILE_PREFIX, Makeup
from monitor.simulator.scenes import Scene
from monitor.simulator.server import CameraPlan, Served
from monitor.simulator.town import build_town
from tests.addresses import BASE, free_port

from .conftest import hosts
from .raw import PATIENCE, RawClient

IMPATIENT = RtspLimits(
    *(timedelta(seconds=1.0),) * 4, total=timedelta(seconds=2), max_bytes=2_000_000, max_keyframe_bytes=1_000_000
)
WITHIN = {
    Hostility.HUGE_PICTURE: {Cause.OK},  # the key frame is complete; it is the decoder that refuses it
    Hostility.RESETS: {Cause.CONNECTION_CLOSED, Cause.TCP_REFUSED},
}


def device_of(kind: Hostility) -> HostileServer:
    host = f"{BASE}.251.{next(hosts) % 250 + 1}"
    nobody = Credentials("", Secret(""))
    plan = CameraPlan(
        host, free_port(host), "/live", "trackID=1", "Device", Scheme.NONE, nobody, Codec.H264, Scene.LANE
    )
    return HostileServer(plan, kind, Served())


@pytest.mark.parametrize("kind", Hostility)
async def test_a_probe_of_a_hostile_device_ends_in_time_and_blames_it(kind: Hostility) -> None:
    device = device_of(kind)
    try:
        fetched = await fetch_keyframe(device.plan.url, None, limits=IMPATIENT, clock=SystemClock())
    finally:
        device.close()
    assert fetched.cause in WITHIN.get(kind, set(Cause) - {Cause.OK, Cause.MONITOR_ERROR, Cause.NO_LOCAL_NETWORK})
    assert fetched.took < timedelta(seconds=4)
    assert fetched.received_bytes < 3_000_000


ENDLESS = [Hostility.ENDLESS_HEADERS, Hostility.ENDLESS_BODY, Hostility.ENDLESS_SDP, Hostility.GARBAGE_FLOOD]
ENDLESS_MEDIA = [
    Hostility.ENDLESS_KEY_FRAME, Hostility.FOREIGN_FLOOD, Hostility.RANDOM_RTP, Hostility.DECODE_BOMB,
    Hostility.TINY_UNITS, Hostility.TINY_PIECES,
]  # fmt: skip


@pytest.mark.parametrize("kind", ENDLESS)
async def test_a_flood_goes_on_as_long_as_the_client_reads(kind: Hostility) -> None:
    device = device_of(kind)
    reader, writer = await asyncio.open_connection(device.plan.host, device.plan.port)
    try:
        writer.write(f"DESCRIBE {device.plan.url} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            assert len(await reader.readexactly(4_000_000)) == 4_000_000
    finally:
        writer.transport.abort()
        device.close()


@pytest.mark.parametrize("kind", ENDLESS_MEDIA)
async def test_a_flood_of_media_comes_after_an_honest_beginning(kind: Hostility) -> None:
    device = device_of(kind)
    try:
        async with RawClient(device.plan.url) as client:
            assert (await client.play()).status == 200
            packets = [await client.packet() for _ in range(100)]
    finally:
        device.close()
    channels = {packet.channel for packet in packets}
    assert channels == ({hostility.FOREIGN_CHANNEL} if kind is Hostility.FOREIGN_FLOOD else {0})


async def test_drops_come_one_a_second() -> None:
    device = device_of(Hostility.DRIP)
    reader, writer = await asyncio.open_connection(device.plan.host, device.plan.port)
    try:
        writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            assert [await reader.read(100) for _ in range(2)] == [b"R", b"T"]
    finally:
        writer.transport.abort()
        device.close()


def test_the_huge_picture_is_one_by_the_word_of_a_decoder() -> None:
    sets = (hostility.sps(hostility.HUGE, hostility.HUGE), hostility.PPS)
    key_frame = b"\x00\x00\x01".join([b"", *sets, b"\x65\x88\x84"])
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    decoder.options = {"max_pixels": "1000000"}
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as said, contextlib.suppress(av.error.FFmpegError):
            decoder.decode(av.Packet(key_frame))
    finally:
        av.logging.set_level(None)
        logging.getLogger("libav").setLevel(logging.CRITICAL)
    assert any("15872x15872 exceeds" in text for _, _, text in said), said


async def test_the_bomb_is_a_whole_key_frame_and_the_decoder_refuses_it_in_no_time() -> None:
    device = device_of(Hostility.DECODE_BOMB)
    try:
        fetched = await fetch_keyframe(device.plan.url, None, limits=RtspLimits(), clock=SystemClock())
    finally:
        device.close()
    assert fetched.keyframe is not None
    began = thread_time()
    assert look_at(fetched.keyframe).cause is Cause.DECODE_FAILED
    assert thread_time() - began < 0.1


def test_each_part_of_the_bomb_is_a_picture_by_the_word_of_a_decoder() -> None:
    sets = (hostility.sps(*hostility.BOMB), hostility.PPS)
    part = b"\0\0\1".join([b"", *sets, hostility.flat_slice(*hostility.BOMB)])
    seen = look_at(KeyFrame(Codec.H264, part))
    assert seen.picture is not None
    assert (seen.picture.width, seen.picture.height) == hostility.BOMB


@pytest.mark.parametrize("kind", [Hostility.TINY_UNITS, Hostility.TINY_PIECES])
async def test_a_flood_of_tiny_things_ends_long_before_as_many_bytes(kind: Hostility) -> None:
    device = device_of(kind)
    try:
        fetched = await fetch_keyframe(device.plan.url, None, limits=RtspLimits(), clock=SystemClock())
    finally:
        device.close()
    assert fetched.cause is Cause.OVER_BUDGET
    assert fetched.received_bytes < RtspLimits().max_bytes / 4


def test_an_endless_key_frame_never_ends_and_numbers_its_packets() -> None:
    chunks = list(islice(hostility.endless_key_frame(0), 40))
    data, numbers = b"".join(chunks), []
    while data:
        size = int.from_bytes(data[2:4], "big")
        numbers.append(int.from_bytes(data[6:8], "big"))
        assert not data[5] & 0x80  # no marker
        if numbers[-1] > 0:
            assert data[16] & 0x1F == 28
            assert not data[17] & 0x40  # no last fragment
        data = data[4 + size :]
    assert numbers == list(range(len(numbers)))


def test_hostile_devices_lie_evenly_in_the_town_and_are_marked() -> None:
    town = build_town(100, 4, makeup=Makeup(hostile=50))
    marked = [camera.id.startswith(HOSTILE_PREFIX) for camera in town.cameras]
    assert marked == [False, True] * 50
    kinds = Counter(plan.hostility for plan in town._plans.values() if plan.hostility is not None)
    assert kinds.keys() == set(Hostility)
    assert max(kinds.values()) - min(kinds.values()) <= 1
    good = {camera.id: camera for camera in build_town(100, 4).cameras}
    assert all(good[camera.id] == camera for camera in town.cameras if camera.id in good)


def test_more_hostile_devices_than_cameras_are_refused() -> None:
    with pytest.raises(SharpEyesError, match="take fewer"):
        build_town(10, 1, makeup=Makeup(hostile=11))
