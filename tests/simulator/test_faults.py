from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from monitor.model import Cause, Codec
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipKey, ClipSize, load_films
from monitor.simulator.faults import HEALTHY, Fault
from monitor.simulator.scenes import Scene
from monitor.simulator.server import CameraPlan, CameraServer, Served
from tests.addresses import BASE, free_port

from .conftest import KEY, SMALL, MakeCamera
from .raw import Packet, RawClient, becomes, content

T = TypeVar("T")

A_WHILE = 0.3  # seconds in which nothing may happen: three frames
STATUS = {
    401: Cause.CREDENTIALS_REFUSED,
    404: Cause.PATH_NOT_FOUND,
    453: Cause.DEVICE_BUSY,
    461: Cause.TRANSPORT_REFUSED,
    500: Cause.SERVER_ERROR,
}


async def in_a_while(awaitable: Awaitable[T]) -> T:
    async with asyncio.timeout(A_WHILE):
        return await awaitable


def is_key(frame: list[Packet]) -> bool:
    return frame[0].payload[0] & 0x1F == 24


async def diagnosis(camera: CameraServer) -> Cause:
    """What a watchful person with a packet dump would say. H.264 only."""
    client = RawClient(camera.plan.url, KEY)
    try:
        await in_a_while(client.__aenter__())
    except TimeoutError:
        return Cause.TCP_TIMEOUT
    except ConnectionRefusedError:
        return Cause.TCP_REFUSED
    try:
        client.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        first = await in_a_while(client.reader.readuntil(b"\r\n\r\n"))
    except TimeoutError:
        return Cause.NO_REPLY
    except (asyncio.IncompleteReadError, ConnectionError):
        return Cause.EMPTY_REPLY
    else:
        if not first.startswith(b"RTSP/1.0 200 OK\r\n"):
            return Cause.NOT_RTSP
        return await diagnosis_in_rtsp(client, camera)
    finally:
        client.writer.transport.abort()


async def diagnosis_in_rtsp(client: RawClient, camera: CameraServer) -> Cause:
    described = await client.ask("DESCRIBE")
    if described.status != 200:
        return STATUS[described.status]
    set_up = await client.set_up()
    if set_up.status != 200:
        return STATUS[set_up.status]
    assert (await client.ask("PLAY")).status == 200
    try:
        packets = [await in_a_while(client.packet())]
    except TimeoutError:
        return Cause.NO_MEDIA
    try:
        while not packets[-1].marker:
            packets.append(await in_a_while(client.packet()))
    except TimeoutError:
        return Cause.STREAM_STALLED
    if not is_key(packets):
        second_of_film = [await client.frame() for _ in range(SMALL.fps)]
        return Cause.OK if any(map(is_key, second_of_film)) else Cause.NO_KEYFRAME
    return await diagnosis_of_picture(camera, content(packets))


async def diagnosis_of_picture(camera: CameraServer, first: bytes) -> Cause:
    """By comparison with the films, since nothing is decoded here (test_decoders looks at the pixels)."""
    for scene, cause in ((Scene.BLACK, Cause.PICTURE_BLACK), (Scene.BLUE, Cause.PICTURE_SINGLE_COLOUR)):
        film = next(clip for key, clip in camera._clips.items() if (key.scene, key.codec) == (scene, Codec.H264))
        if first in map(b"".join, film.frames):
            return cause
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        return Cause.PICTURE_FROZEN if content(await client.frame()) == first else Cause.OK


# Those with a flaw: test_flaws. A loop shows in no single key frame.
UNFLAWED = [fault for fault in Fault if fault.behaviour.flaw is None and fault is not Fault.LOOP]


@pytest.mark.parametrize("fault", UNFLAWED, ids=lambda fault: fault.value)
async def test_a_fault_looks_as_told_and_passes_without_a_trace(make_camera: MakeCamera, fault: Fault) -> None:
    camera = make_camera()
    assert await diagnosis(camera) is Cause.OK
    camera.behave(fault.behaviour)
    assert await diagnosis(camera) in fault.causes
    camera.behave(HEALTHY)
    assert await diagnosis(camera) is Cause.OK


