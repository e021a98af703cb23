"""What a Transport header grants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Transport
from monitor.rtsp.session import OnChannel, ToPorts, granted, session_of, transport_header


@pytest.mark.parametrize(
    ("header", "grant"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=4-5", OnChannel(4)),
        ('RTP/AVP;Interleaved="2"', OnChannel(2)),
        ("RTP/AVP/TCP;unicast;interleaved=256-257", OnChannel(0)),
        ("", OnChannel(0)),
        ("RTP/AVP;unicast;server_port=5-6", None),
        ("RTP/AVP/UDP;unicast", None),
        ("RTP/AVP;multicast;port=5000-5001", None),
        ("RTP/AVP;destination=232.1.2.3", None),
        ("RTP/AVP/TCP;unicast;destination=10.0.0.232", OnChannel(0)),
    ],
)
def test_over_tcp(header: str, grant: OnChannel | None) -> None:
    assert granted(header, Transport.TCP) == grant


@pytest.mark.parametrize(
    ("header", "grant"),
    [
        ("RTP/AVP;unicast;client_port=4-5;server_port=6970-6971", ToPorts(6970, 6971)),
        ("RTP/AVP;server_port = 6970", ToPorts(6970, 6971)),
        ("RTP/AVP;server_port=65535", ToPorts(65535, 0)),
        ("RTP/AVP;server_port=0-0", ToPorts(0, 0)),
        ("RTP/AVP;unicast;client_port=4-5", ToPorts(0, 0)),
        ("RTP/AVP/TCP;interleaved=0-1", OnChannel(0)),
        ("RTP/AVP;multicast", None),
    ],
)
def test_over_udp(header: str, grant: OnChannel | ToPorts | None) -> None:
    assert granted(header, Transport.UDP) == grant


@given(st.text(max_size=80), st.sampled_from(Transport))
def test_no_header_raises_or_leads_out_of_range(text: str, way: Transport) -> None:
    grant = granted(f"RTP/AVP;server_port={text};interleaved={text}", way)
    match grant:
        case OnChannel(channel):
            assert 0 <= channel < 256
        case ToPorts(rtp_port, rtcp_port):
            assert 0 <= rtp_port < 65536
            assert 0 <= rtcp_port < 65536
        case None:
            pass


def test_what_is_asked_for() -> None:
    assert transport_header(Transport.TCP, 0) == "RTP/AVP/TCP;unicast;interleaved=0-1"
    assert transport_header(Transport.UDP, 5004) == "RTP/AVP;unicast;client_port=5004-5005"
    assert session_of(" 12345678 ; timeout = 60") == "12345678"
