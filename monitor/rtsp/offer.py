"""What the reply to DESCRIBE offers: the track to watch, and the URLs to ask for it by."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Cause
from monitor.rtsp import sdp, urls
from monitor.rtsp.messages import Response
from monitor.rtsp.sdp import Track
from monitor.rtsp.urls import Target

CONTENT_TYPE = "application/sdp"


@dataclass(frozen=True, slots=True)
class Offer:
    """A stream that can be set up."""

    track: Track
    aggregate: str  # the URL of the whole, for PLAY and TEARDOWN
    setup_urls: tuple[str, ...]  # of the track, the likeliest first


@dataclass(frozen=True, slots=True)
class Description:
    """The reply, read; ``offer`` is None when there is nothing to watch, and then ``cause`` and ``detail`` say why."""

    offer: Offer | None
    cause: Cause
    detail: str
    tool: str
    odd_type: bool  # it came under another content type; none at all is fine


def read(response: Response, dialled: Target) -> Description:
    """Read the reply, whatever it looks like."""
    description = sdp.parse(response.body)
    kind = response.headers.get("Content-Type").partition(";")[0].strip()
    odd_type = kind.lower() not in ("", CONTENT_TYPE)
    track = description.track
    if track is None:
        cause, detail = description.unwatchable()
        shown = f"{detail}; content type {kind}" if odd_type else detail
        return Description(None, cause, shown, description.tool, odd_type)
    if track.encrypted:
        detail = "the description offers a secure RTP profile only"
        return Description(None, Cause.STREAM_ENCRYPTED, detail, description.tool, odd_type)
    named = response.headers.get("Content-Base") or response.headers.get("Content-Location")
    base = urls.repair(named, dialled)
    whole = urls.join(base, description.control) if description.control.lower().startswith("rtsp") else base
    offer = Offer(track, whole, urls.setup_urls(base, track.control, dialled, description.control))
    return Description(offer, Cause.OK, "", description.tool, odd_type)
