"""Cameras made of GStreamer's RTSP server, for Debian's Python: it has GStreamer's bindings, and none of our packages.

A program of its own, so that a test can kill it, freeze it and start it again. It serves what ``MOUNTS`` names on
127.0.0.1 to whoever knows the password, and nothing else; given a certificate it does so over TLS.
"""

from __future__ import annotations

import argparse
import random

import gi

for library in ("Gst", "GstRtsp", "GstRtspServer"):
    gi.require_version(library, "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  # versions must be chosen first

PICTURE = "videotestsrc is-live=true {} ! video/x-raw,format=I420,width={},height={},framerate=15/1"
MOVING = "name=scene pattern=smpte"  # bars with a field of snow: no two pictures are equal
STILL = "pattern=smpte75"
SOUND = "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay"
H264 = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph264pay config-interval=-1"
H265 = "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph265pay config-interval=-1"
MJPEG = "jpegenc ! rtpjpegpay"

SHARED = "/shared"  # one encoder for all who watch; elsewhere each viewer gets an encoder of its own
MOUNTS = {
    "/h264": f"{PICTURE.format(MOVING, 640, 360)} ! {H264} name=pay0",
    "/h265": f"{PICTURE.format(MOVING, 480, 272)} ! {H265} name=pay0",
    "/mjpeg": f"{PICTURE.format(MOVING, 320, 240)} ! {MJPEG} name=pay0",
    SHARED: f"{PICTURE.format(MOVING, 640, 360)} ! {H264} name=pay0",
    "/sound-first": f"{SOUND} name=pay0 {PICTURE.format(MOVING, 352, 288)} ! {H264} name=pay1",
    "/sound-only": f"{SOUND} name=pay0",
    "/still": f"{PICTURE.format(STILL, 320, 240)} ! {MJPEG} name=pay0",
    "/no-signal": f"{PICTURE.format('pattern=blue', 320, 240)} ! {H264} name=pay0",
}
WAYS = {"any": None, "udp": GstRtsp.RTSPLowerTrans.UDP}
METHODS = {"basic": GstRtsp.RTSPAuthMethod.BASIC, "digest": GstRtsp.RTSPAuthMethod.DIGEST}
ROLE = "viewer"


def arguments() -> argparse.Namespace:
    """What the test wants."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--method", choices=METHODS, default="digest")
    parser.add_argument("--sessions", type=int, default=0, help="how many at once; 0: any number")
    parser.add_argument("--way", choices=WAYS, default="any", help="how packets may travel")
    parser.add_argument("--certificate", default=None, help="a PEM file with key and certificate")
    return parser.parse_args()


def login(wanted: argparse.Namespace) -> GstRtspServer.RTSPAuth:
    """Whoever proves to know the password becomes a viewer."""
    auth, viewer = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    viewer.set_string("media.factory.role", ROLE)
    auth.set_supported_methods(METHODS[wanted.method])
    auth.add_digest(wanted.user, wanted.password, viewer)
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(wanted.user, wanted.password), viewer)
    if wanted.certificate is not None:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(wanted.certificate))
    return auth


def mount(launch: str, way: GstRtsp.RTSPLowerTrans | None, *, shared: bool) -> GstRtspServer.RTSPMediaFactory:
    """A stream that only viewers see."""
    factory = GstRtspServer.RTSPMediaFactory()
    if way is not None:
        factory.set_protocols(way)
    factory.set_launch(f"( {launch} )")
    factory.set_shared(shared)
    role, _ = Gst.Structure.from_string(f"{ROLE}, media.factory.access=true, media.factory.construct=true")
    factory.add_role_from_structure(role)
    factory.connect("media-configure", go_on)
    return factory


def go_on(_: GstRtspServer.RTSPMediaFactory, media: GstRtspServer.RTSPMedia) -> None:
    """The film starts anew for every viewer; what moves has moved on since the last one."""
    scene = media.get_element().get_by_name("scene")
    if scene is not None:
        for offset in ("xoffset", "yoffset", "k0"):
            scene.set_property(offset, random.randrange(100_000))


def main() -> None:
    """Serve until killed."""
    Gst.init(None)
    wanted = arguments()
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(wanted.port)
    server.set_backlog(128)  # while it is stopped, the kernel goes on accepting
    server.set_auth(login(wanted))
    server.get_session_pool().set_max_sessions(wanted.sessions)
    for path, launch in MOUNTS.items():
        server.get_mount_points().add_factory(path, mount(launch, WAYS[wanted.way], shared=path == SHARED))
    if not server.attach(None):
        raise SystemExit(f"cannot listen on 127.0.0.1:{wanted.port}")
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
