"""The conversation, step by step, without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import LocalProtocolError
from monitor.model import Cause, Codec, Credentials, Note, Rung, Secret, Stage, Transport
from monitor.rtsp.actions import Action, Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.dialogue import MAX_REDIRECTS
from monitor.rtsp.ending import Ending
from monitor.rtsp.fetch import KeyFrameFetch
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
        transport: Transport = Transport.TCP,
        transcript: bool = False,
    ) -> None:
        self.flow = KeyFrameFetch(
            url,
            credentials,
            cnonce=lambda: "c0ffee",
            may_authenticate=may_authenticate,
            max_bytes=max_bytes,
            max_keyframe_bytes=max_keyframe_bytes,
            transport=transport,
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
RTCP = b"\x80\xc8" + bytes(26)


def test_only_pictures_before_the_next_key_frame_are_passed_over() -> None:
    key, *others = coded(Codec.H264)
    before, sent = len(packets(Codec.H264, tuple(others))), packets(Codec.H264, (*others, key, *others))
    talk = Talk()
    assert not talk.flow.passing_over
    talk.playing()
    assert not talk.flow.passing_over  # no packet came yet
    assert talk.packets(sent[:before]).flow.passing_over
    assert not talk.packets(sent[before : before + 1]).flow.passing_over  # the parameter sets before a key frame
    assert not talk.packets(sent[before + 1 :]).flow.passing_over  # over
    assert talk.outcome == (Cause.OK, Stage.KEYFRAME, Rung.KEYFRAME)


def test_what_comes_beside_the_connection_is_no_reason_to_let_it_wait() -> None:
    talk = Talk(transport=Transport.UDP).described()
    talk.take(talk.flow.listening(5004)).reply("200 OK", SESSION, "Transport: RTP/AVP;unicast;server_port=6970-6971")
    talk.reply()
    for packet in NO_KEY:
        talk.take(talk.flow.video_datagram(packet))
    assert talk.flow.stage is Stage.KEYFRAME
    assert not talk.flow.passing_over


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
    """What the flow does up to its end, or up to the end of the connection; a detail may show more of one read."""
    talk = Talk(PERSON)
    for chunk in chunks:
        talk.raw(chunk)
        ends = [at for at, action in enumerate(talk.done) if isinstance(action, Finished | Reconnect)]
        if ends:
            last = talk.done[ends[0]]
            if isinstance(last, Finished):
                last = replace(last, ending=replace(last.ending, detail=""))
            return [*talk.done[: ends[0]], last]
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
    assert talk.ending.attempts_left == 4
    assert talk.ending.detail == "RTSP 401 Unauthorized; 4 attempts left"
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


def test_a_nonce_of_each_connection_is_no_refused_password() -> None:
    other = 'WWW-Authenticate: Digest realm="cam", nonce="other"'
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).described().reply("200 OK", SESSION, PORTS)
    assert talk.take(talk.flow.connected()).asked.method == "DESCRIBE"
    talk.reply("401 Unauthorized", other)
    assert 'nonce="other"' in talk.asked.fields["Authorization"]
    talk.described().take(talk.flow.listening(5004)).reply("200 OK", SESSION, PORTS).reply()
    for packet in FOOTAGE:
        talk.take(talk.flow.video_datagram(packet))
    assert talk.ending.cause is Cause.OK
    assert not talk.ending.credentials_refused
    assert talk.ending.attempts_left is None
    assert Note.NONCE_RENEWED in talk.ending.notes


def test_a_device_that_closes_after_the_challenge_is_dialled_again_once() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST)
    talk.take(talk.flow.connection_lost())
    assert isinstance(talk.done[-1], Reconnect)
    talk.take(talk.flow.connected())
    assert "Authorization" in talk.asked.fields
    assert talk.take(talk.flow.connection_lost()).outcome == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
    assert talk.ending.credentials_refused


@pytest.mark.parametrize("ends", [KeyFrameFetch.connection_lost, KeyFrameFetch.connection_reset])
def test_a_device_that_hangs_up_on_a_password_it_took_before_is_not_paused(
    ends: Callable[[KeyFrameFetch], Actions],
) -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).described().reply("200 OK", SESSION, TRANSPORT)
    assert talk.take(ends(talk.flow)).ending.cause is Cause.CONNECTION_CLOSED
    assert not talk.ending.credentials_refused


@pytest.mark.parametrize("status", ["400 Bad Request", "455 Method Not Valid", "551 Option not supported"])
def test_only_what_a_device_does_for_a_password_shows_that_it_is_right(status: str) -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).reply(status).reply()
    assert talk.asked.method == "DESCRIBE"
    talk.reply("401 Unauthorized", DIGEST.replace("abc", "new"))
    assert talk.outcome == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
    assert talk.ending.notes == ()


def test_a_password_is_refused_once_behind_a_redirect_too() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).reply("302 Moved", f"Location: {URL}/there")
    talk.take(talk.flow.connected()).reply("401 Unauthorized", DIGEST)
    talk.reply("401 Unauthorized", DIGEST.replace("abc", "new"))
    assert talk.outcome == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
    assert [("Authorization" in asked.fields) for asked in talk.sent] == [False, True, False, True]


def test_the_last_attempt_is_left_to_people() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST, body="you still have 1 attempt(s)")
    assert talk.outcome == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
    assert (talk.ending.credentials_refused, talk.ending.attempts_left) == (False, 1)
    assert len(talk.sent) == 1


def test_a_refusal_that_speaks_of_attempts_is_asked_nothing_more() -> None:
    talk = (
        Talk(PERSON).reply("401 Unauthorized", DIGEST).reply("400 Bad Request", body="account locked, 0 attempts left")
    )
    assert talk.ending.attempts_left == 0
    assert len(talk.sent) == 2


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
    assert talk.reply("302 Moved", f"Location: {URL}").outcome == (Cause.REDIRECT_LOOP, Stage.REDIRECT, Rung.RTSP)


@pytest.mark.parametrize("fields", [(), ("Location: rtsp://:99999/",)])
def test_a_redirect_to_nowhere_is_named(fields: tuple[str, ...]) -> None:
    talk = Talk().reply("302 Moved", *fields)
    assert talk.outcome == (Cause.REDIRECT_NOWHERE, Stage.REDIRECT, Rung.RTSP)


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
        ("406 Not Acceptable", Cause.SDP_REFUSED),
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
    assert talk.reply("455 Method Not Valid").ending.cause is Cause.SESSION_LOST


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
        ("404 Not Found", Cause.TRACK_NOT_FOUND),
        ("453 Not Enough Bandwidth", Cause.DEVICE_BUSY),
        ("459 Aggregate", Cause.AGGREGATE_REFUSED),
        ("500 Oops", Cause.SERVER_ERROR),
    ],
)
def test_a_refusal_of_setup(status: str, cause: Cause) -> None:
    assert Talk().described().reply(status).outcome == (cause, Stage.SETUP, Rung.RTSP)


def test_other_urls_of_the_track_are_tried() -> None:
    talk = Talk().described("Content-Base: rtsp://192.168.1.1/base/")
    assert talk.asked.uri == "rtsp://192.168.1.1/base/track1"
    assert talk.reply("404 Not Found").asked.uri == "rtsp://10.0.0.5/base/track1"
    assert talk.reply("404 Not Found").asked.uri == "rtsp://10.0.0.5/cam/track1"
    assert talk.reply("404 Not Found").ending.cause is Cause.TRACK_NOT_FOUND


def test_the_session_may_have_a_url_of_its_own() -> None:
    talk = Talk().described(sdp=SDP.replace("control:*", "control:rtsp://10.0.0.5/whole"))
    assert talk.reply("200 OK", SESSION).asked.uri == "rtsp://10.0.0.5/whole"


def test_play_does_without_a_range_and_by_the_url_of_the_track_where_it_must() -> None:
    talk = Talk().set_up().reply("457 Invalid Range")
    assert (talk.asked.method, "Range" in talk.asked.fields) == ("PLAY", False)
    talk.reply("460 Only aggregate operation")
    assert (talk.asked.method, talk.asked.uri) == ("PLAY", f"{URL}/track1")
    assert talk.reply("460 No").outcome == (Cause.AGGREGATE_REFUSED, Stage.PLAY, Rung.RTSP)
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
    talk.packets(FOOTAGE[:20], channel + 1)
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


def test_another_protocol_is_named_at_once() -> None:
    talk = Talk().raw(b"\x01" * 70_000)
    assert talk.outcome == (Cause.NOT_RTSP, Stage.DESCRIBE, Rung.REACH)
    assert talk.ending.detail.startswith("too many bytes")


HTTP = b"HTTP/1.1 400 Bad Request\r\nServer: lighttpd\r\n\r\n"


def test_a_port_that_speaks_http_is_asked_once_for_a_tunnel() -> None:
    talk = Talk(PERSON).raw(HTTP)
    assert talk.done[-1] == Reconnect(talk.flow.target)
    (sent,) = talk.flow.connected()
    assert isinstance(sent, Send)
    assert sent.data.startswith(b"GET /cam HTTP/1.0\r\n")
    assert b"\r\nx-sessioncookie: c0ffee\r\nAccept: application/x-rtsp-tunnelled\r\n" in sent.data
    talk.raw(b"HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n")
    assert talk.outcome == (Cause.HTTP_TUNNEL_ONLY, Stage.DESCRIBE, Rung.REACH)
    assert talk.flow.heard.status == "HTTP 200 OK"


def test_a_web_server_that_says_it_twice_is_asked_for_a_tunnel_all_the_same() -> None:
    talk = Talk().raw(HTTP * 3 + b"OPTIONS * RTSP/1.0\r\nCSeq: 8\r\n\r\n")
    assert [action for action in talk.done[1:] if action != HangUp()] == [Reconnect(talk.flow.target)]
    talk.take(talk.flow.connected()).raw(b"HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n")
    assert talk.ending.cause is Cause.HTTP_TUNNEL_ONLY


def test_a_web_server_is_no_tunnel_whatever_it_does_then() -> None:
    answers: list[Callable[[Talk], Actions]] = [
        lambda talk: talk.flow.receive_data(HTTP),
        lambda talk: talk.flow.receive_data(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n"),
        lambda talk: talk.flow.receive_data(b"\x01" * 70_000),
        lambda talk: talk.flow.connection_lost(),
        lambda talk: talk.flow.connection_reset(),
        lambda talk: talk.flow.timed_out(),
        lambda talk: talk.flow.connect_failed(Stage.TCP, Cause.TCP_REFUSED, ""),
    ]
    for answer in answers:
        talk = Talk().raw(HTTP)
        talk.take(talk.flow.connected()).take(answer(talk))
        talk.take(talk.flow.timed_out())
        assert talk.outcome == (Cause.NOT_RTSP, Stage.DESCRIBE, Rung.REACH)
        assert talk.ending.detail == "HTTP 400 Bad Request"


@pytest.mark.parametrize("record", [b"\x15\x03\x01\x00\x02\x02\x46", b"\x16\x03\x03\x00\x00"])
def test_a_port_that_speaks_tls_is_named(record: bytes) -> None:
    talk = Talk().raw(record)
    assert talk.take(talk.flow.connection_lost()).outcome == (Cause.TLS_EXPECTED, Stage.DESCRIBE, Rung.REACH)


def test_another_protocol_that_waits_is_named_in_the_end() -> None:
    talk = Talk().raw(b"SSH-2.0-dropbear_2019\r\n")
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.NOT_RTSP
    assert talk.ending.detail == "SSH-2.0-dropbear_2019"
    closing = Talk().raw(b"220 ftp\r\n")
    assert closing.take(closing.flow.connection_lost()).ending.cause is Cause.NOT_RTSP


def test_a_reply_broken_beyond_tolerance() -> None:
    talk = Talk().raw(b"RTSP/1.0 nonsense\r\n\r\n")
    assert talk.ending.cause is Cause.BAD_REPLY
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
    for talk, stage, rung in [*stages()[1:], (Talk().playing(), Stage.FIRST_RTP, Rung.RTSP)]:
        sent = len(talk.sent)
        cause = Cause.DEVICE_BUSY if stage is Stage.SETUP else Cause.CONNECTION_CLOSED
        assert talk.take(talk.flow.connection_lost()).outcome == (cause, stage, rung)
        assert len(talk.sent) == sent
        assert talk.done[-1] == Finished(talk.ending, linger=False)


def test_a_close_without_a_byte_is_asked_about_with_options_once() -> None:
    talk = Talk()
    talk.take(talk.flow.connection_lost())
    assert talk.done[-1] == Reconnect(talk.flow.target)
    assert talk.take(talk.flow.connected()).asked.method == "OPTIONS"
    assert talk.reply().asked.method == "DESCRIBE"
    assert talk.described().reply("200 OK", SESSION).reply().packets(FOOTAGE).ending.cause is Cause.OK


def test_closes_and_resets_without_a_byte_are_told_apart() -> None:
    closed, torn = Talk(), Talk()
    for talk, ends in ((closed, closed.flow.connection_lost), (torn, torn.flow.connection_reset)):
        talk.take(ends()).take(talk.flow.connected()).take(ends())
    assert closed.outcome == (Cause.EMPTY_REPLY, Stage.DESCRIBE, Rung.REACH)
    assert torn.outcome == (Cause.CONNECTION_RESET, Stage.DESCRIBE, Rung.REACH)
    later = Talk().set_up()
    assert later.take(later.flow.connection_reset()).outcome == (Cause.CONNECTION_CLOSED, Stage.PLAY, Rung.RTSP)


def test_a_description_that_is_shorter_than_announced_is_used() -> None:
    talk = Talk().reply("200 OK", body=SDP, length=5000)
    assert talk.flow.stage is Stage.DESCRIBE
    assert talk.take(talk.flow.timed_out()).asked.method == "SETUP"
    assert talk.reply("200 OK", SESSION).reply().packets(FOOTAGE).ending.cause is Cause.OK
    assert talk.ending.notes == (Note.BODY_SHORT,)


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


def test_what_comes_instead_of_video_is_named() -> None:
    others = Talk().playing().packets(FOOTAGE[:2], 6).packets([RTCP], 1)
    assert others.take(others.flow.timed_out()).ending.cause is Cause.OTHER_MEDIA_ONLY
    assert others.ending.detail == "packets on channels 6 only"
    for channel in (0, 1):
        talk = Talk().playing().packets([RTCP], channel)
        assert talk.take(talk.flow.timed_out()).outcome == (Cause.RTCP_ONLY, Stage.FIRST_RTP, Rung.RTSP)


def test_packets_without_a_key_frame() -> None:
    talk = Talk().playing().packets(NO_KEY)
    assert talk.take(talk.flow.timed_out()).outcome == (Cause.NO_KEYFRAME, Stage.KEYFRAME, Rung.STREAM)
    assert "NAL types 1" in talk.ending.detail


def test_packets_that_stopped() -> None:
    talk = Talk().playing().packets(NO_KEY)
    assert talk.take(talk.flow.fell_silent()).ending.cause is Cause.STREAM_STALLED
    closed = Talk().playing().packets(NO_KEY)
    assert closed.take(closed.flow.connection_lost()).ending.cause is Cause.STREAM_STALLED
    assert closed.ending.detail.startswith("connection closed after")


def test_a_key_frame_nobody_can_decode() -> None:
    parts = [part for part in payloads(Codec.H264, coded(Codec.H264)[0]) if part[0] & 31 not in (7, 8)]
    talk = Talk().playing().packets([rtp(part, at, 1, marker=part is parts[-1]) for at, part in enumerate(parts)])
    assert talk.take(talk.flow.timed_out()).outcome == (Cause.PARAMETER_SETS_MISSING, Stage.DEPACKETISE, Rung.STREAM)


def test_key_frames_with_holes() -> None:
    talk = Talk().playing().packets(FOOTAGE[:9] + FOOTAGE[10:])
    assert talk.take(talk.flow.timed_out()).outcome == (Cause.STREAM_DAMAGED, Stage.DEPACKETISE, Rung.STREAM)


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


def test_half_a_reply_to_play_is_one_and_the_packets_get_their_time() -> None:
    talk = Talk().set_up().reply("200 OK", length=10)
    talk.take(talk.flow.timed_out())
    assert talk.flow.stage is Stage.FIRST_RTP
    assert not any(isinstance(action, Finished) for action in talk.done)


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


def test_bytes_after_the_end_of_all_sense_are_passed_over() -> None:
    talk = Talk().raw(b"HTTP/\n\n")
    assert talk.ending.cause is Cause.NOT_RTSP
    assert talk.raw(b"RTSP/1.0 200 OK\r\n\r\n").done[-1] == HangUp()


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


# ---------------------------------------------------------------- UDP

PORTS = "Transport: RTP/AVP;unicast;client_port=5004-5005;server_port=6970-6971;ssrc=1"


def over_udp(talk: Talk) -> Talk:
    """On to the reply to PLAY, from where the device was asked by datagrams."""
    return talk.reply("200 OK", SESSION, PORTS).reply()


def test_a_device_that_refuses_tcp_is_watched_over_udp() -> None:
    talk = Talk().described().reply("461 Unsupported Transport")
    assert talk.done[-1] == Listen()
    talk.take(talk.flow.listening(5004))
    assert (talk.asked.method, talk.asked.uri) == ("SETUP", f"{URL}/track1")
    assert talk.asked.fields["Transport"] == "RTP/AVP;unicast;client_port=5004-5005"
    over_udp(talk)
    assert Punch("10.0.0.5", 6970, 6971) in talk.done
    for packet in FOOTAGE:
        talk.take(talk.flow.video_datagram(packet))
    assert talk.outcome == (Cause.OK, Stage.KEYFRAME, Rung.KEYFRAME)
    assert talk.flow.transport is Transport.UDP
    assert talk.ending.notes == (Note.TRANSPORT_CHANGED,)
    assert talk.asked.method == "TEARDOWN"


def test_datagrams_that_overtook_each_other_are_no_loss() -> None:
    sent = packets(Codec.H264, coded(Codec.H264)[:1])
    sent[1:3] = reversed(sent[1:3])
    sent[-2:] = reversed(sent[-2:])
    talk = Talk(transport=Transport.UDP).described()
    over_udp(talk.take(talk.flow.listening(5004)))
    for packet in sent:
        talk.take(talk.flow.video_datagram(packet))
    assert talk.ending.keyframe is not None
    assert talk.ending.keyframe.packets_lost == 0


def test_what_waits_for_a_datagram_that_never_comes_is_looked_at_when_the_time_is_up() -> None:
    talk = Talk(transport=Transport.UDP).described()
    over_udp(talk.take(talk.flow.listening(5004)))
    talk.take(talk.flow.video_datagram(rtp(b"\x41", 3)))
    for packet in packets(Codec.H264, coded(Codec.H264, 64, 64)[:1], 1400, first=5):
        assert talk.take(talk.flow.video_datagram(packet)).flow.packets > 1
    assert talk.flow.settle() == (), "what follows may be lost as well"
    talk.take(talk.flow.fell_silent())
    assert talk.ending.keyframe is not None
    assert talk.ending.keyframe.packets_lost == 1


@pytest.mark.parametrize("status", ["406 Not Acceptable", "551 Option not supported", "400 Bad Request"])
def test_other_refusals_of_tcp_lead_to_udp_too(status: str) -> None:
    assert Talk().described().reply(status).done[-1] == Listen()


def test_an_answer_in_udp_leads_to_udp_over_a_new_connection() -> None:
    talk = Talk().described().reply("200 OK", SESSION, PORTS)
    assert talk.asked.method == "TEARDOWN"
    assert talk.done[-1] == Reconnect(talk.flow.target, linger=True)
    assert talk.take(talk.flow.connected()).described().done.count(Listen()) == 1


def test_multicast_is_no_way_of_ours() -> None:
    multicast = "Transport: RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001"
    talk = Talk().described().reply("200 OK", SESSION, multicast)
    assert talk.done[-1] == Reconnect(talk.flow.target, linger=True)
    talk.take(talk.flow.connected()).described().take(talk.flow.listening(5004)).reply("200 OK", SESSION, multicast)
    assert talk.ending.cause is Cause.TRANSPORT_REFUSED


@pytest.mark.parametrize("status", ["454 Session Not Found", "455 Not Valid", "400 Bad Request", ""])
def test_after_the_change_some_devices_want_a_fresh_description_once(status: str) -> None:
    talk = Talk().described().reply("461 No")
    talk.take(talk.flow.listening(5004))
    talk.reply(status) if status else talk.take(talk.flow.connection_lost())
    assert talk.done[-1] == Reconnect(talk.flow.target)
    assert talk.take(talk.flow.connected()).asked.method == "DESCRIBE"
    assert "client_port=5004-5005" in talk.described().asked.fields["Transport"]
    assert talk.done.count(Listen()) == 1
    assert talk.reply("454 Session Not Found").ending.cause is Cause.SESSION_LOST


def test_neither_way_is_a_refusal_of_both() -> None:
    talk = Talk().described().reply("461 No")
    assert talk.take(talk.flow.listening(5004)).reply("461 No").outcome == (
        Cause.TRANSPORT_REFUSED, Stage.SETUP, Rung.RTSP,
    )  # fmt: skip
    shut = Talk().described().reply("461 No")
    shut.take(shut.flow.listening_failed("no port"))
    assert (shut.ending.cause, shut.ending.detail) == (Cause.TRANSPORT_REFUSED, "RTSP 461 No; no port")


def test_where_udp_goes_first_tcp_is_the_other_way() -> None:
    refusals: list[Callable[[Talk], Talk]] = [
        lambda talk: talk.take(talk.flow.listening(5004)).reply("461 No"),
        lambda talk: talk.take(talk.flow.listening_failed("no port")),
    ]
    for refuse in refusals:
        talk = Talk(transport=Transport.UDP).described()
        assert talk.done[-1] == Listen()
        refuse(talk)
        assert "interleaved=0-1" in talk.asked.fields["Transport"]
        assert talk.reply("200 OK", SESSION, TRANSPORT).reply().packets(FOOTAGE).ending.cause is Cause.OK
        assert talk.flow.transport is Transport.TCP


def test_a_device_that_answers_udp_with_tcp_is_followed() -> None:
    talk = Talk(transport=Transport.UDP).described()
    talk.take(talk.flow.listening(5004)).reply("200 OK", SESSION, TRANSPORT).reply().packets(FOOTAGE)
    assert talk.ending.cause is Cause.OK
    assert talk.flow.transport is Transport.TCP


def test_silence_over_udp_leads_to_tcp_once() -> None:
    talk = Talk(transport=Transport.UDP).described()
    over_udp(talk.take(talk.flow.listening(5004)))
    talk.take(talk.flow.timed_out())
    assert talk.asked.method == "TEARDOWN"
    talk.take(talk.flow.connected()).described()
    assert "interleaved" in talk.asked.fields["Transport"]
    talk.reply("200 OK", SESSION, TRANSPORT).reply()
    assert talk.take(talk.flow.timed_out()).ending.cause is Cause.NO_MEDIA


def test_silence_over_udp_is_held_against_nobody_unless_reports_came() -> None:
    for reports, cause in ((0, Cause.NO_DATAGRAMS), (1, Cause.RTCP_ONLY)):
        talk = Talk().described().reply("461 No")
        over_udp(talk.take(talk.flow.listening(5004)))
        for _ in range(reports):
            talk.take(talk.flow.control_datagram(RTCP))
        assert talk.take(talk.flow.timed_out()).outcome == (cause, Stage.FIRST_RTP, Rung.RTSP)


@given(st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=20))
def test_no_datagram_raises(datagrams: list[tuple[bytes, bool]]) -> None:
    talk = Talk(max_bytes=2000).described().reply("461 No")
    over_udp(talk.take(talk.flow.listening(5004)))
    for data, control in datagrams:
        talk.take(talk.flow.control_datagram(data) if control else talk.flow.video_datagram(data))
    assert sum(isinstance(action, Finished) for action in talk.take(talk.flow.timed_out()).done) == 1


# ---------------------------------------------------------------- notes, and what was heard


def test_what_was_got_over_is_noted() -> None:
    assert Talk(PERSON).playing().packets(FOOTAGE).ending.notes == (Note.ANSWERED_ANONYMOUSLY,)
    late = Talk(PERSON).described().reply("401 Unauthorized", DIGEST).reply("200 OK", SESSION, TRANSPORT)
    assert late.reply().packets(FOOTAGE).ending.notes == ()
    refused = Talk(PERSON).described().reply("401 Unauthorized", DIGEST).reply("401 Unauthorized", DIGEST)
    assert refused.ending.notes == ()
    basic = Talk(PERSON).reply("401 No", "WWW-Authenticate: Basic realm=x").playing().packets(FOOTAGE)
    assert basic.ending.notes == (Note.PASSWORD_IN_CLEAR,)
    typed = Talk().described("Content-Type: text/plain").reply("404 No", SESSION)
    assert typed.ending.notes == (Note.CONTENT_TYPE_WRONG,)
    moved = Talk().described("Content-Base: rtsp://192.168.1.1/cam/").reply("404 No")
    assert moved.reply("200 OK", SESSION, TRANSPORT).reply().packets(FOOTAGE).ending.notes == (Note.TRACK_URL_REPAIRED,)


def test_what_the_device_says_of_itself_is_kept_without_secrets() -> None:
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST, "Server: Rtsp Server/3.0 sesame")
    talk.described(sdp=f"a=tool:LIVE555 Streaming Media\r\n{SDP}").raw(b"gib sesame berish").reply("500 Oops")
    heard = talk.flow.heard
    assert (heard.status, heard.server, heard.tool) == (
        "RTSP 500 Oops",
        "Rtsp Server/3.0 ***",
        "LIVE555 Streaming Media",
    )
    assert heard.unreadable == "gib *** berish"


def test_what_comes_before_the_farewell_is_answered_changes_nothing() -> None:
    talk = Talk().described().reply("200 OK", SESSION, PORTS)
    talk.packets(FOOTAGE).raw(b"RTSP/0.0 \r\n\r\n")
    assert talk.done[-1] == HangUp()  # its place is lost
    talk.flow.pause()
    assert not talk.flow.waiting
    talk.take(talk.flow.connected()).described()
    assert isinstance(talk.done[-1], Listen)
    ended = Talk().described().reply("200 OK", SESSION, PORTS)
    assert ended.take(ended.flow.connection_lost()).done[-1] == HangUp()
    assert ended.take(ended.flow.connected()).asked.method == "DESCRIBE"
    answered = Talk().described().reply("200 OK", SESSION, PORTS).reply()
    assert answered.done[-1] == HangUp()


def test_a_farewell_is_signed_anew_once_and_only_for_who_saw_the_password() -> None:
    stale = DIGEST + ", stale=true"
    talk = Talk(PERSON).reply("401 Unauthorized", DIGEST).playing().packets(FOOTAGE)
    assert talk.reply("401 Unauthorized", stale.replace("abc", "new")).asked.method == "TEARDOWN"
    assert 'nonce="new"' in talk.asked.fields["Authorization"]
    assert HangUp() not in talk.done
    assert talk.reply("401 Unauthorized", stale.replace("abc", "newer")).done[-1] == HangUp()
    anonymous = Talk(PERSON).playing().packets(FOOTAGE).reply("401 Unauthorized", DIGEST)
    assert anonymous.done[-1] == HangUp()
    assert not any("Authorization" in asked.fields for asked in anonymous.sent)
