"""What a stream of bytes means, however it is cut: for the tests of the framing and for its fuzz target."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import RemoteProtocolError
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import NEED_DATA, Connection, Event
from monitor.rtsp.messages import MAX_BODY, MAX_HEAD
from tests.fuzz.holding import held


def events(chunks: Sequence[bytes]) -> list[Event | str]:
    """The events of the chunks read one by one, the device's fault last; in between little is held."""
    connection, seen, chunk = Connection(Budget(10**9)), list[Event | str](), b""
    try:
        for chunk in chunks:
            connection.receive_data(chunk)
            while (event := connection.next_event()) is not NEED_DATA:
                seen.append(event)
            assert connection.held <= 2 * (MAX_HEAD + MAX_BODY)
        assert held(connection) <= MAX_HEAD + MAX_BODY + 8 * len(chunk) + 4096
    except RemoteProtocolError as error:
        seen.append(str(error))
    return seen
