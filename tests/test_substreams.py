"""Every vendor's form, both ways round: what becomes of it, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rtsp.urls import parse_target
from monitor.substreams import at_the_place_of, sub_stream

HOST = "rtsp://192.0.2.1:8554"
MAIN_TO_SUB = (
    ("/Streaming/Channels/101", "/Streaming/Channels/102"),
    ("/Streaming/Channels/1601", "/Streaming/Channels/1602"),
    ("/Streaming/Channels/101/", "/Streaming/Channels/102/"),
    ("/Streaming/Channels/301?transportmode=unicast", "/Streaming/Channels/302?transportmode=unicast"),
    ("/h264/ch1/main/av_stream", "/h264/ch1/sub/av_stream"),
    ("/h265/ch33/main/av_stream", "/h265/ch33/sub/av_stream"),
    ("/cam/realmonitor?channel=3&subtype=0", "/cam/realmonitor?channel=3&subtype=1"),
    ("/cam/realmonitor?channel=3&subtype=0&unicast=true", "/cam/realmonitor?channel=3&subtype=1&unicast=true"),
    ("/media/video1", "/media/video2"),
    ("/unicast/c12/s0/live", "/unicast/c12/s1/live"),
    ("/stream1", "/stream2"),
    ("/h264Preview_01_main", "/h264Preview_01_sub"),
    ("/h265Preview_01_main", "/h264Preview_01_sub"),
    ("/Preview_16_main", "/Preview_16_sub"),
    ("/videoMain", "/videoSub"),
    ("/user=admin_channel=1_stream=0.sdp?real_stream", "/user=admin_channel=1_stream=1.sdp?real_stream"),
    ("/user=admin&channel=1&stream=0.sdp?", "/user=admin&channel=1&stream=1.sdp?"),
    ("/onvif1", "/onvif2"),
)
LEFT_ALONE = (
    "/", "/live", "/Streaming/Channels/1", "/Streaming/Channels/103", "/Streaming/Channels/101x",
    "/Streaming/tracks/101", "/cam/realmonitor?channel=1&subtype=2", "/cam/realmonitor?channel=1", "/stream11",
    "/axis-media/media.amp", "/onvif1/", "/x/onvif1", "/media/video12", "/live?stream=0", "/streaming/channels/101",
)  # fmt: skip


@pytest.mark.parametrize(("main", "sub"), MAIN_TO_SUB)
@pytest.mark.parametrize("host", [HOST, "rtsps://camera.example", "rtsp://[2001:db8::1]:554"])
def test_the_main_stream_of_a_known_form_has_a_sub_stream(main: str, sub: str, host: str) -> None:
    assert sub_stream(host + main) == host + sub


@pytest.mark.parametrize("path", [*(sub for _, sub in MAIN_TO_SUB), *LEFT_ALONE])
def test_a_sub_stream_and_any_other_form_are_left_alone(path: str) -> None:
    assert sub_stream(HOST + path) is None


@given(st.one_of(st.text(max_size=60), st.sampled_from([HOST + main for main, _ in MAIN_TO_SUB])), st.text(max_size=9))
def test_whatever_is_written_the_host_stays(url: str, tail: str) -> None:
    sub = sub_stream(url + tail)
    if sub is not None:
        assert sub != url + tail
        assert sub_stream(sub) is None
        assert sub.split("/", 3)[:3] == (url + tail).split("/", 3)[:3]
        assert parse_target(sub).host == parse_target(url).host


@pytest.mark.parametrize(
    ("written", "named", "asked"),
    [
        ("rtsp://192.0.2.1:8554/1", "rtsp://192.0.2.1/2?a=/b", "rtsp://192.0.2.1:8554/2?a=/b"),
        ("rtsp://192.0.2.1/1", "rtsp://192.0.2.1:8554/2", "rtsp://192.0.2.1/2"),
        ("rtsps://[2001:db8::1]/1", "rtsp://192.168.1.64:554/2", "rtsps://[2001:db8::1]/2"),
        ("rtsp://gateway", "rtsp://192.0.2.1?x", "rtsp://gateway?x"),
        ("rtsp://gateway/1", "rtsp://192.0.2.1", "rtsp://gateway/"),
        ("rtsp://gateway/1", "/2", "rtsp://gateway/1"),
    ],
)
def test_what_a_device_names_is_asked_for_where_the_inventory_says(written: str, named: str, asked: str) -> None:
    assert at_the_place_of(written, named) == asked
