"""What is in a reply is found, and no bytes do harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.clock import cpu_seconds
from monitor.errors import RemoteProtocolError
from monitor.model import Codec, Identity
from monitor.onvif.envelope import Media
from monitor.onvif.markup import Part
from monitor.onvif.profiles import Profile
from monitor.onvif.replies import (
    MAX_BODY,
    MAX_PROFILES,
    Fault,
    complete,
    device_time,
    identity,
    media_addresses,
    only_begun,
    parse,
    profiles,
    stream_uri,
)
from monitor.simulator import onvif_answers
from monitor.simulator.onvif_answers import MAIN, MEDIA, MEDIA2, PLATE, SUB, Offer

MEANT = {"H264": Codec.H264, "H265": Codec.H265, "JPEG": Codec.MJPEG, "MPEG4": None}
CODECS, SIZES = st.sampled_from(sorted(MEANT)), st.integers(1, 9999)
SENDER = "<Value>e:Sender</Value>"


def root_of(inner: str) -> Part:
    root = parse(f"<e:Envelope><e:Body>{inner}</e:Body></e:Envelope>".encode())
    assert not isinstance(root, Fault)
    return root


def clock(*, year: int = 2026, day: int = 2, hour: int = 3, minute: int = 4) -> str:
    time = f"<Time><Hour>{hour}</Hour><Minute>{minute}</Minute><Second>5</Second></Time>"
    return f"<UTCDateTime>{time}<Date><Year>{year}</Year><Month>1</Month><Day>{day}</Day></Date></UTCDateTime>"


def test_a_device_s_clock_is_read() -> None:
    assert device_time(root_of(clock())) == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_hour_24_and_minute_60_are_the_beginning_of_the_next() -> None:
    assert device_time(root_of(clock(hour=24, minute=60))) == datetime(2026, 1, 3, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("inner", ["", clock(day=32), clock(year=0), clock(year=9999, day=31, hour=999_999_999)])
def test_a_time_on_no_calendar_is_refused(inner: str) -> None:
    with pytest.raises(RemoteProtocolError):
        device_time(root_of(inner))


def test_media_services_are_found_in_either_list() -> None:
    service = "<Service><Namespace>{}</Namespace><XAddr> http://h/{} </XAddr></Service>"
    other = service.format("http://www.onvif.org/ver10/events/wsdl", "e")
    both = service.format(Media.ONE.value, 1) + other + service.format(Media.TWO.value, 2)
    assert media_addresses(root_of(both)) == {Media.ONE: "http://h/1", Media.TWO: "http://h/2"}
    capabilities = (
        "<Capabilities><Device><XAddr>d</XAddr></Device><Media><XAddr>http://h/1</XAddr></Media></Capabilities>"
    )
    assert media_addresses(root_of(capabilities)) == {Media.ONE: "http://h/1"}
    assert media_addresses(root_of("")) == {}


def test_a_profile_is_read_in_any_order_and_with_parts_missing() -> None:
    encoder = (
        "<x:VideoEncoderConfiguration><x:RateControl><x:BitrateLimit>512 kbps</x:BitrateLimit>"
        "<x:FrameRateLimit>12.5</x:FrameRateLimit></x:RateControl>"
        "<x:Resolution><x:Height>360</x:Height><x:Width>640</x:Width></x:Resolution><x:Encoding>h.264</x:Encoding>"
        "</x:VideoEncoderConfiguration>"
    )
    source = "<x:VideoSourceConfiguration><x:SourceToken>s1</x:SourceToken></x:VideoSourceConfiguration>"
    inner = f'<x:Profiles token="a&amp;b">{encoder}{source}</x:Profiles><x:Profiles token="c"/><x:Profiles/>'
    assert profiles(root_of(inner)) == (Profile("a&b", Codec.H264, 640, 360, 12.5, 512, "s1"), Profile("c", None))


@pytest.mark.parametrize("second", [False, True])
@given(
    st.lists(st.builds(Offer, st.sampled_from(["a", "b.c"]), CODECS, SIZES, SIZES, SIZES, st.just("s")), max_size=3),
    st.data(),
)
@settings(max_examples=50)
def test_a_tag_that_is_lost_costs_no_other_profile_anything(
    second: bool, offers: list[Offer], data: st.DataObject
) -> None:
    listed = onvif_answers.profiles(tuple(offers), second=second)
    meant = tuple(
        Profile(offer.token, MEANT[offer.codec], offer.width, offer.height, 25, offer.kbps, "s") for offer in offers
    )
    assert profiles(root_of(listed)) == meant
    pieces = re.split(r"(?=<\w+:Profiles )", listed)[1:]
    if pieces:
        hurt = data.draw(st.integers(0, len(pieces) - 1))
        lost = data.draw(st.sampled_from(re.findall("<[^>]*>", pieces[hurt])[1:]))
        pieces[hurt] = pieces[hurt].replace(lost, "", 1)
        found = profiles(root_of("<r>" + "".join(pieces)))
        assert found[:hurt] + found[hurt + 1 :] == meant[:hurt] + meant[hurt + 1 :]


def test_only_what_is_said_of_the_video_counts() -> None:
    sound = "<AudioEncoderConfiguration><Encoding>JPEG</Encoding></AudioEncoderConfiguration>"
    video = "<VideoEncoderConfiguration><Encoding>H265</Encoding></VideoEncoderConfiguration>"
    for inner in (sound + video, video + sound, f"<Encoding>JPEG</Encoding>{video}"):
        assert profiles(root_of(f'<Profiles token="a">{inner}</Profiles>')) == (Profile("a", Codec.H265),)


def test_no_device_has_profiles_without_end() -> None:
    assert len(profiles(root_of('<Profiles token="a"/>' * (MAX_PROFILES + 1)))) == MAX_PROFILES


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rtsp://h/a?b=1&amp;c=2", "rtsp://h/a?b=1&c=2"),
        ("rtsp://h/a?b=1&c=2&lt", "rtsp://h/a?b=1&c=2&lt"),
        ("rtsp://h/a?b=1&#38;c=&#x32;&#xFFFFF;&#xD800;", "rtsp://h/a?b=1&c=2\U000fffff"),
        ("rtsp://h/&amp;lt;", "rtsp://h/&lt;"),
        ("\n rtsp://h/ \n", "rtsp://h/"),
    ],
)
def test_an_address_keeps_its_ampersands(written: str, meant: str) -> None:
    assert stream_uri(root_of(f"<MediaUri><Uri>{written}</Uri></MediaUri>")) == meant


def test_an_answer_without_an_address_is_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        stream_uri(root_of("<MediaUri/>"))


@pytest.mark.parametrize(
    ("inner", "codes", "reason", "refuses"),
    [
        (
            f"<Code>{SENDER}<Subcode><Value>t:NotAuthorized</Value></Subcode></Code>",
            ("Sender", "NotAuthorized"),
            "",
            True,
        ),
        ("<faultcode>w:FailedAuthentication</faultcode>", ("FailedAuthentication",), "", True),
        (f"<Code>{SENDER}</Code><Reason><Text>not\n authorized</Text></Reason>", ("Sender",), "not authorized", True),
        (f"<Code>{SENDER}</Code><faultstring>Optional</faultstring>", ("Sender",), "Optional", False),
        ("", (), "", False),
    ],
)
def test_a_fault_of_either_soap_is_named(inner: str, codes: tuple[str, ...], reason: str, refuses: bool) -> None:
    fault = parse(f"<e:Envelope><e:Body><e:Fault>{inner}</e:Fault></e:Body></e:Envelope>".encode())
    assert fault == Fault(codes, reason)
    assert fault.refuses_credentials is refuses


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"<", b"hello", b"<html/>", b"<?xml version='1.0' encoding='nope'?>", b"<a" * 1000]
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse(body)


@pytest.mark.parametrize("body", [b"", b"hello", b"<html>", b"<?xml version='1.0'?><a>", b"<a/"])
def test_what_some_devices_say_to_a_question_they_do_not_know_is_no_envelope_that_was_cut(body: bytes) -> None:
    assert only_begun(body) is (body == b"<a/")


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    head = '<!DOCTYPE e [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY g "ggg">]>'
    root = parse(f"{head}<Envelope><Uri>&f;&g;x</Uri></Envelope>".encode())
    assert not isinstance(root, Fault)
    assert stream_uri(root) == "&f;&g;x"


@pytest.mark.parametrize(
    "piece",
    [b"<a>", b"<a/>", b"<Profiles token='a'>", b"&a;", b"<!--", b"<a b='", b"x", b"<![CDATA[", b"<Fault>", b"</a>"],
)
def test_a_full_body_of_anything_is_read_in_little_time(piece: bytes) -> None:
    began = cpu_seconds()
    everything_of(b"<Envelope>" + piece * (MAX_BODY // len(piece)))
    assert cpu_seconds() - began < 1


@pytest.mark.parametrize("name", ["Service", "Profiles token='a'", "Capabilities"])
def test_nesting_does_not_multiply_the_work(name: str) -> None:
    nested = f"<{name}>".encode() * 250
    began = cpu_seconds()
    everything_of(b"<Envelope>" + nested + b"<a/>" * ((MAX_BODY - len(nested)) // 4 - 10))
    assert cpu_seconds() - began < 1


PIECES = st.sampled_from(
    b"<Envelope> <Body> <s:Fault> <Value> <Text> <UTCDateTime> <Year> <Hour> 99999999 <Service> <Namespace> <XAddr> "
    b"http://www.onvif.org/ver10/media/wsdl <Capabilities> <Media> <Profiles\ttoken='a'> <VideoEncoder> <Width> 12 "
    b"<Uri> </Uri> &#1114112; &amp; & <?xml\tversion='1.0'\tencoding='utf-16'?> <!DOCTYPE\ta\t[<!ENTITY\tb\t'c'>]>"
    b" <!-- \xff\xfe <![CDATA[".split(b" ")
)


@given(st.binary() | st.lists(PIECES | st.binary(max_size=4)).map(b"".join))
def test_no_bytes_raise_anything_but_their_own_error(body: bytes) -> None:
    everything_of(body)
    everything_of(b"<Envelope>" + body)


def everything_of(body: bytes) -> None:
    """Read it in every way there is."""
    try:
        root = parse(body)
    except RemoteProtocolError:
        return
    if isinstance(root, Fault):
        assert len(str(root)) < 2000
        return
    media_addresses(root)
    profiles(root)
    for read in (device_time, stream_uri):
        try:
            read(root)
        except RemoteProtocolError:
            continue


def told(body: bytes, read: Callable[[Part], object]) -> object:
    """What is read; None where the answer is refused."""
    try:
        root = parse(body)
        return root if isinstance(root, Fault) else read(root)
    except RemoteProtocolError:
        return None


def plate_of(envelope: Part) -> tuple[str, ...]:
    said: Identity = identity(envelope)
    return said.maker, said.model, said.firmware, said.serial


ANSWERS: dict[str, tuple[str, Callable[[Part], object]]] = {
    "GetSystemDateAndTime": (onvif_answers.clock(datetime(2026, 11, 26, 23, 45, 56, tzinfo=UTC)), device_time),
    "GetStreamUri": (onvif_answers.address("GetStreamUri", "rtsp://h/a?b=1&amp;c=2", second=False), stream_uri),
    "GetSnapshotUri": (onvif_answers.address("GetSnapshotUri", "http://h/a?b=12", second=True), stream_uri),
}
LISTS: dict[str, tuple[str, Callable[[Part], object]]] = {
    "GetServices": (onvif_answers.services("http://h", (MEDIA, MEDIA2)), media_addresses),
    "GetCapabilities": (onvif_answers.capabilities("http://h"), media_addresses),
    "GetProfiles": (onvif_answers.profiles((MAIN, SUB), second=True), profiles),
}


@pytest.mark.parametrize("soap", ["1.1", "1.2"])
@pytest.mark.parametrize("question", [*ANSWERS, *LISTS])
def test_an_answer_cut_anywhere_says_what_it_said_or_nothing(question: str, soap: str) -> None:
    content, read = (ANSWERS | LISTS)[question]
    body = onvif_answers.envelope(content, soap)
    whole = told(body, read)
    assert whole is not None
    refused = [body[:length] for length in range(1, len(body)) if told(body[:length], bool) is None]
    assert refused
    assert all(map(only_begun, refused))
    assert not only_begun(body)
    lengths = [length for length in range(len(body)) if told(body[:length], read) not in (whole, None, {}, ())]
    if question in LISTS:  # these have parts that are whole: but then they say themselves that they are not
        lengths = [length for length in lengths if told(body[:length], lambda one: complete(one, question))]
    assert [body[:length] for length in lengths] == []
    assert complete(root_of(content), question)


def test_a_plate_cut_anywhere_has_each_of_its_words_whole_or_not_at_all() -> None:
    body = onvif_answers.envelope(onvif_answers.information(PLATE), "1.2")
    meant = (PLATE.maker, PLATE.model, PLATE.firmware, PLATE.serial)
    for length in range(len(body)):
        words = told(body[:length], plate_of)
        if words is not None:
            assert isinstance(words, tuple)
            assert all(word in ("", one) for word, one in zip(words, meant, strict=True)), words


def test_a_refusal_cut_anywhere_is_a_refusal_or_nothing_that_is_known() -> None:
    body = onvif_answers.envelope(onvif_answers.fault("NotAuthorized", "Sender not Authorized", "1.2"), "1.2")
    for length in range(len(body)):
        said = told(body[:length], lambda envelope: complete(envelope, "GetProfiles"))
        assert (isinstance(said, Fault) and said.refuses_credentials) or not said
