"""Makes the films the fake cameras send: encoded once, kept on disk, cut into RTP payloads once, shared by all.

A film is a loop of closed groups of pictures, so that playing may begin at any of its key frames.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from monitor.errors import SharpEyesError
from monitor.model import Codec
from monitor.simulator.flaws import Flaw, draw_flawed
from monitor.simulator.packets import description_of, payload_type_of, payloads_of
from monitor.simulator.scenes import NOISE, Pixels, Scene, draw

RTP_CLOCK = 90_000  # Hz, for every video codec here
MAGIC = b"SHARPEYESCLIP9\n"  # raised whenever drawing or this file format changes

SCARCE = "bitrate={rate}:vbv-maxrate={rate}:vbv-bufsize={rate}"  # kbit/s, of ``ClipSize.scarce``
X264 = "scenecut=0:threads=1:log-level=-1"
X265 = "repeat-headers=1:open-gop=0:bframes=0:scenecut=0:pools=none:frame-threads=1:log-level=-1"


class Grade(StrEnum):
    """How many bits a film has."""

    LIGHT = "light"  # made and kept quickly, for demonstrations and tests
    CONSTANT = "constant"  # as LIGHT, but at a constant bit rate: no two key frames are coded alike
    CAMERA = "camera"  # what cameras send: at 1920x1080 and 25 pictures/s 4 Mbit/s (H.264), 2 to 3 (H.265)


@dataclass(frozen=True, slots=True)
class Encoding:
    """Which encoder, set how, and how noisy a sensor it is fed from."""

    encoder: str
    options: dict[str, str]
    noise: float = NOISE


# Constant quantisers for CAMERA: a rate control would give the groups of one short film different sizes.
ENCODINGS = {
    (Grade.LIGHT, Codec.H264): Encoding(
        "libx264", {"preset": "veryfast", "tune": "zerolatency", "crf": "27", "x264-params": X264}
    ),
    (Grade.LIGHT, Codec.H265): Encoding("libx265", {"preset": "ultrafast", "crf": "28", "x265-params": X265}),
    (Grade.CONSTANT, Codec.H264): Encoding(
        "libx264",
        {
            "preset": "veryfast",
            "tune": "zerolatency",
            "x264-params": f"{SCARCE}:{X264}",
        },
    ),
    (Grade.CONSTANT, Codec.H265): Encoding("libx265", {"preset": "ultrafast", "x265-params": f"{SCARCE}:{X265}"}),
    (Grade.CONSTANT, Codec.MJPEG): Encoding("mjpeg", {"huffman": "default", "qmin": "5", "qmax": "5"}),
    (Grade.CAMERA, Codec.H264): Encoding(
        "libx264",
        {"preset": "veryfast", "tune": "zerolatency", "x264-params": f"qp=26:ipratio=1.35:{X264}"},
        noise=4.3,
    ),
    (Grade.CAMERA, Codec.H265): Encoding(
        "libx265", {"preset": "ultrafast", "x265-params": f"qp=27:ipratio=1.15:{X265}"}, noise=4.3
    ),
    # RFC 2435 carries no Huffman tables.
    (Grade.LIGHT, Codec.MJPEG): Encoding("mjpeg", {"huffman": "default", "qmin": "5", "qmax": "5"}),
    (Grade.CAMERA, Codec.MJPEG): Encoding("mjpeg", {"huffman": "default", "qmin": "5", "qmax": "5"}),
}


@dataclass(frozen=True, slots=True)
class ClipSize:
    """What all clips of a town have in common."""

    width: int = 640  # pixels; multiples of 8 up to 2040, as RFC 2435 can tell no others
    height: int = 360
    fps: int = 10
    groups: int = 7  # groups of pictures
    gop: int = 1  # seconds of one group
    grade: Grade = Grade.LIGHT

    def __post_init__(self) -> None:
        for side in (self.width, self.height):
            if side % 8 or not 64 <= side <= 2040:
                raise SharpEyesError(f"a picture side of {side}: take a multiple of 8 between 64 and 2040")
        if self.fps < 1 or self.groups < 2 or self.gop < 1:
            raise SharpEyesError("a clip needs at least 1 picture a second and 2 groups of 1 second")

    @property
    def length(self) -> int:
        """Pictures of one group."""
        return self.fps * self.gop

    @property
    def scarce(self) -> int:
        """Kilobits a second that leave 1.6 bits to each pixel of a picture."""
        return 96 * self.fps * self.width * self.height // (320 * 192)


@dataclass(frozen=True, slots=True)
class Clip:
    """A film ready to be sent. ``frames`` holds RTP payloads; every ``length`` frames a key frame begins a group."""

    codec: Codec
    payload_type: int
    description: str  # SDP attribute lines
    fps: int
    length: int  # frames of one group
    frames: tuple[tuple[bytes, ...], ...]

    @property
    def groups(self) -> int:
        """How many key frames the film can begin with."""
        return len(self.frames) // self.length

    @property
    def ticks(self) -> int:
        """RTP clock ticks from one frame to the next."""
        return RTP_CLOCK // self.fps


@dataclass(frozen=True, slots=True)
class ClipKey:
    """Which film."""

    scene: Scene
    codec: Codec
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """Which film, made how."""

    key: ClipKey
    size: ClipSize


Library = dict[ClipKey, Clip]


def default_cache() -> Path:
    """Where encoded films are kept unless the caller says otherwise."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sharp-eyes" / "clips"


