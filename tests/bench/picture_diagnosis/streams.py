"""From pictures to key frames as they come over a network: real encoders, RTP, loss, the monitor's own depacketiser.

The decoder is set as ``monitor.probes.decode`` sets its own.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import av
import av.error
import av.logging
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import VideoReformatter

from monitor.model import Cause, Codec, KeyFrame
from monitor.picture import Evidence, Frame
from monitor.rtsp.budget import Budget
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video
from monitor.simulator.packets import nal_units, payload_type_of, payloads_of
from tests.bench.picture_diagnosis.days import Rng
from tests.bench.picture_diagnosis.scenes import VIEW, Pixels

LARGEST = 4_000_000  # bytes of a key frame
PER_SECOND = 5  # pictures that an encoder is given
av.logging.set_level(None)


class Rate(StrEnum):
    """How an encoder is told to spend bits."""

    QUALITY = "constant quality"
    AVERAGE = "average bit rate"
    CAPPED = "constant quality up to a bit rate"
    CONSTANT = "constant bit rate"


@dataclass(frozen=True, slots=True)
class Stream:
    """What a camera sends: every picture that is shown to it as a key frame, or every ``group``-th."""

    codec: Codec
    quality: int = 27  # crf of H.264 and H.265, quantiser scale of JPEG
    rate: Rate = Rate.QUALITY
    group: int = 1
    kilobits: int = 512  # a second, where the rate is told one


class Encoder:
    """One camera's encoder, of ``PER_SECOND`` pictures a second."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._number = 0
        self._shown: tuple[Pixels, VideoFrame] | None = None  # which stands still for minutes
        name = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MJPEG: "mjpeg"}[stream.codec]
        encoder = av.CodecContext.create(name, "w")
        assert isinstance(encoder, VideoCodecContext)
        encoder.width, encoder.height = VIEW
        encoder.pix_fmt = "yuvj420p" if stream.codec is Codec.MJPEG else "yuv420p"
        encoder.framerate, encoder.time_base = Fraction(PER_SECOND), Fraction(1, PER_SECOND)
        encoder.gop_size = stream.group
        encoder.thread_count = 1
        encoder.options = _options(stream)
        self._encoder = encoder
        self._reformatter = VideoReformatter()  # kept: a new one for each picture starts threads each time

    def encode(self, picture: Pixels) -> bytes:
        """One picture, in Annex B or as a JPEG file."""
        if self._shown is None or self._shown[0] is not picture:
            shown = VideoFrame.from_ndarray(picture, format="bgr24")
            self._shown = picture, self._reformatter.reformat(shown, format=self._encoder.pix_fmt, threads=1)
        _, frame = self._shown
        frame.pts = self._number
        frame.pict_type = PictureType.I if self._number % self._stream.group == 0 else PictureType.NONE
        self._number += 1
        packets = self._encoder.encode(frame)
        assert len(packets) == 1, "an encoder without delay gives one unit for each picture"
        return bytes(packets[0])


def _rate(stream: Stream) -> str:
    """In the words of x264 and x265."""
    capped = f"vbv-maxrate={stream.kilobits}:vbv-bufsize={stream.kilobits}"
    match stream.rate:
        case Rate.QUALITY:
            return f"crf={stream.quality}"
        case Rate.AVERAGE:
            return f"bitrate={stream.kilobits}"
        case Rate.CAPPED:
            return f"crf={stream.quality}:{capped}"
        case Rate.CONSTANT:
            return f"bitrate={stream.kilobits}:{capped}" + (
                ":nal-hrd=cbr:filler=1" if stream.codec is Codec.H264 else ""
            )


def _options(stream: Stream) -> dict[str, str]:
    match stream.codec:
        case Codec.H264:
            parameters = f"{_rate(stream)}:scenecut=0:threads=1:log-level=-1"
            return {"preset": "ultrafast", "tune": "zerolatency", "x264-params": parameters}
        case Codec.H265:
            parameters = (
                f"{_rate(stream)}:ctu=16:repeat-headers=1:open-gop=0:bframes=0:rc-lookahead=0:scenecut=0:pools=none:frame-threads=1:"
                "log-level=-1"
            )
            return {"preset": "ultrafast", "tune": "zerolatency", "x265-params": parameters}
        case Codec.MJPEG:
            return {"huffman": "default", "qmin": str(stream.quality), "qmax": str(stream.quality)}


