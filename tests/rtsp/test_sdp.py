"""Descriptions as devices break them."""

from __future__ import annotations

import base64
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Cause, Codec
from monitor.rtsp.sdp import MAX_SIDE, MAX_VALUE, Track, parse

SPS, PPS, VPS = b"\x67\x42\x00\x1e\xab", b"\x68\xce\x38\x80", b"\x40\x01\x0c\x01"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_the_video_track_is_found_among_others() -> None:
    found = parse(
        f"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\na=control:*\r\n"
        f"m=audio 0 RTP/AVP 8\r\na=control:audio\r\n"
        f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000 \r\n"
        f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={b64(SPS)},{b64(PPS)};x=y\r\na=control:trackID=1\r\n"
        f"m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000".encode()
    )
    assert found.track == Track(Codec.H264, 96, "trackID=1", (SPS, PPS))
    assert found.media == ("audio", "video", "application")
    assert found.control == "*"


def test_h265_has_three_parameter_sets() -> None:
    track = parse(
        f"m=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\n"
        f"a=fmtp:98 sprop-vps={b64(VPS)};sprop-sps={b64(SPS)}; sprop-pps={b64(PPS)}".encode()
    ).track
    assert track == Track(Codec.H265, 98, "", (VPS, SPS, PPS))


def test_static_jpeg_needs_no_map_and_may_name_its_size() -> None:
    framesize = parse(b"m=video 0 RTP/AVP 26\r\na=control:x\r\na=framesize:26 2560-1440\r\n").track
    track = parse(b"m=video 0 RTP/AVP 26\r\na=control:x\r\na=x-dimensions:2560,1440\r\n").track
    assert framesize == track
    assert track == Track(Codec.MJPEG, 26, "x", (), 2560, 1440)


@pytest.mark.parametrize(
    "text",
    [
        "m=vana 0 RTP/AVP 96\na=rtpmap:96 H264/90000",
        "m=video 0 RTP/AVP\na=rtpmap:96 H264/90000",
        "m=video 0 RTP/AVP H264\na=rtpmap:96 h.264/90000",
        "m=video\na=rtpmap:96 H264",
        "s=\ns=x\nc=IN\nt=now-\nb=\n=\nm=video 0 RTP/AVP 97 96 \na=rtpmap:97 X/1\na=rtpmap:  96   H264/90000/1  ",
        f"m=video 0 RTP/AVP 96\na=fmtp:96 sprop-parameter-sets={b64(SPS)}",
    ],
)
def test_broken_lines_do_not_hide_the_track(text: str) -> None:
    track = parse(text.encode()).track
    assert track is not None
    assert (track.codec, track.payload_type) == (Codec.H264, 96)


def test_parameter_sets_under_another_track_are_found() -> None:
    track = parse(
        f"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
        f"m=audio 0 RTP/AVP 8\na=fmtp:96 sprop-parameter-sets={b64(SPS)}".encode()
    ).track
    assert track is not None
    assert track.parameter_sets == (SPS,)


def test_parameter_sets_may_hold_start_codes_lack_padding_or_be_nonsense() -> None:
    joined = b64(b"\0\0\0\x01" + SPS + b"\0\0\x01" + PPS).rstrip("=")
    track = parse(f"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/9\na=fmtp:96 sprop-parameter-sets={joined},A".encode()).track
    assert track is not None
    assert track.parameter_sets == (SPS, PPS)


def test_a_track_that_can_be_watched_comes_before_an_encrypted_one() -> None:
    secure = b"m=video 0 RTP/SAVP 96\na=rtpmap:96 H264/90000\n"
    assert (track := parse(secure).track) is not None
    assert track.encrypted
    assert (track := parse(secure + b"m=video 0 RTP/AVP 97\na=rtpmap:97 H265/90000").track) is not None
    assert track.payload_type == 97


@pytest.mark.parametrize(
    ("text", "cause", "detail"),
    [
        ("<html>", Cause.SDP_UNUSABLE, "the description names no media"),
        ("", Cause.SDP_UNUSABLE, "the description names no media"),
        ("m=audio 0 RTP/AVP 0", Cause.NO_VIDEO_TRACK, "media: audio"),
        ("m=audio 0 RTP/AVP 96\na=rtpmap:96 H264/90000", Cause.NO_VIDEO_TRACK, "media: audio"),
        ("m=video 0 RTP/AVP 96\na=rtpmap:96 VP8/90000", Cause.CODEC_UNSUPPORTED, "video codecs: VP8"),
    ],
)
def test_why_there_is_nothing_to_watch(text: str, cause: Cause, detail: str) -> None:
    description = parse(text.encode())
    assert description.track is None
    assert description.unwatchable() == (cause, detail)


H264_VIDEO = b"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n"


def test_a_control_longer_than_any_line_should_be_is_none() -> None:
    track = parse(H264_VIDEO + b"a=control:" + b"x" * (MAX_VALUE + 1)).track
    assert track is not None
    assert track.control == ""


def test_many_tracks_that_share_their_parameter_sets_hold_little() -> None:
    sets = b"a=fmtp:96 sprop-parameter-sets=" + base64.b64encode(b"\x67" * 6000) + b"\n"
    tracks = parse(sets + H264_VIDEO + sets + H264_VIDEO * 900).tracks
    assert sum(len(unit) for track in tracks for unit in track.parameter_sets) < 200_000


@pytest.mark.parametrize("value", [base64.b64encode(bytes(6000)), b"A," * 4000], ids=["zeros", "commas"])
def test_hostile_parameter_sets_take_no_time(value: bytes) -> None:
    sets = b"a=fmtp:96 sprop-parameter-sets=" + value + b"\n"
    began = process_time()
    parse((H264_VIDEO + sets) * 600)
    assert process_time() - began < 1


def test_a_picture_is_never_larger_than_a_jpeg_can_be() -> None:
    track = parse(b"m=video 0 RTP/AVP 26\na=x-dimensions:99999,99999").track
    assert track is not None
    assert (track.width, track.height) == (MAX_SIDE, MAX_SIDE)


@given(
    st.lists(st.sampled_from(["m=video 0 RTP/AVP ", "a=rtpmap:", "a=fmtp:96 sprop-pps=", "\n"]) | st.text(max_size=9))
)
def test_no_description_raises(parts: list[str]) -> None:
    description = parse("".join(parts).encode())
    assert description.track is None or description.track.payload_type < 1000


@pytest.mark.parametrize(
    ("line", "interleaved"),
    [
        ("packetization-mode=2", True),
        ("packetization-mode=1;sprop-max-don-diff=0", False),
        ("sprop-max-don-diff=1", True),
        ("profile-level-id=420029; Packetization-Mode = 2", True),
        ("packetization-mode=1", False),
    ],
)
def test_units_in_another_order_are_announced_in_the_format(line: str, interleaved: bool) -> None:
    track = parse(H264_VIDEO + b"a=fmtp:96 " + line.encode()).track
    assert track is not None
    assert track.interleaved is interleaved


@pytest.mark.parametrize("line", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:xx", "a=key-mgmt:mikey AQAF"])
def test_keys_for_srtp_in_a_plain_profile_are_seen(line: str) -> None:
    plain = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    tracks = [parse(text.encode()).track for text in (plain, f"{plain}{line}\r\n")]
    assert [(track.keyed, track.encrypted) for track in tracks if track] == [(False, False), (True, False)]
