"""The attempts at SETUP come to an end, and none of them is left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Note, Transport
from monitor.rtsp.setup import After, Setup

URLS = ("rtsp://a/1", "rtsp://b/1", "rtsp://c/1")


def test_every_url_is_tried_then_every_url_by_the_other_way() -> None:
    setup = Setup(Transport.TCP)
    setup.begin(URLS)
    tried = [(setup.url, setup.way)]
    while setup.refused(400, "400") is After.ANOTHER:
        tried.append((setup.url, setup.way))
    assert tried == [*((url, Transport.TCP) for url in URLS), (URLS[0], Transport.UDP)]
    setup.leave_connection()  # 400 right after the change asked for a fresh description
    setup.begin(URLS)
    again = [setup.url]
    while setup.refused(400, "400") is After.ANOTHER:
        again.append(setup.url)
    assert again == list(URLS)
    assert setup.notes == {Note.TRANSPORT_CHANGED}


def test_a_refusal_of_the_way_keeps_the_url() -> None:
    setup = Setup(Transport.TCP)
    setup.begin(URLS)
    assert setup.refused(404, "404") is After.ANOTHER
    assert setup.refused(461, "461 No") is After.ANOTHER
    assert (setup.url, setup.way, setup.refusal) == (URLS[1], Transport.UDP, "461 No")
    assert setup.wants_port


@given(st.lists(st.sampled_from([400, 404, 406, 454, 459, 461, 551]), min_size=20), st.sampled_from(Transport))
def test_any_refusals_come_to_an_end(statuses: list[int], first: Transport) -> None:
    setup = Setup(first)
    setup.begin(URLS)
    for attempts, status in enumerate(statuses):
        match setup.refused(status, ""):
            case After.NOTHING:
                assert attempts <= 3 * len(URLS)
                return
            case After.DESCRIBE_AGAIN:
                setup.leave_connection()
                setup.begin(URLS)
            case After.ANOTHER:
                pass
    raise AssertionError("no end")
