"""Targets: packets to key frames, and key frames to findings."""

from __future__ import annotations

from functools import cache

from monitor.model import Cause, Codec, KeyFrame
from monitor.probes.decode import look_at
from monitor.rtsp.budget import Budget
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.rtp import parse
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video
from tests.fuzz.choices import Choices
from tests.fuzz.holding import held
from tests.rtsp.footage import coded, jpeg, jpeg_packets, packets, rtp, units
from tests.rtsp.sending import ENDS, MARKS, SIZES, Line, Sender, is_whole, received

LIMIT = 50_000  # bytes of a key frame
MOST_HELD = 4 * LIMIT + 200_000  # bytes: a picture in the making, its pieces, parameter sets
MAX_PICTURE = 64 * 1024  # bytes of a fuzzed key frame
CODECS = (Codec.H264, Codec.H265, Codec.MJPEG)


@cache
def stream(codec: Codec) -> tuple[bytes, ...]:
    """Packets of a few pictures; of H.264 and H.265 also with several slices, and with small units together.

    Those of H.264 that announce an entry have a recovery point in an SEI unit and no key slice.
    """
    if codec is Codec.MJPEG:
        return tuple(jpeg_packets(jpeg(), quality=60))
    entries = ":slices=2" if codec is Codec.H265 else ":slices=2:keyint=4:min-keyint=1:open-gop=1:bframes=2:b-adapt=0"
    made = packets(codec, coded(codec))
    made += packets(codec, coded(codec, frames=9, options=entries), first=len(made), together=True)
    return tuple(made)


@cache
def keyframe(codec: Codec) -> bytes:
    """A good one."""
    return jpeg() if codec is Codec.MJPEG else coded(codec)[0]


def push(video: Video, packet: bytes) -> KeyFrame | None:
    """Give it one packet."""
    return video.push(packet)


def depacketise(data: bytes) -> None:
    """Packets of one track: the fuzzer picks good ones, bends them, and makes its own."""
    choices = Choices(data)
    codec = choices.pick(CODECS)
    sets = tuple(unit for unit in units(keyframe(codec)) if unit) if choices.number(2) else ()
    video = Video(Track(codec, 26 if codec is Codec.MJPEG else 96, parameter_sets=sets[:4]), LIMIT, Budget(10**9))
    sequence, timestamp, given = 0, 0, 0
    while choices.left and given < 400:
        packet = _packet(choices, codec, sequence, timestamp)
        sequence = sequence + 1 + choices.pick((0, 0, 0, 0, 1, -1, 40, -40, 5000)) & 0xFFFF
        timestamp += choices.pick((0, 0, 0, 1))
        for _ in range(choices.pick((1, 1, 1, 1, 1, 1, 1, 30))):
            given += 1
            try:
                frame = push(video, packet)
            except KeyFrameTooLarge:
                return
            if frame is not None:
                assert 0 < len(frame.data) <= MOST_HELD
                assert frame.packets_lost >= 0
                return
        assert held(video) <= MOST_HELD
    for silent in (False, True):
        assert video.shortfall(silent=silent)[0] is not Cause.OK


def _packet(choices: Choices, codec: Codec, sequence: int, timestamp: int) -> bytes:
    kind = choices.number(8)
    if kind == 0:
        return choices.piece(choices.number(64))
    good = choices.pick(stream(codec))
    if kind < 4:
        return good
    made = choices.piece(choices.number(80)) * choices.pick((1, 1, 1, 700))
    payload = bytearray(good[12:] if kind < 6 else made)
    for _ in range(choices.number(4)):
        if payload:
            payload[choices.number(min(len(payload), 24))] = choices.number(256)
    number = 26 if codec is Codec.MJPEG else 96
    return rtp(bytes(payload), sequence, timestamp, marker=choices.number(4) == 0, payload_type=number)


def whole(data: bytes) -> None:
    """A sender and a line: what is handed out is a key frame that was sent, to the last byte."""
    choices = Choices(data)

    def places() -> frozenset[int]:
        return frozenset(choices.number(64) for _ in range(choices.number(5)))

    sender = Sender(
        choices.pick(CODECS),
        choices.pick((1, 4)),
        choices.pick(MARKS),
        choices.pick(ENDS),
        choices.pick(SIZES),
        together=choices.number(2) == 1,
    )
    line = Line(
        choices.number(32),
        places(),
        places(),
        choices.number(10),
        places(),
        datagrams=choices.number(2) == 1,
        overtaken=places(),
    )
    if choices.number(2):
        line = line.with_silences(sender, places())
    frame = received(sender, line)
    assert frame is None or is_whole(sender, frame), "a part of a picture"


def packet(data: bytes) -> None:
    """The header of a packet: what is left is inside what came."""
    found = parse(data)
    assert found is None or 12 + len(found.extension) <= found.start <= found.stop <= len(data)


def look(data: bytes) -> None:
    """A key frame: a good one bent here and there, or nonsense. Whatever it is, it has a cause."""
    choices = Choices(data)
    codec = choices.pick(CODECS)
    picture = bytearray(keyframe(codec))
    near = min(len(picture), 900)  # the headers are more telling than the picture
    for _ in range(choices.number(12)):
        where = choices.number(near) if choices.number(4) else choices.number(min(len(picture), 65536))
        picture[where] = choices.number(256)
    cut = choices.number(4)
    if cut == 0:
        del picture[choices.number(near) :]
    picture += choices.rest()
    seen = look_at(KeyFrame(codec, bytes(picture[:MAX_PICTURE])))
    assert seen.cause in set(Cause) - {Cause.MONITOR_ERROR}
    assert (seen.cause is Cause.DECODE_FAILED) == (seen.picture is None)
