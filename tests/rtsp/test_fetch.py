"""The conversation, step by step, without a network."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import LocalProtocolError
from monitor.model import Cause, Codec, Credentials, Rung, Secret, Stage
from monitor.rtsp.actions import Action, Actions, Finished, HangUp, Reconnect, Send
from monitor.rtsp.ending import Ending
from monitor.rtsp.fetch import MAX_REDIRECTS, KeyFrameFetch
from tests.rtsp.footage import coded, packets, payloads, rtp

URL = "rtsp://10.0.0.5/cam"
SDP = "v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
PERSON = Credentials("admin", Secret("sesame"))
DIGEST = 'WWW-Authenticate: Digest realm="cam", nonce="abc"'
SESSION = "Session: 77;timeout=60"
TRANSPORT = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"


class Asked(NamedTuple):
    """One request of ours."""

    method: str
    uri: str
    fields: dict[str, str]


class Talk:
    """Plays the device, and keeps everything the flow did."""

    def __init__(
        self,
        credentials: Credentials | None = None,
        *,
        url: str = URL,
        may_authenticate: bool = True,
        max_bytes: int = 10**7,
        max_keyframe_bytes: int = 10**6,
        transcript: bool = False,
    ) -> None:
        self.flow = KeyFrameFetch(
            url,
            credentials,
            cnonce=lambda: "c0ffee",
            may_authenticate=may_authenticate,
            max_bytes=max_bytes,
            max_keyframe_bytes=max_keyframe_bytes,
            transcript=transcript,
        )
        self.done: list[Action] = []
        self.take(self.flow.connected())

    def take(self, actions: Actions) -> Talk:
        self.done += actions
        return self

    @property
    def sent(self) -> list[Asked]:
        """Every request, in order; answers of ours to the device are left out."""
        found = []
        for action in self.done:
            if isinstance(action, Send) and not action.data.startswith(b"RTSP/"):
                first, *lines = action.data.decode("latin-1").split("\r\n")
                method, uri, _ = first.split(" ")
                found.append(Asked(method, uri, dict(line.split(": ", 1) for line in lines if line)))
        return found

    @property
    def asked(self) -> Asked:
        """The last request."""
        return self.sent[-1]

    @property
    def ending(self) -> Ending:
        """How it ended."""
        (finished,) = [action for action in self.done if isinstance(action, Finished)]
        return finished.ending

    @property
    def outcome(self) -> tuple[Cause, Stage, Rung]:
        return self.ending.cause, self.ending.stage, self.ending.rung

    def reply(self, status: str = "200 OK", *fields: str, body: str = "", length: int | None = None) -> Talk:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {self.asked.fields['CSeq']}", *fields]
        if body or length:
            lines.append(f"Content-Length: {length or len(body)}")
        return self.raw("\r\n".join([*lines, "", ""]).encode() + body.encode())

    def raw(self, data: bytes) -> Talk:
        return self.take(self.flow.receive_data(data))

    def packets(self, sent: list[bytes], channel: int = 0) -> Talk:
        return self.raw(b"".join(bytes((0x24, channel)) + len(one).to_bytes(2, "big") + one for one in sent))

    def described(self, *fields: str, sdp: str = SDP) -> Talk:
        return self.reply("200 OK", *fields, body=sdp)

    def set_up(self) -> Talk:
        return self.described().reply("200 OK", SESSION, TRANSPORT)

    def playing(self) -> Talk:
        return self.set_up().reply("200 OK")


FOOTAGE = packets(Codec.H264, coded(Codec.H264))
NO_KEY = packets(Codec.H264, coded(Codec.H264)[1:])


def test_the_whole_conversation() -> None:
    talk = Talk().playing().packets(FOOTAGE)
    assert [asked.method for asked in talk.sent] == ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
    assert [asked.fields["CSeq"] for asked in talk.sent] == ["1", "2", "3", "4"]
    describe, setup, play, teardown = talk.sent
    assert (describe.uri, describe.fields["Accept"]) == (URL, "application/sdp")
    assert (setup.uri, setup.fields["Transport"]) == (f"{URL}/track1", "RTP/AVP/TCP;unicast;interleaved=0-1")
    assert (play.uri, play.fields["Range"], play.fields["Session"]) == (URL, "npt=0.000-", "77")
    assert (teardown.uri, teardown.fields["Session"]) == (URL, "77")
    assert all("User-Agent" in asked.fields and "Require" not in asked.fields for asked in talk.sent)
    assert talk.outcome == (Cause.OK, Stage.KEYFRAME, Rung.KEYFRAME)
    assert talk.ending.keyframe is not None
    assert talk.ending.keyframe.codec is talk.flow.codec is Codec.H264
    assert talk.flow.passed == [
        Stage.DESCRIBE, Stage.SDP, Stage.SETUP, Stage.PLAY, Stage.FIRST_RTP, Stage.KEYFRAME,
    ]  # fmt: skip
    assert talk.done[-1] == Finished(talk.ending, linger=True)
    assert talk.reply().done[-1] == HangUp()


@given(st.lists(st.integers(1, 40000), max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_cuts_between_reads_never_change_the_outcome(places: list[int]) -> None:
    talk = Talk().playing()
    data = b"".join(b"$\0" + len(one).to_bytes(2, "big") + one for one in FOOTAGE)
    stops = sorted({min(place, len(data)) for place in places} | {len(data)})
    for start, stop in zip([0, *stops], stops, strict=False):
        talk.raw(data[start:stop])
    whole = Talk().playing().packets(FOOTAGE)
    assert talk.ending == whole.ending


def reply(*lines: str, body: str = "") -> bytes:
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode()


SAID = [
    reply("RTSP/1.0 200 OK", SESSION, TRANSPORT, body=SDP),
    reply("RTSP/1.0 200 OK", SESSION),
    reply("RTSP/1.0 401 Unauthorized", DIGEST),
    reply("RTSP/1.0 404 Not Found"),
    reply("RTSP/1.0 302 Moved", f"Location: {URL}"),
    reply("RTSP/1.0 100 Continue"),
    reply("GET_PARAMETER * RTSP/1.0", "CSeq: 4"),
    b"RTSP/1.0 nonsense\r\n\r\n",
    *(b"$\0" + len(one).to_bytes(2, "big") + one for one in FOOTAGE[:4]),
    b"$\5\0\2ab",
    b"garbage",
]


def course(chunks: list[bytes]) -> list[Action]:
    """What the flow does up to its end, or up to the end of the connection."""
    talk = Talk(PERSON)
    for chunk in chunks:
        talk.raw(chunk)
        ends = [at for at, action in enumerate(talk.done) if isinstance(action, Finished | Reconnect)]
        if ends:
            return talk.done[: ends[0] + 1]
    return talk.done


@given(st.lists(st.sampled_from(SAID), max_size=10), st.lists(st.integers(0, 900), max_size=20))
@settings(deadline=None)
def test_the_cuts_between_reads_never_change_the_course(said: list[bytes], places: list[int]) -> None:
    data = b"".join(said)
    stops = sorted({min(place, len(data)) for place in places} | {len(data)})
    assert course([data[a:b] for a, b in zip([0, *stops], stops, strict=False)]) == course([data])


def test_what_follows_a_complete_key_frame_cannot_spoil_it() -> None:
    talk = Talk().playing()
    data = b"".join(b"$\0" + len(one).to_bytes(2, "big") + one for one in FOOTAGE)
    talk.raw(data + b"RTSP/1.0 nonsense\r\n\r\n")
    assert talk.ending.cause is Cause.OK
    assert talk.done[-1] == HangUp()


# ---------------------------------------------------------------- authentication


def test_a_challenge_is_answered_once_for_every_request() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).playing().packets(FOOTAGE)
    answers = [asked.fields.get("Authorization", "") for asked in talk.sent]
    assert [asked.method for asked in talk.sent] == ["DESCRIBE", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
    assert answers[0] == ""
    assert all(f'uri="{asked.uri}"' in asked.fields["Authorization"] for asked in talk.sent[1:])
    assert len(set(answers)) == len(answers)
    assert talk.flow.passed[:2] == [Stage.DESCRIBE, Stage.AUTH]
    assert talk.ending.cause is Cause.OK


def test_a_wrong_password_is_sent_once() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST)
    talk.reply("401 Unauthorized", DIGEST, body="You still have 4 attempt(s)")
    assert talk.outcome == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
    assert talk.ending.credentials_refused
    assert "4 attempt(s)" in talk.ending.detail
    assert sum("Authorization" in asked.fields for asked in talk.sent) == 1


def test_during_the_pause_after_a_refusal_nothing_is_sent() -> None:
    talk = Talk(PERSON, may_authenticate=False).reply("401 Unauthorized", DIGEST)
    assert talk.outcome == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
    assert not talk.ending.credentials_refused
    assert talk.ending.detail == "RTSP 401 Unauthorized; no credentials sent"
    assert len(talk.sent) == 1


def test_without_credentials_a_401_says_so() -> None:
    assert Talk().reply("401 Unauthorized", DIGEST).outcome == (Cause.CREDENTIALS_MISSING, Stage.AUTH, Rung.RTSP)


def test_a_challenge_nobody_knows_is_told() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", "WWW-Authenticate: Negotiate")
    assert talk.ending.cause is Cause.AUTH_UNSUPPORTED
    assert talk.ending.detail.endswith("Negotiate")


def test_a_locked_account_is_named() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).reply("401 Account locked", DIGEST)
    assert talk.ending.cause is Cause.ACCOUNT_LOCKED
    assert talk.ending.credentials_refused


def test_a_nonce_that_grew_old_is_answered_silently() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).described()
    talk.reply("401 Unauthorized", DIGEST.replace("abc", "new") + ", stale=true")
    assert talk.asked.method == "SETUP"
    assert 'nonce="new"' in talk.asked.fields["Authorization"]
    assert talk.reply("200 OK", SESSION, TRANSPORT).asked.method == "PLAY"


def test_a_device_that_closes_after_the_challenge_is_dialled_again_once() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST)
    talk.take(talk.flow.connection_lost())
    assert isinstance(talk.done[-1], Reconnect)
    talk.take(talk.flow.connected())
    assert "Authorization" in talk.asked.fields
    assert talk.take(talk.flow.connection_lost()).outcome == (Cause.CONNECTION_CLOSED, Stage.AUTH, Rung.RTSP)


def test_a_device_that_announces_to_close_gets_the_answer_on_the_next_connection() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST, "Connection: close")
    assert isinstance(talk.done[-1], Reconnect)
    assert not any("Authorization" in asked.fields for asked in talk.sent)
    assert "Authorization" in talk.take(talk.flow.connected()).asked.fields
    assert talk.playing().packets(FOOTAGE).ending.cause is Cause.OK


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 305, 307])
def test_a_redirect_is_followed(status: int) -> None:
    talk = Talk().reply(f"{status} Moved", "Location: rtsp://10.0.0.6:8554/there")
    assert talk.done[-1] == Reconnect(talk.flow.target)
    assert (talk.flow.target.host, talk.flow.target.port) == ("10.0.0.6", 8554)
    assert talk.take(talk.flow.connected()).asked.uri == "rtsp://10.0.0.6:8554/there"


def test_redirects_without_end_are_a_loop() -> None:
    talk = Talk()
    for _ in range(MAX_REDIRECTS):
        talk.reply("302 Moved", f"Location: {URL}")
        talk.take(talk.flow.connected())
    assert talk.reply("302 Moved", f"Location: {URL}").ending.cause is Cause.REDIRECT_LOOP


def test_a_redirect_to_nowhere_is_a_bad_reply() -> None:
    assert Talk().reply("302 Moved").ending.cause is Cause.BAD_REPLY


@pytest.mark.parametrize("location", ["rtsp://evil/cam", "rtsp://10.0.0.55/cam"])
def test_another_host_never_gets_the_credentials(location: str) -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).reply("302 Moved", f"Location: {location}")
    talk.take(talk.flow.connected())
    assert "Authorization" not in talk.asked.fields
    talk.reply("401 Unauthorized", DIGEST)
    assert talk.ending.cause is Cause.CREDENTIALS_MISSING
    assert sum("Authorization" in asked.fields for asked in talk.sent) == 1


def test_encrypted_credentials_never_follow_into_the_open() -> None:
    talk = Talk(PERSON, url="rtsps://10.0.0.5/cam").reply("302 Moved", f"Location: {URL}")
    assert talk.take(talk.flow.connected()).reply("401 No", DIGEST).ending.cause is Cause.CREDENTIALS_MISSING


def test_the_same_host_on_another_port_is_authenticated_anew() -> None:
    talk = Talk(PERSON).reply("302 Moved", "Location: rtsp://10.0.0.5:1554/x")
    talk.take(talk.flow.connected()).reply("401 No", DIGEST)
    assert "Authorization" in talk.asked.fields


# ---------------------------------------------------------------- what replies say


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("403 Forbidden", Cause.CREDENTIALS_FORBIDDEN),
        ("404 Not Found", Cause.PATH_NOT_FOUND),
        ("406 Not Acceptable", Cause.REQUEST_REFUSED),
        ("453 Not Enough Bandwidth", Cause.DEVICE_BUSY),
        ("503", Cause.DEVICE_BUSY),
        ("500 Internal Server Error", Cause.SERVER_ERROR),
    ],
)
def test_a_refusal_of_describe(status: str, cause: Cause) -> None:
    talk = Talk().reply(status)
    assert talk.outcome == (cause, Stage.DESCRIBE, Rung.RTSP)
    assert talk.ending.detail == f"RTSP {status}"
    assert talk.done[-1] == Finished(talk.ending, linger=False)


def test_options_goes_first_where_describe_alone_is_refused() -> None:
    talk = Talk().reply("455 Method Not Valid")
    assert talk.asked.method == "OPTIONS"
    assert talk.reply("404 Not Found").asked.method == "DESCRIBE"
    assert talk.reply("455 Method Not Valid").ending.cause is Cause.REQUEST_REFUSED


@pytest.mark.parametrize(
    ("sdp", "cause"),
    [
        ("<html>", Cause.SDP_UNUSABLE),
        ("m=audio 0 RTP/AVP 0", Cause.NO_VIDEO_TRACK),
        ("m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000", Cause.CODEC_UNSUPPORTED),
        (SDP.replace("RTP/AVP", "RTP/SAVP"), Cause.STREAM_ENCRYPTED),
    ],
)
def test_a_description_that_cannot_be_watched(sdp: str, cause: Cause) -> None:
    assert Talk().described(sdp=sdp).outcome == (cause, Stage.SDP, Rung.RTSP)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("461 Unsupported Transport", Cause.TRANSPORT_REFUSED),
        ("551 Option not supported", Cause.TRANSPORT_REFUSED),
        ("400 Bad Request", Cause.TRANSPORT_REFUSED),
        ("404 Not Found", Cause.PATH_NOT_FOUND),
        ("453 Not Enough Bandwidth", Cause.DEVICE_BUSY),
        ("459 Aggregate", Cause.SETUP_REFUSED),
        ("500 Oops", Cause.SERVER_ERROR),
    ],
)
def test_a_refusal_of_setup(status: str, cause: Cause) -> None:
    assert Talk().described().reply(status).outcome == (cause, Stage.SETUP, Rung.RTSP)


def test_an_answer_in_udp_is_a_refusal_of_tcp() -> None:
    talk = Talk().described().reply("200 OK", SESSION, "Transport: RTP/AVP;unicast;client_port=0-1;server_port=5-6")
    assert talk.ending.cause is Cause.TRANSPORT_REFUSED
    assert talk.asked.method == "TEARDOWN"


def test_other_urls_of_the_track_are_tried() -> None:
    talk = Talk().described("Content-Base: rtsp://192.168.1.1/base/")
    assert talk.asked.uri == "rtsp://192.168.1.1/base/track1"
    assert talk.reply("404 Not Found").asked.uri == "rtsp://10.0.0.5/base/track1"
    assert talk.reply("404 Not Found").asked.uri == "rtsp://10.0.0.5/cam/track1"
    assert talk.reply("404 Not Found").ending.cause is Cause.PATH_NOT_FOUND


def test_the_session_may_have_a_url_of_its_own() -> None:
    talk = Talk().described(sdp=SDP.replace("control:*", "control:rtsp://10.0.0.5/whole"))
    assert talk.reply("200 OK", SESSION).asked.uri == "rtsp://10.0.0.5/whole"


def test_play_does_without_a_range_and_by_the_url_of_the_track_where_it_must() -> None:
    talk = Talk().set_up().reply("457 Invalid Range")
    assert (talk.asked.method, "Range" in talk.asked.fields) == ("PLAY", False)
    talk.reply("460 Only aggregate operation")
    assert (talk.asked.method, talk.asked.uri) == ("PLAY", f"{URL}/track1")
    assert talk.reply("460 No").outcome == (Cause.PLAY_REFUSED, Stage.PLAY, Rung.RTSP)
    assert (talk.asked.method, talk.asked.uri) == ("TEARDOWN", f"{URL}/track1")


@pytest.mark.parametrize(
    ("transport", "channel"),
    [
        ("Transport: RTP/AVP/TCP;unicast;ssrc= 4317f;interleaved=4-5", 4),
        ("Transport: RTP/AVP;interleaved=2", 2),
        ("Transport: RTP/AVP/TCP;unicast", 0),
        ("X: y", 0),
    ],
)
def test_the_channel_of_the_reply_is_followed(transport: str, channel: int) -> None:
    talk = Talk().described().reply("200 OK", SESSION, transport).reply()
    talk.packets(FOOTAGE, channel + 1)
    assert talk.flow.stage is Stage.FIRST_RTP
    assert talk.packets(FOOTAGE, channel).ending.cause is Cause.OK


def test_packets_may_come_before_the_reply_to_play() -> None:
    talk = Talk().set_up().packets(FOOTAGE[:5])
    assert talk.flow.stage is Stage.KEYFRAME
    assert talk.reply().packets(FOOTAGE[5:]).ending.cause is Cause.OK


def test_after_an_early_key_frame_the_reply_to_play_is_not_taken_for_the_farewell() -> None:
    talk = Talk().set_up().packets(FOOTAGE)
    assert talk.ending.cause is Cause.OK
    assert HangUp() not in talk.raw(b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n").done
    assert talk.raw(b"RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n").done[-1] == HangUp()


def test_packets_of_an_old_session_before_play_are_nothing() -> None:
    talk = Talk().packets(FOOTAGE).described().packets(FOOTAGE)
    assert talk.flow.stage is Stage.SETUP


def test_requests_of_the_device_are_answered_briefly() -> None:
    talk = Talk().playing()
    talk.raw(b"GET_PARAMETER * RTSP/1.0\r\nCSeq: 8\r\n\r\nANNOUNCE * RTSP/1.0\r\nCSeq: 9\r\n\r\n")
    answers = [action.data for action in talk.done[-2:] if isinstance(action, Send)]
    assert answers == [b"RTSP/1.0 200 OK\r\nCSeq: 8\r\n\r\n", b"RTSP/1.0 501 Not Implemented\r\nCSeq: 9\r\n\r\n"]
    assert talk.packets(FOOTAGE).ending.cause is Cause.OK


def test_replies_nobody_asked_for_and_provisional_ones_are_passed_over() -> None:
    talk = Talk().raw(b"RTSP/1.0 100 Continue\r\n\r\n")
    assert talk.flow.stage is Stage.DESCRIBE
    talk.playing().raw(b"RTSP/1.0 454 Session Not Found\r\nCSeq: 3\r\n\r\n")
    assert talk.packets(FOOTAGE).ending.cause is Cause.OK


# ---------------------------------------------------------------- what does not speak RTSP


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP 400 Bad Request"),
        (b"\x01" * 70_000, "too many bytes"),
    ],
)
def test_another_protocol_is_named_at_once(data: bytes, shown: str) -> None:
    talk = Talk().raw(data)
    assert talk.outcome == (Cause.NOT_RTSP, Stage.DESCRIBE, Rung.REACH)
    assert talk.ending.detail.startswith(shown)


def test_another_protocol_that_waits_is_named_in_the_end() -> None:
    talk = Talk().raw(b"SSH-2.0-dropbear_2019\r\n")
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.NOT_RTSP
    assert talk.ending.detail == "SSH-2.0-dropbear_2019"
    closing = Talk().raw(b"220 ftp\r\n")
    assert closing.take(closing.flow.connection_lost()).ending.cause is Cause.NOT_RTSP


def test_a_reply_broken_beyond_tolerance() -> None:
    talk = Talk().raw(b"RTSP/1.0 nonsense\r\n\r\n")
    assert talk.ending.cause is Cause.NOT_RTSP
    later = Talk().described().raw(b"RTSP/1.0 nonsense\r\n\r\n")
    assert later.outcome == (Cause.BAD_REPLY, Stage.SETUP, Rung.RTSP)


# ---------------------------------------------------------------- time, ends and budgets


def stages() -> list[tuple[Talk, Stage, Rung]]:
    return [
        (Talk(), Stage.DESCRIBE, Rung.REACH),
        (Talk().described(), Stage.SETUP, Rung.RTSP),
        (Talk().set_up(), Stage.PLAY, Rung.RTSP),
    ]


def test_silence_is_no_reply_at_every_step() -> None:
    for talk, stage, rung in stages():
        assert talk.take(talk.flow.timed_out()).outcome == (Cause.NO_REPLY, stage, rung)


def test_a_close_is_told_at_every_step_and_nothing_is_sent_after_it() -> None:
    for talk, stage, rung in [*stages(), (Talk().playing(), Stage.FIRST_RTP, Rung.RTSP)]:
        sent = len(talk.sent)
        assert talk.take(talk.flow.connection_lost()).outcome == (Cause.CONNECTION_CLOSED, stage, rung)
        assert len(talk.sent) == sent
        assert talk.done[-1] == Finished(talk.ending, linger=False)


def test_a_description_that_is_shorter_than_announced_is_used() -> None:
    talk = Talk().reply("200 OK", body=SDP, length=5000)
    assert talk.flow.stage is Stage.DESCRIBE
    assert talk.take(talk.flow.timed_out()).asked.method == "SETUP"
    assert talk.reply("200 OK", SESSION).reply().packets(FOOTAGE).ending.cause is Cause.OK


def test_a_short_description_before_a_close_is_only_a_close() -> None:
    talk = Talk().reply("200 OK", body=SDP, length=5000)
    assert talk.take(talk.flow.connection_lost()).ending.cause is Cause.CONNECTION_CLOSED
    assert len(talk.sent) == 1


def test_half_a_reply_that_leads_nowhere_is_no_way_to_stay() -> None:
    talk = Talk().raw(b"RTSP/1.0 100 Continue\r\nContent-Length: 500\r\n\r\nv=0")
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.NO_REPLY
    early = Talk().set_up().packets(NO_KEY).reply("200 OK", length=500)
    assert early.take(early.flow.timed_out()).ending.cause is Cause.NO_KEYFRAME


def test_half_a_head_is_a_bad_reply() -> None:
    talk = Talk().raw(b"RTSP/1.0 200 OK\r\nCSeq")
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.BAD_REPLY


def test_play_without_packets_is_no_media() -> None:
    talk = Talk().playing()
    assert talk.take(talk.flow.timed_out()).outcome == (Cause.NO_MEDIA, Stage.FIRST_RTP, Rung.RTSP)
    assert talk.ending.detail == "no packet at all"
    assert talk.asked.method == "TEARDOWN"
    others = Talk().playing().packets(FOOTAGE[:2], 6)
    assert others.take(others.flow.timed_out()).ending.detail == "packets on channels 6 only"


def test_rtcp_alone_is_no_media() -> None:
    talk = Talk().playing().packets([b"\x80\xc8" + bytes(26)])
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.NO_MEDIA


def test_packets_without_a_key_frame() -> None:
    talk = Talk().playing().packets(NO_KEY)
    assert talk.take(talk.flow.timed_out()).outcome == (Cause.NO_KEYFRAME, Stage.KEYFRAME, Rung.STREAM)
    assert "NAL types 1" in talk.ending.detail


def test_packets_that_stopped() -> None:
    talk = Talk().playing().packets(NO_KEY)
    assert talk.take(talk.flow.timed_out(silent=True)).ending.cause is Cause.STREAM_STALLED
    closed = Talk().playing().packets(NO_KEY)
    assert closed.take(closed.flow.connection_lost()).ending.cause is Cause.STREAM_STALLED
    assert closed.ending.detail.startswith("connection closed after")


def test_a_key_frame_nobody_can_decode() -> None:
    parts = [part for part in payloads(Codec.H264, coded(Codec.H264)[0]) if part[0] & 31 not in (7, 8)]
    talk = Talk().playing().packets([rtp(part, at, 1, marker=part is parts[-1]) for at, part in enumerate(parts)])
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.PARAMETER_SETS_MISSING


def test_key_frames_with_holes() -> None:
    talk = Talk().playing().packets(FOOTAGE[:9] + FOOTAGE[10:])
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.STREAM_DAMAGED


def test_bytes_beyond_the_budget() -> None:
    talk = Talk(max_bytes=5000).playing().packets(NO_KEY * 10)
    assert talk.outcome == (Cause.OVER_BUDGET, Stage.KEYFRAME, Rung.STREAM)
    assert talk.asked.method == "TEARDOWN"
    assert talk.reply().done[-1] == HangUp()


def test_a_budget_spent_with_a_redirect_ends_the_run() -> None:
    moved = f"RTSP/1.0 302 Moved\r\nLocation: {URL}\r\n\r\n".encode()
    talk = Talk(max_bytes=1000).raw(b"\r\n" * 600 + moved)
    assert talk.ending.cause is Cause.OVER_BUDGET
    assert not any(isinstance(action, Reconnect) for action in talk.done)


def test_a_key_frame_beyond_the_limit() -> None:
    talk = Talk(max_keyframe_bytes=2000).playing().packets(FOOTAGE)
    assert talk.ending.cause is Cause.OVER_BUDGET
    assert talk.reply().done[-1] == HangUp()


def test_stopping_early_still_says_goodbye() -> None:
    talk = Talk().playing()
    assert talk.take(talk.flow.cancelled()).asked.method == "TEARDOWN"
    assert Talk().flow.cancelled()[0] == Finished(
        Ending(Rung.REACH, Stage.DESCRIBE, Cause.MONITOR_STOPPED), linger=False
    )


def test_a_url_nobody_can_dial_is_our_own_fault() -> None:
    with pytest.raises(LocalProtocolError):
        Talk(url="http://cam/")


def test_a_transcript_shows_both_sides_and_no_secret() -> None:
    basic = "WWW-Authenticate: Basic realm=x"
    talk = Talk(PERSON, transcript=True).reply("401 Unauthorized", basic).described().reply("403 sesame is wrong")
    text = "\n".join(talk.flow.transcript.lines)
    for line in (f"> DESCRIBE {URL}", "> Authorization: Basic ***", "< RTSP 200 OK", "< m=video 0 RTP/AVP 96"):
        assert line in text
    assert "sesame" not in text + talk.ending.detail + repr(talk.done)
    assert talk.ending.detail == "RTSP 403 *** is wrong"


@given(
    st.lists(st.binary(max_size=200) | st.sampled_from([b"RTSP/1.0 200 OK\r\n", b"\r\n", b"$\0\0\x10"]), max_size=20)
)
def test_no_bytes_of_a_device_raise_and_every_run_ends(chunks: list[bytes]) -> None:
    for talk in (Talk(PERSON), Talk().playing()):
        for chunk in chunks:
            talk.raw(chunk)
        for _ in range(5):
            talk.take(talk.flow.timed_out())
        assert sum(isinstance(action, Finished) for action in talk.done) <= 1
        assert any(isinstance(action, Finished | Reconnect) for action in talk.done)
