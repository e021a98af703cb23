"""Whatever the bytes and however they are cut, the events are the same, or the device broke the protocol."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import LocalProtocolError, RemoteProtocolError
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import MAX_GARBAGE, MAX_MESSAGES, MAX_UNREAD, NEED_DATA, Connection, Interleaved
from monitor.rtsp.messages import MAX_HEAD, Headers, Response, ServerRequest
from tests.rtsp.footage import rtp
from tests.rtsp.framing import events

OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
WITH_BODY = b"RTSP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nv=0\r\n"


def frame(payload: bytes, channel: int = 0) -> bytes:
    return bytes((0x24, channel)) + len(payload).to_bytes(2, "big") + payload


def cut(data: bytes, places: list[int]) -> list[bytes]:
    stops = sorted({min(place, len(data)) for place in places} | {len(data)})
    return [data[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]


def test_packets_and_replies_may_come_in_any_order() -> None:
    assert events([frame(b"one") + OK + frame(b"two", 3)]) == [
        Interleaved(0, b"one"),
        Response(200, "OK", Headers((("CSeq", "1"),))),
        Interleaved(3, b"two"),
    ]


def test_empty_lines_between_messages_mean_nothing() -> None:
    assert events([b"\r\n\r\n" + frame(b"x") + b"\r\n" + OK]) == events([frame(b"x") + OK])


def test_a_body_is_read_by_its_length() -> None:
    (message,) = events([WITH_BODY])
    assert isinstance(message, Response)
    assert message.body == b"v=0\r\n"


def test_a_request_of_the_device_is_an_event() -> None:
    (message,) = events([b"GET_PARAMETER * RTSP/1.0\r\nCSeq: 9\r\n\r\n"])
    assert message == ServerRequest("GET_PARAMETER", "*", Headers((("CSeq", "9"),)))


def test_the_rest_of_an_old_stream_is_skipped() -> None:
    stale = b"\x91\x02$\x44middle of a packet$\xff\xff\xff\xff" * 30
    assert events([stale + OK]) == events([OK])
    assert events([OK + stale + frame(rtp(b"x", 1))]) == events([OK + frame(rtp(b"x", 1))])


def test_a_dollar_sign_among_garbage_is_no_packet_unless_it_looks_like_rtp() -> None:
    assert events([b"garbage $\0\0\x20 more garbage" + OK]) == events([OK])


def test_garbage_without_end_is_the_devices_fault() -> None:
    assert events([b"\x01" * 1000] * (MAX_GARBAGE // 1000 + 2)) == [
        "too many bytes that are neither messages nor packets"
    ]


def test_a_head_without_end_is_the_devices_fault() -> None:
    assert events([b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * MAX_HEAD]) == ["the headers are too long"]


def test_messages_without_end_are_the_devices_fault() -> None:
    assert events([OK * (MAX_MESSAGES + 1)]) == [*events([OK]) * MAX_MESSAGES, "too many messages"]
    assert len(events([frame(b"") * (MAX_MESSAGES + 1)])) == MAX_MESSAGES + 1


def test_what_was_no_message_is_kept_for_people() -> None:
    connection = Connection(Budget(10**9))
    connection.receive_data(b"SSH-2.0-dropbear\r\n")
    assert connection.next_event() is NEED_DATA
    assert connection.unreadable.startswith(b"SSH-2.0-drop")


def test_half_a_body_can_be_saved_when_no_more_comes() -> None:
    connection = Connection(Budget(10**9))
    connection.receive_data(b"RTSP/1.0 200 OK\r\nContent-Length: 500\r\n\r\nv=0\r\n")
    assert connection.next_event() is NEED_DATA
    saved = connection.salvage()
    assert saved is not None
    assert saved.body == b"v=0\r\n"
    assert connection.salvage() is None


def test_using_a_broken_connection_is_our_own_fault() -> None:
    connection = Connection(Budget(10**9))
    connection.receive_data(b"RTSP/1.0 nonsense\r\n\r\n")
    with pytest.raises(RemoteProtocolError):
        connection.next_event()
    with pytest.raises(LocalProtocolError):
        connection.receive_data(OK)


def test_giving_bytes_without_asking_for_events_is_our_own_fault() -> None:
    connection = Connection(Budget(10**9))
    connection.receive_data(bytes(MAX_UNREAD + 1))
    with pytest.raises(LocalProtocolError):
        connection.receive_data(b"x")


def test_a_large_packet_in_tiny_pieces_costs_no_more_than_its_bytes() -> None:
    data = frame(bytes(65535)) * 3
    assert [len(event.data) for event in events([data[at : at + 7] for at in range(0, len(data), 7)])
            if isinstance(event, Interleaved)] == [65535] * 3  # fmt: skip


MESSAGES = st.sampled_from(
    [
        OK,
        WITH_BODY,
        b"RTSP/1.0 401 Unauthorized\nWWW-Authenticate: Basic\n\n",
        b"SET_PARAMETER * RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"RTSP/1.0 broken\r\n\r\n",
        b"\r\n",
        b"garbage",
        b"$\0",
        b"RTS",
        b"\xff" * 40,
        frame(b""),
        frame(rtp(b"payload", 4)),
        frame(rtp(b"$RTSP/1.0", 5), 1),
    ]
)


@given(st.lists(MESSAGES | st.binary(max_size=30), max_size=12), st.lists(st.integers(0, 600), max_size=20))
def test_the_cuts_between_reads_never_matter(messages: list[bytes], places: list[int]) -> None:
    data = b"".join(messages)
    assert events(cut(data, places)) == events([data])


@given(st.lists(MESSAGES, max_size=6))
def test_byte_by_byte_gives_the_same(messages: list[bytes]) -> None:
    data = b"".join(messages)
    assert events([bytes((byte,)) for byte in data]) == events([data])


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_any_bytes_give_events_or_a_remote_protocol_error(chunks: list[bytes]) -> None:
    events(chunks)
