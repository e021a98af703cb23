"""The sub-stream's URL for a main stream's: by what vendors document, or by what the device names.

Small, and enough to tell whether a camera works. By its form only where a URL has exactly that of one vendor; another
guess would cost the device a refusal. Must never leave host and port of the URL: what answers elsewhere, or does not,
says nothing about the camera.
"""

from __future__ import annotations

import re

# Path and query of a main stream, and what stands in its place for the sub-stream.
_FORMS: tuple[tuple[str, str], ...] = (
    # Hikvision: channel N and stream 01 as one number; older firmware names codec, channel and stream
    (r"(/Streaming/Channels/\d{1,3}0)1(/?)", r"\g<1>2\2"),
    (r"(/Streaming/Channels/\d{1,3}0)1(\?transportmode=(?:unicast|multicast).*)", r"\g<1>2\2"),
    (r"(/(?:h264|h265|mpeg4)/ch\d{1,3})/main/av_stream", r"\1/sub/av_stream"),
    # Dahua, Amcrest, Lorex
    (r"(/cam/realmonitor\?channel=\d{1,3})&subtype=0(&.*)?", r"\1&subtype=1\2"),
    # Uniview: a camera, a channel of a recorder
    (r"/media/video1", r"/media/video2"),
    (r"(/unicast/c\d{1,3})/s0/live", r"\1/s1/live"),
    # TP-Link Tapo and VIGI
    (r"/stream1", r"/stream2"),
    # Reolink: each codec of the main stream has its own path, the sub-stream is H.264
    (r"/(?:h264|h265)Preview_(\d\d)_main", r"/h264Preview_\1_sub"),
    (r"/Preview_(\d\d)_main", r"/Preview_\1_sub"),
    # Foscam
    (r"/videoMain", r"/videoSub"),
    # Xiongmai, whose account stands in the path
    (r"(/user=[^/?]*[_&]channel=\d{1,3}[_&])stream=0(\.sdp(?:\?.*)?)", r"\1stream=1\2"),
    # YooSee, Sricam
    (r"/onvif1", r"/onvif2"),
)
_SUBSTITUTES = tuple((re.compile(form), substitute) for form, substitute in _FORMS)
_URL = re.compile(r"(rtsps?://[^/?]+)(/.*)")
_PLACE = re.compile(r"rtsps?://[^/?]+", re.IGNORECASE)


def sub_stream(url: str) -> str | None:
    """The URL of the sub-stream; None when the URL names none we know of, as that of a sub-stream itself."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return None
    for form, substitute in _SUBSTITUTES:
        found = form.fullmatch(parts[2])
        if found:
            return parts[1] + found.expand(substitute)
    return None


def at_the_place_of(written: str, named: str) -> str:
    """The stream a device names, with scheme, host and port of the written URL; the written one if it names none.

    Behind a router or a gateway a device knows neither, and at its own port there may be nothing or another camera.
    """
    place, stream = _PLACE.match(written), _PLACE.match(named)
    if place is None or stream is None:
        return written
    return place[0] + (named[stream.end() :] or "/")
