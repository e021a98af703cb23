"""The conversation that ends with one key frame, or with the reason why there is none.

DESCRIBE, SETUP, PLAY, the first packets of video, one complete key frame, TEARDOWN. Decides every step and names every
failure; the transport only carries bytes and says when time is up. Must never ask for more than one session, nor leave
one open that it began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Rung, Stage
from monitor.rtsp import sdp, urls
from monitor.rtsp.actions import Action, Actions, Finished, HangUp, Reconnect, Send
from monitor.rtsp.connection import NEED_DATA, Connection, Interleaved
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.ending import Ending, Redactor, Transcript, attempts_left, cause_of_status
from monitor.rtsp.guard import Guard
from monitor.rtsp.messages import Headers, Method, Request, Response, ServerRequest, serialise_answer
from monitor.rtsp.session import OUR_CHANNEL, TRANSPORT, channel_of, session_of
from monitor.rtsp.video import Video

MAX_REDIRECTS = 3
USER_AGENT = "sharp-eyes"

_RANGE = ("Range", "npt=0.000-")
_REDIRECTS = frozenset({301, 302, 303, 305, 307})
_OPTIONS_FIRST = frozenset({400, 455, 551})  # answers of devices that want OPTIONS before anything else
_OTHER_URL = frozenset({400, 404, 454, 459, 460})  # answers that may mean: this track, but by another URL
_MEDIA_STAGES = frozenset({Stage.PLAY, Stage.FIRST_RTP, Stage.KEYFRAME})  # packets may come before the reply to PLAY


@dataclass(frozen=True, slots=True)
class _Question:
    """A request before it is numbered and signed."""

    method: Method
    uri: str
    fields: tuple[tuple[str, str], ...] = ()


class KeyFrameFetch:
    """One run. Feed it what happens on the wire; do what it returns, in order."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        *,
        cnonce: Callable[[], str],
        may_authenticate: bool = True,
        max_bytes: int = 8_000_000,
        max_keyframe_bytes: int = 4_000_000,
        transcript: bool = False,
    ) -> None:
        """``cnonce`` draws an unpredictable text of hexadecimal digits. Raises LocalProtocolError for a bad URL."""
        self.target = urls.parse_target(url)
        self.stage = Stage.DESCRIBE
        self.passed: list[Stage] = []  # every stage that ended, in order; only grows
        self.received_bytes = 0
        self._host = self.target.host
        self._guard = Guard(credentials, cnonce, may_authenticate=may_authenticate)
        self._redactor = Redactor(credentials)
        self.transcript = Transcript(self._redactor if transcript else None)
        self._max_bytes, self._max_keyframe_bytes = max_bytes, max_keyframe_bytes
        self._connection = Connection()
        self._rung = Rung.NONE
        self._cseq = 0
        self._question: _Question | None = None  # the last one asked, answered or not
        self._unanswered = 0
        self._redirects = 0
        self._reconnected = self._optioned = self._over = self._closed = self._session_open = False
        self._session = ""
        self._setup_urls: list[str] = []  # those not tried yet
        self._aggregate = self._track_url = ""
        self._channel = OUR_CHANNEL
        self._foreign: set[int] = set()  # channels that carried something else
        self._video: Video | None = None

    # ------------------------------------------------------------ what the transport may look at

    @property
    def codec(self) -> Codec | None:
        """The codec of the track; None before it is known."""
        return self._video.codec if self._video else None

    @property
    def packets(self) -> int:
        """How many video packets came: whoever watches time sees by it whether the stream still flows."""
        return self._video.packets if self._video else 0

    @property
    def requests(self) -> int:
        """How many requests were sent: each gets its own time."""
        return self._cseq

    # ------------------------------------------------------------ what the transport reports

    def connected(self) -> Actions:
        """A connection to the target stands."""
        self._rung = max(self._rung, Rung.REACH)
        self.stage = Stage.AUTH if self._guard.ready else Stage.DESCRIBE
        return self._describe()

    def connect_failed(self, stage: Stage, cause: Cause, detail: str) -> Actions:
        """No connection to the target could be made, or no TLS over it."""
        if stage is Stage.TLS:
            self._rung = max(self._rung, Rung.REACH)
        self._closed = True
        self.stage = stage
        return self._finish(cause, detail)

    def receive_data(self, data: bytes | bytearray | memoryview) -> Actions:
        """Bytes came."""
        self.received_bytes += len(data)
        actions: list[Action] = []  # what was decided stays decided when the bytes after it are broken
        try:
            self._connection.receive_data(data)
            self._read(actions)
        except KeyFrameTooLarge as error:
            actions += self._finish(Cause.OVER_BUDGET, str(error))
        except RemoteProtocolError as error:
            actions += self._broken(str(error))
        if self.received_bytes > self._max_bytes and not self._over:
            actions = [action for action in actions if not isinstance(action, Reconnect)]
            actions += self._finish(Cause.OVER_BUDGET, f"no key frame within {self._max_bytes} bytes")
        return tuple(actions)

    def timed_out(self, *, silent: bool = False) -> Actions:
        """The time limit of the stage is over; ``silent`` when video packets have stopped coming before that."""
        return self._give_up(Cause.NO_REPLY, stopped=silent)

    def connection_lost(self) -> Actions:
        """The device closed the connection, or it broke."""
        self._closed = True
        if self.stage is Stage.AUTH and self._unanswered and not self._reconnected and not self._over:
            return self._reconnect()
        return self._give_up(Cause.CONNECTION_CLOSED, stopped=True)

    def cancelled(self) -> Actions:
        """We stop before the end: what is left to send, for courtesy."""
        return () if self._over else self._finish(Cause.MONITOR_STOPPED, "")

    # ------------------------------------------------------------ asking

    def _describe(self) -> Actions:
        return self._ask(Method.DESCRIBE, self.target.url, ("Accept", "application/sdp"))

    def _set_up_next(self) -> Actions:
        self._track_url = self._setup_urls.pop(0)
        return self._ask(Method.SETUP, self._track_url, ("Transport", TRANSPORT))

    def _ask(self, method: Method, uri: str, *fields: tuple[str, str]) -> Actions:
        self._guard.next_request()
        return self._send(_Question(method, uri, fields))

    def _send(self, question: _Question) -> Actions:
        if self._closed:
            return self._finish(Cause.CONNECTION_CLOSED, "")
        self._question = question
        self._unanswered += 1
        self._cseq += 1
        fields = [("CSeq", str(self._cseq)), ("User-Agent", USER_AGENT)]
        authorization = self._guard.authorization(question.method, question.uri)
        if authorization is not None:
            fields.append(("Authorization", authorization))
        if self._session:
            fields.append(("Session", self._session))
        request = Request(question.method, question.uri, Headers((*fields, *question.fields)))
        self.transcript.note(">", f"{question.method} {question.uri}", request.headers)
        return (Send(request.serialise()),)

    # ------------------------------------------------------------ reading

    def _read(self, actions: list[Action]) -> None:
        while (event := self._connection.next_event()) is not NEED_DATA:
            if isinstance(event, Interleaved):
                if self._video is None or self._over or self.stage not in _MEDIA_STAGES:
                    continue
                if event.channel == self._channel:
                    actions += self._on_packet(self._video, event.data)
                else:
                    self._foreign.add(event.channel)
            elif isinstance(event, Response):
                actions += self._on_response(event)
            elif isinstance(event, ServerRequest):
                actions += self._on_request(event)

    def _on_packet(self, video: Video, data: bytes) -> Actions:
        keyframe = video.push(data)
        if self.stage is not Stage.KEYFRAME and video.packets:
            if self.stage is Stage.PLAY:
                self._enter(Stage.FIRST_RTP)
            self._enter(Stage.KEYFRAME)
            self._rung = Rung.STREAM
        return () if keyframe is None else self._finish(Cause.OK, "", keyframe=keyframe)

    def _on_request(self, request: ServerRequest) -> Actions:
        self.transcript.note("<", f"{request.method} {request.uri}", request.headers)
        known = request.method in (Method.OPTIONS, Method.GET_PARAMETER, Method.SET_PARAMETER)
        status, reason = (200, "OK") if known else (501, "Not Implemented")
        headers = Headers((("CSeq", request.headers.get("CSeq", "0")),))
        self.transcript.note(">", f"RTSP {status} {reason}", headers)
        return (Send(serialise_answer(status, reason, headers)),)

    def _on_response(self, response: Response) -> Actions:
        self.transcript.note("<", response.line, response.headers, response.body)
        if 100 <= response.status < 200 or not self._unanswered or self._question is None:
            return ()
        self._unanswered -= 1
        if self._over:
            return (HangUp(),) if not self._unanswered else ()
        if response.http:
            return self._finish(Cause.NOT_RTSP, response.line)
        self._rung = max(self._rung, Rung.RTSP)
        if response.status == 401:
            return self._challenged(self._question, response)
        self._guard.accept()
        if response.status in _REDIRECTS:
            return self._redirected(response)
        if self._question.method is Method.OPTIONS:  # whatever it says: it was asked for the asking's sake
            return self._describe()
        if not 200 <= response.status < 300:
            return self._refused(self._question, response)
        return self._accepted(self._question, response)

    def _accepted(self, question: _Question, response: Response) -> Actions:
        if question.method is Method.DESCRIBE:
            return self._described(response)
        if question.method is Method.SETUP:
            return self._set_up(response)
        if self.stage is Stage.PLAY:
            self._enter(Stage.FIRST_RTP)
        return ()

    # ------------------------------------------------------------ what replies lead to

    def _challenged(self, question: _Question, response: Response) -> Actions:
        text = self._redactor.clean(f"{response.reason} {response.body.decode('latin-1')}")
        cause = self._guard.challenged(response, text)
        if cause is not None:
            sent = "" if self._guard.signed else "no credentials sent"
            asked = response.headers.get("WWW-Authenticate") if cause is Cause.AUTH_UNSUPPORTED else ""
            detail = "; ".join(filter(None, (response.line, attempts_left(text), sent, asked)))
            return self._finish(cause, detail, stage=Stage.AUTH)
        if self.stage is Stage.DESCRIBE:
            self._enter(Stage.AUTH)
        if response.headers.get("Connection").lower() == "close" and self.stage is Stage.AUTH and not self._reconnected:
            return self._reconnect()
        return self._send(question)

    def _reconnect(self) -> Actions:
        self._reconnected = True
        return self._leave_for(self.target)

    def _leave_for(self, target: urls.Target) -> Actions:
        self.passed.append(self.stage)
        farewell = self._ask(Method.TEARDOWN, self._aggregate) if self._session_open and not self._closed else ()
        self.target = target
        self._unanswered = 0
        self._session, self._session_open, self._closed = "", False, False
        self._connection = Connection()
        return (*farewell, Reconnect(target))

    def _redirected(self, response: Response) -> Actions:
        self._redirects += 1
        location = response.headers.get("Location")
        target = urls.redirect_target(location, self.target) if location else None
        if target is None:
            return self._finish(Cause.BAD_REPLY, f"{response.line} without a place to go")
        if self._redirects > MAX_REDIRECTS:
            return self._finish(Cause.REDIRECT_LOOP, f"{response.line} {target.url}")
        downgraded = self.target.tls and not target.tls
        self._guard.leave(for_another_host=target.host.lower() != self._host.lower() or downgraded)
        return self._leave_for(target)

    def _refused(self, question: _Question, response: Response) -> Actions:
        status = response.status
        match question.method:
            case Method.DESCRIBE if status in _OPTIONS_FIRST and not self._optioned:
                self._optioned = True
                return self._ask(Method.OPTIONS, self.target.url)
            case Method.SETUP if status in _OTHER_URL and self._setup_urls:
                return self._set_up_next()
            case Method.PLAY if status == 457 and question.fields:
                return self._ask(Method.PLAY, question.uri)
            case Method.PLAY if status in _OTHER_URL and question.uri != self._track_url:
                self._aggregate = self._track_url
                return self._ask(Method.PLAY, self._track_url, _RANGE)
            case _:
                return self._finish(cause_of_status(self.stage, status), response.line)

    def _described(self, response: Response) -> Actions:
        self._enter(Stage.SDP)
        description = sdp.parse(response.body)
        track = description.track
        if track is None:
            return self._finish(*description.unwatchable())
        if track.encrypted:
            return self._finish(Cause.STREAM_ENCRYPTED, "the description offers a secure RTP profile only")
        named = response.headers.get("Content-Base") or response.headers.get("Content-Location")
        base = urls.repair(named, self.target)
        whole = urls.join(base, description.control)
        self._aggregate = whole if description.control.lower().startswith("rtsp") else base
        self._setup_urls = list(urls.setup_urls(base, track.control, self.target))
        self._video = Video(track, self._max_keyframe_bytes)
        self._enter(Stage.SETUP)
        return self._set_up_next()

    def _set_up(self, response: Response) -> Actions:
        self._session_open = True
        self._session = session_of(response.headers.get("Session"))
        channel = channel_of(response.headers.get("Transport"))
        if channel is None:
            return self._finish(Cause.TRANSPORT_REFUSED, f"answered with {response.headers.get('Transport')}")
        self._channel = channel
        self._enter(Stage.PLAY)
        return self._ask(Method.PLAY, self._aggregate, _RANGE)

    # ------------------------------------------------------------ ending

    def _give_up(self, nothing: Cause, *, stopped: bool) -> Actions:
        """No more bytes will come in time: go on with half a reply, or name what is missing."""
        if self._over:
            return (HangUp(),)
        half = self._connection.salvage()
        if half is not None and self._unanswered:
            stage, actions = self.stage, self._on_response(half)
            if actions or self.stage is not stage:
                return actions
        if self._video is not None and self.stage is Stage.KEYFRAME:
            cause, seen = self._video.shortfall(silent=stopped)
            return self._finish(cause, f"connection closed after {seen}" if self._closed else seen)
        if self.stage is Stage.FIRST_RTP and not self._closed:
            return self._finish(Cause.NO_MEDIA, self._other_channels())
        unreadable = self._connection.unreadable
        if unreadable and self._rung < Rung.RTSP:
            nothing = Cause.BAD_REPLY if unreadable.startswith(b"RTSP/") else Cause.NOT_RTSP
        return self._finish(nothing, unreadable.decode("latin-1"))

    def _broken(self, why: str) -> Actions:
        if self._over:
            return (HangUp(),)
        cause = Cause.NOT_RTSP if self._rung < Rung.RTSP else Cause.BAD_REPLY
        shown = self._connection.unreadable.decode("latin-1")
        return self._finish(cause, f"{why}: {shown}", linger=False)

    def _finish(
        self,
        cause: Cause,
        detail: str,
        *,
        keyframe: KeyFrame | None = None,
        stage: Stage | None = None,
        linger: bool = True,
    ) -> Actions:
        self._over = True
        self.passed.append(self.stage)
        rung = self._rung if keyframe is None else Rung.KEYFRAME
        shown = self._redactor.detail(detail)
        ending = Ending(rung, stage or self.stage, cause, shown, keyframe, self._guard.refused)
        if not self._session_open or self._closed:
            return (Finished(ending, linger=False),)
        return (*self._ask(Method.TEARDOWN, self._aggregate), Finished(ending, linger=linger))

    def _enter(self, stage: Stage) -> None:
        self.passed.append(self.stage)
        self.stage = stage

    def _other_channels(self) -> str:
        others = ", ".join(map(str, sorted(self._foreign)))
        return f"packets on channels {others} only" if others else "no packet at all"
