"""From pictures to key frames as they come over a network: real encoders, RTP, loss, the monitor's own depacketiser.

The decoder is set as ``monitor.probes.decode`` sets its own.
"""

from __future__ import annotations

import struct
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
av.logging.set_level(None)


class Rate(StrEnum):
    """How an encoder is told to spend bits."""

    QUALITY = "constant quality"
    CONSTANT = "constant bit rate"


@dataclass(frozen=True, slots=True)
class Stream:
    """What a camera sends: every picture that is shown to it as a key frame, or every ``group``-th."""

    codec: Codec
    quality: int = 27  # crf of H.264 and H.265, quantiser scale of JPEG
    rate: Rate = Rate.QUALITY
    group: int = 1


class Encoder:
    """One camera's encoder."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._number = 0
        name = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MJPEG: "mjpeg"}[stream.codec]
        encoder = av.CodecContext.create(name, "w")
        assert isinstance(encoder, VideoCodecContext)
        encoder.width, encoder.height = VIEW
        encoder.pix_fmt = "yuvj420p" if stream.codec is Codec.MJPEG else "yuv420p"
        encoder.framerate, encoder.time_base = Fraction(5), Fraction(1, 5)
        encoder.gop_size = stream.group
        encoder.thread_count = 1
        encoder.options = _options(stream)
        self._encoder = encoder
        self._reformatter = VideoReformatter()  # kept: a new one for each picture starts threads each time

    def encode(self, picture: Pixels) -> bytes:
        """One picture, in Annex B or as a JPEG file."""
        shown = VideoFrame.from_ndarray(picture, format="bgr24")
        frame = self._reformatter.reformat(shown, format=self._encoder.pix_fmt, threads=1)
        frame.pts = self._number
        frame.pict_type = PictureType.I if self._number % self._stream.group == 0 else PictureType.NONE
        self._number += 1
        packets = self._encoder.encode(frame)
        assert len(packets) == 1, "an encoder without delay gives one unit for each picture"
        return bytes(packets[0])


def _options(stream: Stream) -> dict[str, str]:
    constant = stream.rate is Rate.CONSTANT
    match stream.codec:
        case Codec.H264:
            rate = (
                "bitrate=512:vbv-maxrate=512:vbv-bufsize=512:nal-hrd=cbr:filler=1"
                if constant
                else f"crf={stream.quality}"
            )
            parameters = f"{rate}:scenecut=0:threads=1:log-level=-1"
            return {"preset": "ultrafast", "tune": "zerolatency", "x264-params": parameters}
        case Codec.H265:
            rate = "bitrate=384:vbv-maxrate=384:vbv-bufsize=384" if constant else f"crf={stream.quality}"
            parameters = (
                f"{rate}:ctu=16:repeat-headers=1:open-gop=0:bframes=0:rc-lookahead=0:scenecut=0:pools=none:frame-threads=1:"
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


def sent(codec: Codec, unit: bytes, following: bytes, share: float, loss: Loss, rng: Rng) -> Arrived:
    """A key frame sent as RTP, of whose packets this share is lost, at least one; then what follows it.

    The first one arrives: its parameter sets stand in the description as well, so that nothing would be lost with them.
    """
    payloads = payloads_of(codec, unit)
    slices = np.arange(1, len(payloads))
    lost = {int(number) for number in rng.choice(slices, max(1, round(share * len(slices))), replace=False)}
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
