"""Target: a whole conversation with a fuzzed device. It chooses replies, packets, silence, losses and splits."""

from __future__ import annotations

from itertools import pairwise

from monitor.model import Cause, Codec, Credentials, Secret, Transport
from monitor.rtsp.actions import Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.fetch import KeyFrameFetch
from tests.fuzz.choices import Choices
from tests.fuzz.holding import held
from tests.rtsp.footage import coded, jpeg, jpeg_packets, packets, rtp

PASSWORD = "open sesame"
MAX_BYTES = 400_000
MAX_KEYFRAME = 100_000
MOST_HELD = 2_500_000  # bytes: one message, one packet, one key frame, the transcript
MOST_SENT = 2_000_000  # bytes: answers and some dozen requests, each with lines of 8 KiB
MOST_REQUESTS = 40  # redirects, retries and other URLs together
MOST_STEPS = 60
READ = 65536  # bytes the transport reads at once

STATUSES = (
    "200 OK", "401 Unauthorized", "302 Moved", "100 Continue", "404 Not Found", "455 Method Not Valid", "457 Range",
    "460 Only aggregate", "461 Transport", "453 Bandwidth", "500 Oops", "200", "999 x", "nonsense",
)  # fmt: skip
FIELDS = (
    "Session: 77;timeout=60",
    "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
    "Transport: RTP/AVP;unicast;client_port=4-5;server_port=6-7",
    'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"',
    'WWW-Authenticate: Digest realm="r", nonce="m", stale=true, algorithm=SHA-256',
    'WWW-Authenticate: Basic realm="r"',
    "Location: rtsp://10.0.0.5/cam",
    "Location: rtsps://user:pass@10.0.0.6:1/x",
    "Content-Base: rtsp://192.168.1.1/base/",
    "Connection: close",
    "Content-Length: 99999",
)
HTTP_STATUSES = ("200 OK", "404 Not Found", "401 Unauthorized", "302 Moved", "nonsense")
HTTP_FIELDS = (
    "Content-Type: application/x-rtsp-tunnelled", "Content-Type: text/html", "Connection: close",
    "Location: http://10.0.0.6/", 'WWW-Authenticate: Basic realm="r"', "Content-Length: 99999",
)  # fmt: skip
DESCRIPTIONS = (
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n",
    b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=control:*\r\n",
    b"m=video 0 RTP/AVP 26\r\na=x-dimensions:320,176\r\n",
    b"m=audio 0 RTP/AVP 8\r\n",
    b"m=video 0 RTP/SAVP 96\r\na=rtpmap:96 H264/90000\r\n",
)
STREAMS = (
    packets(Codec.H264, coded(Codec.H264)),
    packets(Codec.H265, coded(Codec.H265)),
    jpeg_packets(jpeg(), quality=60),
)


class Talk:
    """The transport of one run, checking every step of the flow."""

    def __init__(self, choices: Choices) -> None:
        options = choices.number(64)
        self.secret = bool(options & 1)  # whether the flow knows the password, so that it must never show it
        credentials = Credentials("admin", Secret(PASSWORD)) if self.secret else None
        self.flow = KeyFrameFetch(
            "rtsps://10.0.0.5/cam" if options & 2 else "rtsp://10.0.0.5/cam",
            credentials,
            cnonce=lambda: "c0ffee",
            transport=Transport.UDP if options & 16 else Transport.TCP,
            may_authenticate=not options & 4,
            max_bytes=MAX_BYTES,
            max_keyframe_bytes=MAX_KEYFRAME,
            transcript=bool(options & 8),
        )
        self.finished: Finished | None = None
        self.leaving = self.gone = False
        self.listening = self.asked_to_listen = False  # ports for datagrams: opened in this run, wanted just now
        self.sent = 0
        self._take(self.flow.connected())

    @property
    def over(self) -> bool:
        """Nothing more can reach the flow."""
        return self.gone or (self.finished is not None and not self.finished.linger)

    def bytes_came(self, data: bytes, stops: list[int]) -> None:
        """The device sent this, and it was read in these pieces."""
        for start, stop in pairwise(sorted({0, *stops, *range(0, len(data), READ), len(data)})):
            if self.over or self.leaving:
                return
            self._take(self.flow.receive_data(memoryview(data)[start:stop]))

    def nothing_came(self) -> None:
        """For a moment, and then for longer."""
        self.flow.pause()
        self._take(self.flow.settle())

    def time_is_up(self, *, silent: bool) -> None:
        """The stage took too long: the flow must do something about it, or nobody ever will."""
        before = self.flow.stage, self.flow.requests
        actions = self.flow.fell_silent() if silent else self.flow.timed_out()
        assert actions or (self.flow.stage, self.flow.requests) != before, "a time-out that leads nowhere"
        self._take(actions)

    def lost(self) -> None:
        """The device hung up."""
        self._take(self.flow.connection_lost())
        self.gone = self.gone or self.finished is not None

    def listen(self, *, well: bool) -> None:
        """The ports the flow asked for."""
        self.asked_to_listen = False
        self._take(self.flow.listening(5000) if well else self.flow.listening_failed("no ports"))

    def datagram_came(self, data: bytes, *, control: bool) -> None:
        """The device sent a datagram to one of our ports, or to none."""
        if self.listening and not self.over and not self.leaving:
            self._take(self.flow.control_datagram(data) if control else self.flow.video_datagram(data))

    def dial(self, *, well: bool) -> None:
        """The connection the flow asked for."""
        self.leaving = False
        if well:
            self._take(self.flow.connected())
        else:
            self._take(self.flow.connect_failed(self.flow.stage, Cause.TCP_REFUSED, "refused"))

    def _take(self, actions: Actions) -> None:
        for action in actions:
            assert not self.leaving or isinstance(action, HangUp), "something after the end of a connection"
            match action:
                case Send(data):
                    self.sent += len(data)
                case Finished():
                    assert self.finished is None, "two endings"
                    self.finished = action
                case Listen():
                    assert not self.listening, "a second pair of ports"
                    self.asked_to_listen = self.listening = True
                case Punch(host):
                    assert self.listening
                    assert host == "10.0.0.5", "datagrams to a third"
                case Reconnect():
                    assert self.finished is None, "a connection after the end"
                    self.leaving = True
                case HangUp():
                    assert self.finished is not None or self.leaving, "a farewell before the end"
                    self.gone = not self.leaving
        assert self.sent <= MOST_SENT
        assert self.flow.requests <= MOST_REQUESTS
        assert not (self.secret and PASSWORD in repr(actions))

    def check(self) -> None:
        """What must be true of every run when it is over."""
        assert self.finished is not None, "no ending"
        assert held(self.flow) <= MOST_HELD
        ending = self.finished.ending
        assert ending.cause is not Cause.MONITOR_ERROR
        assert (ending.cause is Cause.OK) == (ending.keyframe is not None)
        assert ending.keyframe is None or len(ending.keyframe.data) <= MAX_KEYFRAME + 2_000_000
        shown = "\n".join([ending.detail, repr(self.finished), *self.flow.transcript.lines])
        assert not (self.secret and PASSWORD in shown)
        assert ending.detail.isprintable()