@pytest.mark.parametrize("fault", [Fault.POWER_LOST, Fault.LINE_CUT])
async def test_power_loss_leaves_a_running_session_in_silence_until_power_is_back(
    make_camera: MakeCamera, fault: Fault
) -> None:
    camera = make_camera()
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        await client.frame()
        camera.behave(fault.behaviour)
        client.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 99\r\n\r\n")
        while (late := await next_or_none(client)) is not None:  # what was on its way before
            assert late.channel == 0
        camera.behave(HEALTHY)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await client.packet()


async def drained(client: RawClient) -> NoReturn:
    while True:
        await client.frame()


async def next_or_none(client: RawClient) -> Packet | None:
    try:
        return await in_a_while(client.packet())
    except TimeoutError:
        return None


async def test_a_client_that_gives_up_on_a_silent_camera_is_forgotten(make_camera: MakeCamera) -> None:
    camera = make_camera()
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        camera.behave(Fault.POWER_LOST.behaviour)
        assert not camera.players
        assert camera._conversations
    await becomes(lambda: not camera._conversations)


async def test_a_closed_port_cuts_running_sessions(make_camera: MakeCamera) -> None:
    camera = make_camera()
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        camera.behave(Fault.PORT_CLOSED.behaviour)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await drained(client)


async def test_every_change_of_reach_works_from_every_other(make_camera: MakeCamera) -> None:
    camera = make_camera()
    expected = {Fault.POWER_LOST: Cause.TCP_TIMEOUT, Fault.PORT_CLOSED: Cause.TCP_REFUSED, None: Cause.OK}
    for fault in (Fault.POWER_LOST, Fault.PORT_CLOSED, Fault.POWER_LOST, None, Fault.PORT_CLOSED, None):
        camera.behave(HEALTHY if fault is None else fault.behaviour)
        assert await diagnosis(camera) is expected[fault]


@pytest.mark.parametrize(("fault", "scene"), [(Fault.BLACK, Scene.BLACK), (Fault.BLUE, Scene.BLUE)], ids=str)
async def test_a_running_session_sees_its_picture_fail_within_a_second(
    make_camera: MakeCamera, fault: Fault, scene: Scene
) -> None:
    camera = make_camera(scheme=Scheme.NONE)
    async with RawClient(camera.plan.url) as client:
        await client.play()
        await client.frame()
        camera.behave(fault.behaviour)
        following = [content(await client.frame()) for _ in range(SMALL.fps)]
    assert following[-1] in map(b"".join, camera.clip.frames)


async def test_a_frozen_camera_repeats_one_key_frame_within_a_session_too(make_camera: MakeCamera) -> None:
    camera = make_camera()
    camera.behave(Fault.FROZEN.behaviour)
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        assert content(await client.frame()) == content(await client.frame())


async def test_a_loop_shows_the_last_groups_in_turn_again_and_again_and_then_goes_on(tmp_path: Path) -> None:
    film = ClipSize(width=64, height=64, fps=1, groups=20)
    clips = load_films([ClipKey(Scene.LANE, Codec.H264)], film, tmp_path)
    host = f"{BASE}.251.1"
    plan = CameraPlan(host, free_port(host), "/live", "trackID=1", "sim", Scheme.NONE, KEY, Codec.H264, Scene.LANE)
    camera = CameraServer(plan, clips, Served())

    async def shown() -> bytes:
        async with RawClient(plan.url) as client:
            await client.play()
            return content(await client.frame())

    try:
        live = [await shown() for _ in range(8)]
        camera.behave(Fault.LOOP.behaviour)
        rounds = [await shown() for _ in range(12)]
        camera.behave(HEALTHY)
        after = [await shown() for _ in range(8)]
    finally:
        camera.close()
    assert rounds[:6] == rounds[6:]
    assert set(rounds) == set(live[2:])
    assert not set(after) & set(live)