def load_clips(
    size: ClipSize,
    directory: Path,
    codecs: frozenset[Codec] = frozenset(Codec),
    scenes: frozenset[Scene] = frozenset(Scene),
) -> Library:
    """Every given scene in every given codec; takes seconds the first time, minutes for large pictures; later less."""
    keys = [ClipKey(scene, codec) for scene in Scene if scene in scenes for codec in Codec if codec in codecs]
    return load_films(keys, size, directory)


def load_films(keys: Sequence[ClipKey], size: ClipSize, directory: Path) -> Library:
    """These."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:  # the encoders work outside Python's lock
        return dict(zip(keys, workers.map(lambda key: _load(key, size, directory), keys), strict=True))


def frames_of(key: ClipKey, size: ClipSize, directory: Path) -> list[bytes]:
    """The film's encoded frames (Annex B or JPEG files) in sending order: from the cache, or made and kept there."""
    name = hashlib.sha256(repr((MAGIC, key, astuple(size), ENCODINGS[size.grade, key.codec])).encode()).hexdigest()[:16]
    path = directory / f"{key.scene}-{key.flaw or 'good'}-{key.codec}-{name}.clip"
    frames = _read(path, size.length * size.groups)
    if frames is None:
        frames = list(_encode(key, size))
        _write(path, frames)
    return frames


def _load(key: ClipKey, size: ClipSize, directory: Path) -> Clip:
    frames = frames_of(key, size, directory)
    return Clip(
        codec=key.codec,
        payload_type=payload_type_of(key.codec),
        description=description_of(key.codec, frames[0]),
        fps=size.fps,
        length=size.length,
        frames=tuple(payloads_of(key.codec, frame) for frame in frames),
    )


def _encode(key: ClipKey, size: ClipSize) -> Iterator[bytes]:
    """One access unit per frame, in sending order."""
    import av
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import PictureType

    encoding = ENCODINGS[size.grade, key.codec]
    encoder = av.CodecContext.create(encoding.encoder, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = size.width, size.height
    encoder.pix_fmt = "yuvj420p" if key.codec is Codec.MJPEG else "yuv420p"
    encoder.framerate = Fraction(size.fps)
    encoder.time_base = Fraction(1, size.fps)
    encoder.gop_size = size.length
    encoder.thread_count = 1  # several would cut a picture into slices, a JPEG into restart intervals
    encoder.options = {name: value.format(rate=size.scarce) for name, value in encoding.options.items()}
    for number, pixels in enumerate(_film(key, size, encoding.noise)):
        frame = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format=encoder.pix_fmt)
        frame.pts = number
        frame.pict_type = PictureType.I if number % size.length == 0 else PictureType.NONE
        yield from map(bytes, encoder.encode(frame))
    yield from map(bytes, encoder.encode(None))


def _film(key: ClipKey, size: ClipSize, noise: float) -> Iterator[Pixels]:
    for number in range(size.length * size.groups):
        seconds = number / size.fps
        if key.flaw is None:
            yield draw(key.scene, seconds, size.width, size.height, noise)
        else:
            yield draw_flawed(key.scene, key.flaw, seconds, size.width, size.height, noise)


def _read(path: Path, count: int) -> list[bytes] | None:
    """The frames of a cache file; ``None`` when it is missing or not exactly what was written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    body, digest = content[:-32], content[-32:]
    if not body.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        return None
    at = len(MAGIC) + 4 * count
    frames = []
    for length in struct.unpack_from(f">{count}I", body, len(MAGIC)):
        frames.append(body[at : at + length])
        at += length
    return frames


def _write(path: Path, frames: list[bytes]) -> None:
    """Whole or not at all: another process may be reading or writing the same film."""
    lengths = struct.pack(f">{len(frames)}I", *map(len, frames))
    body = b"".join((MAGIC, lengths, *frames))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(body + hashlib.sha256(body).digest())
        Path(file.name).replace(path)
    except OSError as error:
        raise SharpEyesError(f"cannot keep the simulator's films in {path.parent}: {error.strerror}") from error