def converse(data: bytes) -> None:
    """One conversation."""
    choices = Choices(data)
    talk = Talk(choices)
    for _ in range(MOST_STEPS):
        if talk.over or not choices.left:
            break
        if talk.asked_to_listen:
            talk.listen(well=choices.number(4) > 0)
        elif talk.leaving:
            talk.dial(well=choices.number(4) > 0)
        else:
            _step(talk, choices)
    assert held(talk.flow) <= MOST_HELD
    for number in range(MOST_REQUESTS):
        if talk.finished is not None:
            break
        if talk.asked_to_listen:
            talk.listen(well=False)
        elif talk.leaving:
            talk.dial(well=False)
        else:
            talk.time_is_up(silent=bool(number % 2))
    talk.check()


def _step(talk: Talk, choices: Choices) -> None:
    kind = choices.number(14)
    if kind == 12:
        stream = choices.pick(STREAMS)
        for packet in _overtaken(stream[choices.number(len(stream)) :], choices):
            talk.datagram_came(packet, control=choices.number(8) == 7)
    elif kind == 13:
        talk.datagram_came(choices.piece(choices.number(60)), control=bool(choices.number(2)))
    elif kind == 0:
        talk.time_is_up(silent=bool(choices.number(2)))
    elif kind == 1:
        talk.lost()
    elif kind == 10:
        talk.nothing_came()
    else:
        data = _sent(talk, choices, kind)
        stops = [choices.number(len(data) + 1) for _ in range(choices.number(4))] if len(data) < 65536 else []
        talk.bytes_came(data * (200 if choices.number(64) == 63 else 1), stops)


def _overtaken(sent: list[bytes], choices: Choices) -> list[bytes]:
    """Datagrams in another order, each up to twenty places later; what comes last of all may come a second time."""
    late = {choices.number(len(sent)): choices.number(21) for _ in range(choices.number(8))}
    order = sorted(range(len(sent)), key=lambda at: (at + late.get(at, 0), at))
    return [sent[at] for at in order] + [sent[at] for at in order[: choices.number(3)]]


def _sent(talk: Talk, choices: Choices, kind: int) -> bytes:
    """What the device says next."""
    match kind:
        case 2:
            return choices.piece(choices.number(600))
        case 3:
            method = choices.pick((b"OPTIONS", b"PAUSE", b"SET_PARAMETER", b"RECORD"))
            return method + b" * RTSP/1.0\r\nCSeq: " + choices.piece(choices.number(16)) + b"\r\n\r\n"
        case 4 | 5:
            stream = choices.pick(STREAMS)
            start = choices.number(len(stream))
            return _framed(stream[start : start + choices.number(len(stream)) + 1], choices.pick((0, 0, 0, 1, 7)))
        case 6:
            payload = choices.piece(choices.number(80))
            packet = rtp(payload, choices.number(65536), choices.number(4), marker=bool(choices.number(2)))
            return _framed([packet], 0)
        case 7:
            return _framed([choices.piece(choices.number(200))], 0)
        case 11:
            return _http_reply(choices)
        case _:
            return _reply(talk, choices)


def _reply(talk: Talk, choices: Choices) -> bytes:
    lines = [f"RTSP/1.0 {choices.pick(STATUSES)}", f"CSeq: {talk.flow.requests}"]
    lines += [choices.pick(FIELDS) for _ in range(choices.number(5))]
    body = choices.pick((b"", *DESCRIPTIONS, PASSWORD.encode(), choices.piece(choices.number(300))))
    if body:
        lines.append(f"Content-Length: {len(body)}")
    odd = choices.piece(choices.number(40))
    return "\r\n".join([*lines, ""]).encode() + (odd + b"\r\n" if odd else b"") + b"\r\n" + body


def _http_reply(choices: Choices) -> bytes:
    """What a web server says, or one that carries RTSP inside HTTP."""
    lines = [f"HTTP/1.{choices.number(2)} {choices.pick(HTTP_STATUSES)}"]
    lines += [choices.pick(HTTP_FIELDS) for _ in range(choices.number(4))]
    return "\r\n".join([*lines, "", ""]).encode() + choices.piece(choices.number(100))


def _framed(sent: list[bytes], channel: int) -> bytes:
    return b"".join(bytes((0x24, channel)) + len(one).to_bytes(2, "big") + one for one in sent)
