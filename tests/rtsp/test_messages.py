"""Messages are read from whatever devices send, and ours are never broken by what they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.rtsp.messages import (
    MAX_BODY,
    MAX_HEADER_LINE,
    MAX_HEADERS,
    Headers,
    Response,
    ServerRequest,
    body_length,
    parse_head,
    serialise,
)


def test_a_status_line_needs_no_reason() -> None:
    assert parse_head(b"RTSP/1.0 200") == Response(200, "")


def test_header_names_are_compared_without_case_and_values_without_blanks() -> None:
    message = parse_head(b"RTSP/1.0 200 OK\r\nCSEQ : 3  \r\npublic:  DESCRIBE\r\nPublic: PLAY\r\n")
    assert message.headers.get("CSeq") == "3"
    assert message.headers.all("Public") == ("DESCRIBE", "PLAY")


def test_a_folded_line_belongs_to_the_header_before() -> None:
    message = parse_head(b"RTSP/1.0 401 No\nWWW-Authenticate: Digest realm=a,\n nonce=b")
    assert message.headers.get("www-authenticate") == "Digest realm=a, nonce=b"


def test_a_tab_in_a_folded_line_never_survives() -> None:
    assert parse_head(b"RTSP/1.0 200 OK\r\nSession: a\r\n b\tc").headers.get("Session") == "a b c"


def test_lines_without_a_colon_are_passed_over() -> None:
    assert parse_head(b"RTSP/1.0 200 OK\r\nnonsense\r\nA: b") == Response(200, "OK", Headers((("A", "b"),)))


def test_bytes_that_are_no_utf8_survive() -> None:
    assert parse_head(b"RTSP/1.0 400 \xc3\x28\xff").headers == Headers()
    assert parse_head(b"RTSP/1.0 200 OK\r\nServer: \xff\xfe").headers.get("Server").encode("latin-1") == b"\xff\xfe"


def test_control_characters_never_survive() -> None:
    assert parse_head(b"RTSP/1.0 200 OK\r\nLocation: a\0b\x1bc\rd").headers.get("Location") == "a b c d"


def test_an_http_answer_is_told_apart() -> None:
    message = parse_head(b"HTTP/1.1 404 Not Found")
    assert isinstance(message, Response)
    assert message.http
    assert message.line == "HTTP 404 Not Found"


def test_a_request_of_the_device_is_understood() -> None:
    assert parse_head(b"OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1") == ServerRequest(
        "OPTIONS", "rtsp://x/", Headers((("CSeq", "1"),))
    )


@pytest.mark.parametrize(
    "head",
    [
        b"RTSP/1.0 OK",
        b"PLAY",
        b"RTSP/1.0 200 OK\r\nA: " + b"x" * MAX_HEADER_LINE,
        b"RTSP/1.0 200 OK\r\nA: b\r\n" + b" c\r\n" * (MAX_HEADER_LINE // 2),
        b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * (MAX_HEADERS + 1),
    ],
)
def test_what_is_beyond_the_limits_is_the_devices_fault(head: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_head(head)


@pytest.mark.parametrize(
    ("value", "length"),
    [("12", 12), ("12, 12", 12), ("", 0), ("-5", 0), ("x", 0), ("²", 0), ("9" * 5000, MAX_BODY), ("999999", MAX_BODY)],
)
def test_a_body_is_as_long_as_it_says_within_the_limit(value: str, length: int) -> None:
    assert body_length(Headers((("content-length", value),))) == length


def test_a_request_is_written_line_by_line() -> None:
    request = serialise(["PLAY rtsp://x/y RTSP/1.0", "CSeq: 4", "Range: npt=0.000-"])
    assert request == b"PLAY rtsp://x/y RTSP/1.0\r\nCSeq: 4\r\nRange: npt=0.000-\r\n\r\n"


@pytest.mark.parametrize("text", ["a\r\nEvil: yes", "a\nb", "\0", "摄像头"])
def test_nothing_of_ours_may_break_a_line(text: str) -> None:
    with pytest.raises(LocalProtocolError):
        serialise(["PLAY rtsp://x RTSP/1.0", f"Session: {text}"])


@given(st.binary(max_size=400))
def test_any_head_is_a_message_or_the_devices_fault(head: bytes) -> None:
    try:
        message = parse_head(b"RTSP/1.0 200" + head)
    except RemoteProtocolError:
        return
    assert isinstance(message, Response)
    assert not any(character < " " or character == "\x7f" for field in message.headers.fields for character in field[1])
