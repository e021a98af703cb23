from __future__ import annotations

import asyncio
import contextlib
from itertools import pairwise

import pytest

from monitor.model import Codec, Credentials, Secret
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipSize, load_clips
from monitor.simulator.server import CameraServer, Join

from .conftest import KEY, SMALL, MakeCamera
from .raw import PATIENCE, Packet, RawClient, becomes, content

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


async def first_frame(camera: CameraServer) -> bytes:
    async with RawClient(camera.plan.url, KEY) as client:
        assert (await client.play()).status == 200
        return content(await client.frame())


@pytest.mark.parametrize("scheme", list(Scheme))
async def test_a_session_runs_from_describe_to_teardown(make_camera: MakeCamera, scheme: Scheme) -> None:
    camera = make_camera(scheme=scheme)
    async with RawClient(camera.plan.url, KEY) as client:
        assert "PLAY" in (await client.ask("OPTIONS")).headers["public"]
        set_up = await client.set_up()
        assert set_up.headers["session"].endswith(";timeout=60")
        assert set_up.headers["transport"] == TCP
        played = await client.ask("PLAY", Range="npt=0.000-")
        frame = await client.frame()
        info = played.headers["rtp-info"]
        assert f"seq={frame[0].sequence};rtptime={frame[0].timestamp}" in info
        assert (await client.ask("GET_PARAMETER")).status == 200
        assert (await client.ask("TEARDOWN")).status == 200
        assert (await client.ask("GET_PARAMETER")).status == 454
    assert camera.served.sessions == 1


async def test_frames_follow_in_order_and_in_time(make_camera: MakeCamera) -> None:
    async with RawClient(make_camera().plan.url, KEY) as client:
        await client.play()
        begin = asyncio.get_running_loop().time()
        frames = [await client.frame() for _ in range(SMALL.fps + 1)]
        took = asyncio.get_running_loop().time() - begin
    packets = [packet for frame in frames for packet in frame]
    assert {packet.channel for packet in packets} == {0}
    assert {packet.payload_type for packet in packets} == {96}
    first = packets[0].sequence
    assert [packet.sequence for packet in packets] == [(first + i) % 65536 for i in range(len(packets))]
    begin_stamp = frames[0][0].timestamp
    assert [{p.timestamp - begin_stamp & 0xFFFFFFFF for p in frame} for frame in frames] == [
        {9000 * number} for number in range(len(frames))
    ]
    assert is_key_frame(frames[0])
    assert is_key_frame(frames[-1])
    assert not any(map(is_key_frame, frames[1:-1]))
    assert took > 0.9  # a second of film takes a second


def is_key_frame(frame: list[Packet]) -> bool:
    return frame[0].payload[0] & 0x1F == 24  # the packet with the parameter sets


async def test_no_session_begins_with_the_key_frame_of_the_one_before(make_camera: MakeCamera) -> None:
    camera = make_camera()
    firsts = [await first_frame(camera) for _ in range(2 * SMALL.groups)]
    assert all(one != other for one, other in pairwise(firsts))
    assert len(set(firsts)) == SMALL.groups


async def test_the_client_chooses_the_channel(make_camera: MakeCamera) -> None:
    async with RawClient(make_camera().plan.url, KEY) as client:
        described = await client.ask("DESCRIBE")
        url = described.headers["content-base"] + "trackID=1"
        reply = await client.ask("SETUP", url, Transport="RTP/AVP;unicast, RTP/AVP/TCP;unicast;interleaved=6-7")
        client.session = reply.headers["session"].split(";")[0]
        await client.ask("PLAY")
        assert (await client.packet()).channel == 6


async def test_udp_is_refused_and_may_be_followed_by_tcp(make_camera: MakeCamera) -> None:
    async with RawClient(make_camera().plan.url, KEY) as client:
        described = await client.ask("DESCRIBE")
        url = described.headers["content-base"] + "trackID=1"
        assert (await client.ask("SETUP", url, Transport="RTP/AVP;unicast;client_port=5000-5001")).status == 461
        assert (await client.ask("SETUP", url, Transport=TCP)).status == 200


@pytest.mark.parametrize(
    ("method", "suffix", "status"),
    [
        ("DESCRIBE", "0", 404),
        ("SETUP", "/trackID=9", 404),
        ("PLAY", "", 454),
        ("TEARDOWN", "", 454),
        ("RECORD", "", 501),
        ("GET_PARAMETER", "", 200),
    ],
)
async def test_what_makes_no_sense_gets_its_own_answer(
    make_camera: MakeCamera, method: str, suffix: str, status: int
) -> None:
    camera = make_camera()
    async with RawClient(camera.plan.url, KEY) as client:
        assert (await client.ask(method, camera.plan.url + suffix, Transport=TCP)).status == status


@pytest.mark.parametrize("scheme", [scheme for scheme in Scheme if scheme is not Scheme.NONE])
async def test_without_the_right_password_nothing_is_shown(make_camera: MakeCamera, scheme: Scheme) -> None:
    camera = make_camera(scheme=scheme)
    async with RawClient(camera.plan.url, Credentials("admin", Secret("guess"))) as client:
        assert (await client.ask_once("DESCRIBE")).status == 401
        again = await client.ask("DESCRIBE")
        assert again.status == 401
        assert "TRUE" not in again.headers["www-authenticate"]
        assert (await client.ask("SETUP", f"{camera.plan.url}/trackID=1", Transport=TCP)).status == 401


