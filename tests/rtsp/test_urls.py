"""URLs as devices write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import LocalProtocolError
from monitor.rtsp.urls import join, parse_target, redirect_target, repair, setup_urls

DIALLED = parse_target("rtsp://10.0.0.5:8554/cam/live?channel=1&subtype=0")


def test_a_url_says_whom_to_dial() -> None:
    assert (DIALLED.host, DIALLED.port, DIALLED.tls) == ("10.0.0.5", 8554, False)
    assert parse_target("rtsp://cam").port == 554
    assert parse_target("RTSPS://cam/x").port == 322
    assert parse_target("rtsp://[fe80::1]:5554/x").host == "fe80::1"


@pytest.mark.parametrize(
    ("url", "path"), [("rtsp://cam", "/"), ("rtsp://cam/a?b=c/d", "/a?b=c/d"), ("rtsp://[fe80::1]:5554?x", "/?x")]
)
def test_a_url_has_a_path_for_other_protocols(url: str, path: str) -> None:
    assert parse_target(url).path == path


def test_credentials_in_a_url_go_nowhere() -> None:
    assert parse_target("rtsp://admin:p@ss:w%rd@cam:554/x").url == "rtsp://cam:554/x"
    assert repair("rtsp://admin:secret@cam/x", DIALLED) == "rtsp://cam/x"
    assert join("rtsp://cam/x", "rtsp://admin:secret@cam/x/t") == "rtsp://cam/x/t"


def test_what_breaks_a_request_line_is_escaped() -> None:
    assert parse_target("rtsp://cam/村 口\r\nX: y").url == "rtsp://cam/%E6%9D%91%20%E5%8F%A3%0D%0AX:%20y"
    assert join("rtsp://cam", "track\x00 1\xff") == "rtsp://cam/track%00%201%FF"


@pytest.mark.parametrize(
    "url", ["", "http://cam/", "rtsp://", "rtsp:///x", "rtsp://cam:0/", "rtsp://cam:65536", "cam", "rtsp://p@"]
)
def test_what_cannot_be_dialled_is_our_own_fault(url: str) -> None:
    with pytest.raises(LocalProtocolError):
        parse_target(url)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("rtsp://10.0.0.5/cam/", "rtsp://10.0.0.5/cam/"),
        ("rtsp://rtsp://10.0.0.5/cam", "rtsp://10.0.0.5/cam"),
        ("/cam/", "rtsp://10.0.0.5:8554/cam/"),
        ("10.0.0.5:554/cam", "rtsp://10.0.0.5:554/cam"),
        (' "rtsp://10.0.0.5/cam" ', "rtsp://10.0.0.5/cam"),
        ("", DIALLED.url),
        ("http://10.0.0.5/", DIALLED.url),
        ("rtsp://::ffff:10.0.0.5/cam/", "rtsp://10.0.0.5:8554/cam/"),
        ("rtsp://10.0.0.5:554:554/cam/", "rtsp://10.0.0.5:8554/cam/"),
    ],
)
def test_a_content_base_is_repaired(sent: str, meant: str) -> None:
    assert repair(sent, DIALLED) == meant


@pytest.mark.parametrize(
    ("base", "control", "meant"),
    [
        ("rtsp://c/cam", "trackID=1", "rtsp://c/cam/trackID=1"),
        ("rtsp://c/cam/", "trackID=1", "rtsp://c/cam/trackID=1"),
        ("rtsp://c/cam?a=1&b=2", "trackID=0", "rtsp://c/cam?a=1&b=2/trackID=0"),
        ("rtsp://c/cam", "/trackID=1", "rtsp://c/cam/trackID=1"),
        ("rtsp://c/cam", "?track=1", "rtsp://c/cam?track=1"),
        ("rtsp://c/cam", "*", "rtsp://c/cam"),
        ("rtsp://c/cam", "", "rtsp://c/cam"),
        ("rtsp://c/cam", "rtsp://other/x", "rtsp://other/x"),
        ("rtsp://c/cam", "rtsp://rtsp://other/x", "rtsp://other/x"),
    ],
)
def test_a_control_attribute_is_joined_as_devices_mean_it(base: str, control: str, meant: str) -> None:
    assert join(base, control) == meant


def test_a_track_has_other_urls_to_try() -> None:
    assert setup_urls("rtsp://192.168.1.9/b/", "t", DIALLED) == (
        "rtsp://192.168.1.9/b/t",
        "rtsp://10.0.0.5:8554/b/t",
        "rtsp://10.0.0.5:8554/cam/live?channel=1&subtype=0/t",
        "rtsp://10.0.0.5:8554/cam/live/t?channel=1&subtype=0",
    )
    plain = parse_target("rtsp://10.0.0.5/cam")
    assert setup_urls(plain.url, "t", plain) == setup_urls(plain.url, "t", plain, "*") == ("rtsp://10.0.0.5/cam/t",)


@pytest.mark.parametrize(
    ("control", "session", "last"),
    [
        ("t", "rtsp://192.168.1.9/live/", "rtsp://10.0.0.5/live/t"),
        ("t", "/live/ch0", "rtsp://10.0.0.5/live/ch0/t"),
        ("/cam/t", "", "rtsp://10.0.0.5/cam/t"),
    ],
)
def test_a_track_is_looked_for_where_other_readers_look_last(control: str, session: str, last: str) -> None:
    dialled = parse_target("rtsp://10.0.0.5/cam")
    assert setup_urls(dialled.url, control, dialled, session) == (f"rtsp://10.0.0.5/cam/{control.lstrip('/')}", last)


def test_a_location_leads_somewhere_or_nowhere() -> None:
    target = redirect_target("rtsp://10.0.0.6/y", DIALLED)
    assert target is not None
    assert (target.host, target.port) == ("10.0.0.6", 554)
    assert redirect_target("rtsp://:99999/", DIALLED) is None
    assert redirect_target("http://10.0.0.6/", DIALLED) is None
    assert redirect_target("", DIALLED) is None
    beside = redirect_target("live", DIALLED)
    assert beside is not None
    assert (beside.host, beside.url) == ("10.0.0.5", "rtsp://10.0.0.5:8554/live")


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_text_of_a_device_breaks_a_request_line(text: str) -> None:
    for url in (repair(text, DIALLED), *setup_urls(DIALLED.url, text, DIALLED, text)):
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url
