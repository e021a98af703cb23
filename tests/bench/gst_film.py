"""GStreamer's RTSP server showing a film from a file to everybody, for Debian's Python: it has none of our packages.

All viewers share one running film, so that a client joins wherever it is. The file holds encoded frames, each behind
its length in four bytes (big endian).
"""

from __future__ import annotations

import argparse
import itertools
import struct
from pathlib import Path

import gi

for library in ("Gst", "GstRtsp", "GstRtspServer"):
    gi.require_version(library, "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  # versions must be chosen first

SOURCE = "appsrc name=film is-live=true format=time do-timestamp=true caps={caps}"
CODECS = {
    "h264": ("video/x-h264,stream-format=byte-stream,alignment=au", "h264parse ! rtph264pay config-interval=-1"),
    "h265": ("video/x-h265,stream-format=byte-stream,alignment=au", "h265parse ! rtph265pay config-interval=-1"),
}


def arguments() -> argparse.Namespace:
    """What the bench wants."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--codec", choices=CODECS, required=True)
    parser.add_argument("--fps", type=int, required=True)
    parser.add_argument("--film", type=Path, required=True)
    return parser.parse_args()


def frames_in(film: bytes) -> list[bytes]:
    """The encoded frames."""
    frames, at = [], 0
    while at < len(film):
        (length,) = struct.unpack_from(">I", film, at)
        frames.append(film[at + 4 : at + 4 + length])
        at += 4 + length
    return frames


def roll(media: GstRtspServer.RTSPMedia, frames: list[bytes], fps: int) -> None:
    """Push a frame at every tick for as long as somebody takes them."""
    source = media.get_element().get_by_name("film")
    endless = itertools.cycle(frames)

    def push() -> bool:
        buffer = Gst.Buffer.new_wrapped(next(endless))
        return bool(source.emit("push-buffer", buffer) == Gst.FlowReturn.OK)

    push()
    GLib.timeout_add(1000 // fps, push)


def main() -> None:
    """Serve until killed."""
    Gst.init(None)
    wanted = arguments()
    caps, payer = CODECS[wanted.codec]
    frames = frames_in(wanted.film.read_bytes())
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {SOURCE.format(caps=f'{caps},framerate={wanted.fps}/1')} ! {payer} name=pay0 pt=96 )")
    factory.set_shared(True)
    factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
    factory.set_suspend_mode(GstRtspServer.RTSPSuspendMode.NONE)
    factory.connect("media-configure", lambda _, media: roll(media, frames, wanted.fps))
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(wanted.port)
    server.set_backlog(128)
    server.get_mount_points().add_factory("/film", factory)
    if not server.attach(None):
        raise SystemExit(f"cannot listen on 127.0.0.1:{wanted.port}")
    print("ready", flush=True)  # noqa: T201  # the bench waits for it
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
