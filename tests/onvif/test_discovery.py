"""WS-Discovery without a socket: the question, and whatever may come as an answer to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.errors import RemoteProtocolError
from monitor.onvif.addresses import Service
from monitor.onvif.discovery import MAX_MATCHES, Match, mac_of, matches, probe, said, service_of

ID = "0a1b2c3d-0000-4000-8000-112233445566"
MAKER = "urn:uuid:5e5c8e00-7a1f-11f0-8c24-4419b6010203"
SCOPES = "onvif://www.onvif.org/name/IPC%20E onvif://www.onvif.org/hardware/DS-2 onvif://www.onvif.org/location/town"


def answer(
    types: str = "dn:NetworkVideoTransmitter",
    scopes: str = SCOPES,
    xaddrs: str = "http://192.0.2.11/onvif/device_service",
    related: str = f"<a:RelatesTo>urn:uuid:{ID}</a:RelatesTo>",
    endpoint: str = MAKER,
    times: int = 1,
) -> bytes:
    one = (
        f"<d:ProbeMatch><a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
        f"<d:Types>{types}</d:Types><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs></d:ProbeMatch>"
    )
    names = (
        'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    )
    return (
        f"<s:Envelope {names}><s:Header>{related}</s:Header><s:Body><d:ProbeMatches>{one * times}</d:ProbeMatches>"
        "</s:Body></s:Envelope>"
    ).encode()


def test_the_question_is_sound_xml_with_its_id_and_the_kind_of_device() -> None:
    root = etree.fromstring(probe(ID))
    names = {"a": "http://schemas.xmlsoap.org/ws/2004/08/addressing"}
    names["d"] = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
    assert root.findtext(".//a:MessageID", namespaces=names) == f"urn:uuid:{ID}"
    types = root.find(".//d:Probe/d:Types", names)
    assert types is not None
    prefix, _, kind = (types.text or "").partition(":")
    assert (types.nsmap[prefix], kind) == ("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")


def test_a_device_says_who_and_where_it_is() -> None:
    (found,) = matches(answer(), ID)
    assert found == Match(
        MAKER, ("http://192.0.2.11/onvif/device_service",), "IPC E", "DS-2", "town", mac="4419b6010203"
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda sound: sound.replace(b"<d:", b"<x:").replace(b"</d:", b"</x:"),
        lambda sound: b"\xef\xbb\xbf\r\n" + sound + b"\0\0\0memory",
        lambda sound: sound[: sound.index(b"</d:ProbeMatches>")],  # cut short
        lambda sound: sound.replace(b"2005/04/discovery", b"2009/01"),
        lambda sound: sound.replace(b"2003/05/soap-envelope", b"soap/1.1"),
        lambda sound: sound.replace(b"IPC%20E", b"IPC & E\x01"),
    ],
    ids=["undeclared prefix", "junk around", "cut short", "another version", "another SOAP", "bare ampersand"],
)
def test_a_broken_answer_that_still_says_it_is_understood(spoilt: Callable[[bytes], bytes]) -> None:
    (found,) = matches(spoilt(answer()), ID)
    assert (found.endpoint, found.addresses) == (MAKER, ("http://192.0.2.11/onvif/device_service",))


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"junk",
        b"<a/>",
        answer(related="<a:RelatesTo>urn:uuid:ffffffff-0000-4000-8000-112233445566</a:RelatesTo>"),
        answer(types="wprt:PrintDeviceType", scopes=""),
        answer(times=0),
        b"<Envelope><Body><Fault><Code><Value>Sender</Value></Code></Fault></Body></Envelope>",
        answer()[:200],
    ],
)
def test_what_is_no_answer_to_our_question_is_the_device_s_mistake(wrong: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        matches(wrong, ID)


def test_an_answer_that_names_no_question_is_taken() -> None:
    assert matches(answer(related=""), ID)


def test_an_onvif_scope_is_enough_where_a_device_names_no_type() -> None:
    assert matches(answer(types=""), ID)


def test_no_more_devices_are_taken_from_one_answer_than_a_recorder_may_have() -> None:
    assert len(matches(answer(times=300), ID)) == MAX_MATCHES


@pytest.mark.parametrize(
    ("xaddrs", "service"),
    [
        ("http://192.0.2.11/onvif/device_service", Service("192.0.2.11")),
        ("http://192.0.2.11:8000/onvif/ds", Service("192.0.2.11", 8000, "/onvif/ds")),
        ("http://[fe80::1]/x http://192.0.2.11:81/y", Service("192.0.2.11", 81, "/y")),  # its own address first
        ("http://0.0.0.0:8080/x", Service("192.0.2.11", 8080, "/x")),
        ("http://evil.example/x", Service("192.0.2.11", 80, "/x")),
        ("https://192.0.2.11/x", Service("192.0.2.11", 443, "/x", tls=True)),
        ("192.0.2.11 rtsp://192.0.2.11/ http://a@192.0.2.11/", None),
        ("", None),
    ],
)
def test_a_device_is_only_ever_asked_where_it_answered(xaddrs: str, service: Service | None) -> None:
    (found,) = matches(answer(xaddrs=xaddrs), ID)
    assert service_of(found, "192.0.2.11") == service


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("44:19:b6:01:02:03", "4419b6010203"),
        ("4419B6-010203", "4419b6010203"),
        ("00:00:00:00:00:00", ""),
        ("ff:ff:ff:ff:ff:ff", ""),
        ("01:00:5e:01:02:03", ""),  # a group's
        ("4419b601020", ""),
        ("", ""),
    ],
)
def test_a_mac_address_is_read_in_every_usual_spelling(text: str, mac: str) -> None:
    assert mac_of(text) == mac


def test_only_a_uuid_made_of_a_mac_address_tells_one() -> None:
    random = "urn:uuid:5e5c8e00-7a1f-41f0-8c24-4419b6010203"
    assert matches(answer(endpoint=random), ID)[0].mac == ""
    told = f"{SCOPES} onvif://www.onvif.org/MAC/44:19:b6:0a:0b:0c"
    assert matches(answer(endpoint=random, scopes=told), ID)[0].mac == "4419b60a0b0c"


@given(st.text())
def test_what_a_device_says_of_itself_fits_a_cell_and_is_no_formula(text: str) -> None:
    cell = said(text)
    assert len(cell) <= 64
    assert cell.isprintable()
    assert cell == cell.strip()
    assert not cell.startswith(("=", "+", "-", "@"))


@given(st.binary(max_size=300), st.integers(0, 700), st.integers(0, 700))
def test_any_bytes_give_devices_or_the_device_s_mistake(junk: bytes, begin: int, length: int) -> None:
    sound = answer()
    for datagram in (junk, sound[:begin] + junk + sound[begin + length :]):
        try:
            found = matches(datagram, ID)
        except RemoteProtocolError:
            continue
        assert 0 < len(found) <= MAX_MATCHES
        for each in found:
            service = service_of(each, "192.0.2.11")
            assert service is None or service.host == "192.0.2.11"
