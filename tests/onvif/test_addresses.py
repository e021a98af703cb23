"""The host we dialled wins over whatever a device calls itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import LocalProtocolError
from monitor.onvif.addresses import Service, parse_address, service_at, stream_url

DIALLED = Service("192.0.2.7", 8899)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("192.0.2.7", "http://192.0.2.7/onvif/device_service"),
        ("Cam.Example:8000", "http://cam.example:8000/onvif/device_service"),
        ("http://192.0.2.7:80/", "http://192.0.2.7/onvif/device_service"),
        ("https://192.0.2.7", "https://192.0.2.7/onvif/device_service"),
        ("HTTP://192.0.2.7:2020/other?a=b", "http://192.0.2.7:2020/other?a=b"),
        ("[2001:db8::1]:8000", "http://[2001:db8::1]:8000/onvif/device_service"),
    ],
)
def test_a_person_may_write_as_little_as_a_host(written: str, meant: str) -> None:
    assert parse_address(written).url == meant


@pytest.mark.parametrize(
    "written", ["", "rtsp://192.0.2.7", "u:p@192.0.2.7", "a:0", "a:65536", "a b", "a/#x", "http://"]
)
def test_what_cannot_be_dialled_is_refused(written: str) -> None:
    with pytest.raises(LocalProtocolError):
        parse_address(written)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("http://192.0.2.7/onvif/m", "http://192.0.2.7/onvif/m"),  # its own host, so its own port
        ("https://192.0.2.7:8443/onvif/m", "https://192.0.2.7:8443/onvif/m"),
        ("http://10.0.0.5/onvif/m?x=y", "http://192.0.2.7:8899/onvif/m?x=y"),
        ("http://0.0.0.0:80/m", "http://192.0.2.7:8899/m"),
        ("http://:80/m", "http://192.0.2.7:8899/m"),
        ("http:///m", "http://192.0.2.7:8899/m"),
        ("http://192.0.2.7:8000:8000/m", "http://192.0.2.7:8000/m"),
        ("http://u:p@10.0.0.5/m", "http://192.0.2.7:8899/m"),
        (" http://10.0.0.5/a b ", "http://192.0.2.7:8899/a%20b"),
    ],
)
def test_a_service_is_at_the_host_we_dialled(sent: str, meant: str) -> None:
    found = service_at(sent, DIALLED)
    assert found is not None
    assert found.url == meant


@pytest.mark.parametrize("sent", ["", "/onvif/m", "rtsp://x/m", "http://x", "http://a b/m", "http://x/" + "y" * 2000])
def test_what_is_no_service_is_none(sent: str) -> None:
    assert service_at(sent, DIALLED) is None


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("rtsp://192.168.1.64:554/101?t=u", "rtsp://192.0.2.7/101?t=u"),
        ("RTSP://0.0.0.0:8554/1", "rtsp://192.0.2.7:8554/1"),
        ("rtsp://h:99999/1", "rtsp://192.0.2.7/1"),
        ("rtsps://h/1", "rtsps://192.0.2.7/1"),
        ("rtsp://h", "rtsp://192.0.2.7/"),
        ("rtsp://admin:p@ss@h/1", "rtsp://192.0.2.7/1"),
        ("rtsp://h/user=a_password=_stream=1.sdp", "rtsp://192.0.2.7/user=a_password=_stream=1.sdp"),
        ("http://h/1", ""),
        ("101", ""),
    ],
)
def test_a_stream_is_at_the_host_we_dialled_and_at_its_own_port(sent: str, meant: str) -> None:
    assert stream_url(sent, DIALLED) == meant


@given(st.text() | st.builds("{}://{}".format, st.sampled_from(["http", "rtsp"]), st.text()))
def test_nothing_a_device_calls_itself_breaks_a_request_line_or_leads_elsewhere(sent: str) -> None:
    service, stream = service_at(sent, DIALLED), stream_url(sent, DIALLED)
    if service is not None:
        assert service.host == DIALLED.host
        assert service.path.isascii()
        assert service.path.isprintable()
        assert " " not in service.path
    assert stream == "" or stream.startswith(("rtsp://192.0.2.7", "rtsps://192.0.2.7"))
    assert stream.isascii()
    assert stream.isprintable()
