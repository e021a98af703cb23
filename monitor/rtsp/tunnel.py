"""RTSP inside HTTP (Apple's tunnelling): how to ask whether a port that speaks HTTP offers it. Never opens a tunnel."""

from __future__ import annotations

from monitor.rtsp.messages import Response
from monitor.rtsp.urls import Target

CONTENT_TYPE = "application/x-rtsp-tunnelled"


def tunnel_question(target: Target, cookie: str, user_agent: str) -> bytes:
    """The request that would open the half of a tunnel we read from; ``cookie`` is any unpredictable text."""
    lines = (
        f"GET {target.path} HTTP/1.0",
        f"User-Agent: {user_agent}",
        f"x-sessioncookie: {cookie}",
        f"Accept: {CONTENT_TYPE}",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
    )
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def offers_tunnel(response: Response) -> bool:
    """Whether the answer opens a tunnel."""
    return response.status == 200 and response.headers.get("Content-Type").lower().startswith(CONTENT_TYPE)
