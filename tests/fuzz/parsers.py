"""Targets: each reader of a camera's text alone, and the framing of messages."""

from __future__ import annotations

import re

from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.model import Cause, Credentials, Secret
from monitor.onvif.discovery import MAX_MATCHES, matches, said, service_of
from monitor.rtsp import urls
from monitor.rtsp.auth import Authenticator, parse_challenges
from monitor.rtsp.guard import Guard
from monitor.rtsp.messages import Headers, Response, ServerRequest, parse_head, serialise
from monitor.rtsp.sdp import parse
from tests.fuzz.choices import Choices
from tests.fuzz.holding import held
from tests.rtsp.framing import events

CREDENTIALS = Credentials("admin", Secret("open sesame"))
TARGET = urls.parse_target("rtsp://10.0.0.5/cam")
QUESTION = "0a1b2c3d-0000-4000-8000-112233445566"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_COST = 64  # bytes of memory that a byte of a description may cost


def describe(data: bytes) -> None:
    """A description, and the URLs it leads to: each must fit on a request line of ours."""
    choices = Choices(data)
    often = choices.pick((1, 1, 1, 50))
    body = choices.rest() * often
    description = parse(body)
    assert held(description) <= _COST * (len(body) + 1024)
    assert description.unwatchable()[0] in set(Cause)
    for track in description.tracks:
        for url in urls.setup_urls(TARGET.url, track.control, TARGET):
            serialise([f"SETUP {url} RTSP/1.0"])


def challenge(data: bytes) -> None:
    """Challenges: whatever they are, credentials go out once, on one line, and never in the open beside a Digest."""
    text = _CONTROL.sub(" ", data.decode("latin-1"))  # as header values are
    values = tuple(text.split("|"))
    offered = parse_challenges(values)
    assert len({each.scheme for each in offered}) <= 1, "Basic beside a Digest"
    for each in offered:
        answer = Authenticator(each, CREDENTIALS, lambda: "c0ffee").answer("PLAY", TARGET.url)
        serialise([f"PLAY {TARGET.url} RTSP/1.0", f"Authorization: {answer}"])
        assert "open sesame" not in answer
    guard = Guard(CREDENTIALS, lambda: "c0ffee")
    response = Response(401, "Unauthorized", Headers(tuple(("WWW-Authenticate", value) for value in values)))
    guard.next_request()
    signed = 0
    while guard.challenged(response, "") is None:
        signed += guard.authorization("PLAY", TARGET.url) is not None
        assert signed <= 2, "credentials that go out again and again"


def head(data: bytes) -> None:
    """The head of a message: an error of the device, or values that can be sent back."""
    try:
        message = parse_head(data)
    except RemoteProtocolError:
        return
    assert isinstance(message, Response | ServerRequest)
    for _, value in message.headers.fields:
        serialise([f"PLAY {TARGET.url} RTSP/1.0", f"Session: {value}"])
        redirected = urls.redirect_target(value, TARGET)
        for url in (urls.repair(value, TARGET), redirected.url if redirected else TARGET.url):
            serialise([f"DESCRIBE {url} RTSP/1.0"])
            assert url.isascii()


def frame(data: bytes) -> None:
    """The framing of messages: the cuts between reads never matter, and little is held."""
    choices = Choices(data)
    stops = sorted(choices.number(256) for _ in range(choices.number(6)))
    stream = choices.rest()
    assert events([stream]) == events([stream[a:b] for a, b in zip([0, *stops], [*stops, None], strict=True)])


def announcement(data: bytes) -> None:
    """An answer to a question to the network: nobody is led to another host, and what is said fits a cell."""
    try:
        found = matches(data, QUESTION)
    except RemoteProtocolError:
        return
    assert 0 < len(found) <= MAX_MATCHES
    for each in found:
        service = service_of(each, "192.0.2.1")
        assert service is None or (service.host == "192.0.2.1" and service.url.isascii())
        for text in (each.endpoint, each.name, each.hardware, each.location):
            assert text == said(text)


def url(data: bytes) -> None:
    """A URL a person wrote: read, or refused by name."""
    try:
        target = urls.parse_target(data.decode("latin-1"))
    except LocalProtocolError:
        return
    serialise([f"DESCRIBE {target.url} RTSP/1.0"])
    assert urls.parse_target(target.url) == target