# ---------------------------------------------------------------- RTP


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came out of the depacketiser: a key frame, or none because packets of it were missing."""

    key_frame: KeyFrame | None
    cause: Cause  # why there is none, as a probe would say it then; OK with one
    packets: int  # of the key frame
    lost: int


class Loss(StrEnum):
    """Where packets get lost."""

    SEEN = "the numbers of the packets show it"
    BEHIND_A_RELAY = "a relay numbers the rest anew"


# Which packets are lost, by their numbers, of those from 1 up to a number.
Losing = Callable[[int, Rng], frozenset[int]]


def a_share(share: float) -> Losing:
    """This share of them, at least one."""

    def lost(packets: int, rng: Rng) -> frozenset[int]:
        chosen = rng.choice(np.arange(1, packets), max(1, round(share * (packets - 1))), replace=False)
        return frozenset(chosen.tolist())

    return lost


def each_by_chance(chance: float) -> Losing:
    """Each by itself, as a line loses them; often none."""
    return lambda packets, rng: frozenset((1 + np.flatnonzero(rng.random(packets - 1) < chance)).tolist())


def sent(codec: Codec, unit: bytes, following: bytes, losing: Losing, loss: Loss, rng: Rng) -> Arrived:
    """A key frame sent as RTP, some of whose packets are lost; then what follows it.

    The first one arrives: its parameter sets stand in the description as well, so that nothing would be lost with them.
    """
    payloads = payloads_of(codec, unit)
    lost = losing(len(payloads), rng)
    track = Track(
        codec, payload_type_of(codec), parameter_sets=_parameter_sets(codec, unit), width=VIEW[0], height=VIEW[1]
    )
    video = Video(track, LARGEST, Budget(10 * LARGEST))
    sequence = 0
    for timestamp, part in ((90_000, payloads), (93_600, payloads_of(codec, following))):
        for number, payload in enumerate(part):
            missing = timestamp == 90_000 and number in lost
            if not missing:
                last = number == len(part) - 1
                kind = payload_type_of(codec) | (0x80 if last else 0)
                packet = struct.pack("!BBHII", 0x80, kind, sequence, timestamp, 7) + payload
                key_frame = video.push(packet)
                if key_frame is not None:
                    return Arrived(key_frame, Cause.OK, len(payloads), len(lost))
            sequence += not (missing and loss is Loss.BEHIND_A_RELAY)
    key_frame = video.settle()
    cause = Cause.OK if key_frame is not None else video.shortfall(silent=False)[0]
    return Arrived(key_frame, cause, len(payloads), len(lost))


def _parameter_sets(codec: Codec, unit: bytes) -> tuple[bytes, ...]:
    match codec:
        case Codec.H264:
            return tuple(nal for nal in nal_units(unit) if nal[0] & 0x1F in (7, 8))
        case Codec.H265:
            return tuple(nal for nal in nal_units(unit) if nal[0] >> 1 & 0x3F in (32, 33, 34))
        case Codec.MJPEG:
            return ()


# ---------------------------------------------------------------- decoding

_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}
_PLANAR = frozenset({"yuv420p", "yuvj420p"})


class Decoder:
    """One decoder for each codec, kept."""

    def __init__(self) -> None:
        self._kept: dict[Codec, VideoCodecContext] = {}

    def decode(self, key_frame: KeyFrame) -> tuple[Frame, Evidence] | None:
        """The picture and what the decoder says of it; None when there is no picture."""
        decoder = self._kept.pop(key_frame.codec, None) or _new_decoder(key_frame.codec)
        try:
            frames = decoder.decode(av.Packet(key_frame.data)) or decoder.decode(None)
            decoder.flush_buffers()
        except av.error.FFmpegError:
            return None
        self._kept[key_frame.codec] = decoder
        if not frames:
            return None
        decoded = frames[0]
        y, u, v = (
            np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
            for plane in decoded.planes
        )
        full_range = decoded.format.name.startswith("yuvj") or int(decoded.color_range) == 2
        return Frame(y, u, v, full_range), Evidence(bool(decoded.is_corrupt))


def _new_decoder(codec: Codec) -> VideoCodecContext:
    decoder = av.CodecContext.create(_DECODERS[codec], "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    decoder.options = {"skip_loop_filter": "all"}
    return decoder