@pytest.mark.parametrize("scheme", [Scheme.DIGEST_MD5, Scheme.DIGEST_SHA256])
async def test_a_digest_sent_twice_is_stale(make_camera: MakeCamera, scheme: Scheme) -> None:
    async with RawClient(make_camera(scheme=scheme).plan.url, KEY) as client:
        assert (await client.ask("DESCRIBE")).status == 200
        client.nc -= 1
        replayed = await client.ask_once("DESCRIBE")
        assert replayed.status == 401
        assert 'stale="TRUE"' in replayed.headers["www-authenticate"]
        assert (await client.ask_once("DESCRIBE")).status == 200


async def test_a_nonce_of_another_connection_is_stale(make_camera: MakeCamera) -> None:
    camera = make_camera()
    async with RawClient(camera.plan.url, KEY) as client, RawClient(camera.plan.url, KEY) as other:
        assert (await client.ask("DESCRIBE")).status == 200
        other.challenge = client.challenge
        refused = await other.ask_once("DESCRIBE")
        assert (refused.status, 'stale="TRUE"' in refused.headers["www-authenticate"]) == (401, True)


async def test_sessions_beyond_the_limit_are_refused_until_one_ends(make_camera: MakeCamera) -> None:
    camera = make_camera(session_limit=1)
    async with RawClient(camera.plan.url, KEY) as first, RawClient(camera.plan.url, KEY) as second:
        await first.play()
        assert (await second.set_up()).status == 453
        assert (await first.ask("TEARDOWN")).status == 200
        assert (await second.set_up()).status == 200


async def test_a_closed_connection_ends_its_session(make_camera: MakeCamera) -> None:
    camera = make_camera(session_limit=1)
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        assert len(camera.players) == 1
    await becomes(lambda: not camera.players)


@pytest.mark.parametrize("junk", [b"hello\r\n\r\n", b"A" * 20_000, b"GET / RTSP/1.0\r\nContent-Length: 99999\r\n\r\n"])
async def test_a_client_that_speaks_no_rtsp_is_hung_up_on(make_camera: MakeCamera, junk: bytes) -> None:
    plan = make_camera().plan
    reader, writer = await asyncio.open_connection(plan.host, plan.port)
    writer.write(junk)
    async with asyncio.timeout(PATIENCE):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.transport.abort()


async def test_requests_may_come_in_pieces_and_between_reports_of_the_client(make_camera: MakeCamera) -> None:
    plan = make_camera(scheme=Scheme.NONE).plan
    async with RawClient(plan.url) as client:
        report = b"$\x01\x00\x08" + bytes(8)
        request = report + b"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\nContent-Length: 3\r\n\r\nabc" + report
        for at in range(0, len(request), 5):
            client.writer.write(request[at : at + 5])
            await client.writer.drain()
            await asyncio.sleep(0)
        client.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 8\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            assert (await client.read_reply()).headers["cseq"] == "7"
            assert (await client.read_reply()).headers["cseq"] == "8"


async def test_a_client_that_does_not_read_costs_no_memory_and_can_read_on(
    make_camera: MakeCamera, tmp_path_factory: pytest.TempPathFactory
) -> None:
    quick = ClipSize(width=320, height=192, fps=50, groups=2)
    films = load_clips(quick, tmp_path_factory.mktemp("quick"), frozenset({Codec.MJPEG}))
    camera = make_camera(codec=Codec.MJPEG, scheme=Scheme.NONE, films=films)
    largest = max(sum(map(len, frame)) + 16 * len(frame) for frame in camera.clip.frames)
    async with RawClient(camera.plan.url) as client:
        await client.play()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        (conversation,) = camera.players
        link = conversation.link
        await becomes(lambda: link.unsent > 0)
        seen = []
        for _ in range(50):
            await asyncio.sleep(0.01)
            seen.append(link.unsent)
        assert 0 < max(seen) <= largest
        client.writer.transport.resume_reading()  # type: ignore[attr-defined]
        packets = [packet for _ in range(40) for packet in await client.frame()]
    first = packets[0].sequence
    assert [packet.sequence for packet in packets] == [(first + i) % 65536 for i in range(len(packets))]


async def test_a_live_camera_lets_sessions_join_anywhere_in_the_group(make_camera: MakeCamera) -> None:
    camera = make_camera(join=Join.LIVE)
    waited, key_frames = [], []
    for _ in range(10):
        async with RawClient(camera.plan.url, KEY) as client:
            await client.play()
            frames = [await client.frame()]
            while not is_key_frame(frames[-1]):
                frames.append(await client.frame())
        waited.append(len(frames) - 1)
        key_frames.append(content(frames[-1]))
    assert all(0 <= frames < SMALL.length for frames in waited)
    assert all(one != other for one, other in pairwise(key_frames))
    assert len(set(waited)) >= SMALL.length * 0.7  # spread over the group, not thrown by dice
    assert abs(sum(waited) / len(waited) - SMALL.length / 2) < 2


async def test_a_group_may_last_longer_than_a_second(
    make_camera: MakeCamera, tmp_path_factory: pytest.TempPathFactory
) -> None:
    size = ClipSize(width=64, height=64, fps=20, groups=2, gop=2)
    films = load_clips(size, tmp_path_factory.mktemp("long"), frozenset({Codec.H264}))
    camera = make_camera(films=films)
    assert camera.clip.groups == 2
    async with RawClient(camera.plan.url, KEY) as client:
        await client.play()
        frames = [await client.frame() for _ in range(41)]
    assert [number for number, frame in enumerate(frames) if is_key_frame(frame)] == [0, 40]
