"""The conversation that ends with one key frame, or with the reason why there is none.

DESCRIBE, SETUP, PLAY, the first packets of video, one complete key frame, TEARDOWN. Decides every step and names every
failure; the transport only carries bytes and says when time is up. Must never ask for more than one session, nor leave
one open that it began.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Note, Rung, Stage, Transport
from monitor.rtsp import offer, urls
from monitor.rtsp.actions import Action, Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.asking import USER_AGENT, Asking, Question
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import Connection, Interleaved
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.ending import Findings, Heard, Redactor, Transcript, cause_of_bytes, cause_of_status
from monitor.rtsp.guard import Guard
from monitor.rtsp.lockout import attempts_left, says_locked, text_of
from monitor.rtsp.messages import Headers, Method, Response, ServerRequest, serialise_answer
from monitor.rtsp.ordering import Ordering
from monitor.rtsp.session import OUR_CHANNEL, OnChannel, ToPorts, session_of
from monitor.rtsp.setup import OTHER_URL, After, Setup
from monitor.rtsp.tunnel import offers_tunnel, tunnel_question
from monitor.rtsp.video import Video

MAX_REDIRECTS = 3

_RANGE = ("Range", "npt=0.000-")
_REDIRECTS = frozenset({301, 302, 303, 305, 307, 308})
_OPTIONS_FIRST = frozenset({400, 455, 551})  # answers of devices that want OPTIONS before anything else
_MEDIA_STAGES = frozenset({Stage.PLAY, Stage.FIRST_RTP, Stage.KEYFRAME})  # packets may come before the reply to PLAY
_UNASSEMBLED = frozenset({Cause.PARAMETER_SETS_MISSING, Cause.STREAM_DAMAGED})  # key frames came, but not whole


class KeyFrameFetch:
    """One run. Feed it what happens on the wire; do what it returns, in order."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        *,
        cnonce: Callable[[], str],
        may_authenticate: bool = True,
        transport: Transport = Transport.TCP,
        max_bytes: int = 8_000_000,
        max_keyframe_bytes: int = 4_000_000,
        transcript: bool = False,
    ) -> None:
        """``cnonce`` draws an unpredictable text of hexadecimal digits; ``transport`` is the way tried first.

        Raises LocalProtocolError for a bad URL.
        """
        self.target = urls.parse_target(url)
        self.stage = Stage.DESCRIBE
        self.passed: list[Stage] = []  # every stage that ended, in order; only grows
        self._host = self.target.host
        self._guard = Guard(credentials, cnonce, may_authenticate=may_authenticate)
        self._cnonce = cnonce
        redactor = Redactor(credentials)
        self.transcript = Transcript(redactor if transcript else None)
        self._findings = Findings(redactor)
        self._asking = Asking(self._guard, self.transcript)
        self._budget = Budget(max_bytes)
        self._max_keyframe_bytes = max_keyframe_bytes
        self._connection = Connection(self._budget)
        self._rung = Rung.NONE
        self._redirects = 0
        self._reconnected = self._optioned = False  # each is done once
        self._over = self._closed = self._session_open = False
        self._lost_place = False  # the bytes make no sense any more: nothing after them can be read
        self._options_first = False  # the next connection begins with OPTIONS
        self._http = ""  # what the device said in HTTP, while we ask whether it offers a tunnel
        self._setup = Setup(transport)
        self._aggregate = ""
        self._channel = OUR_CHANNEL
        self._rtcp_datagrams = 0
        self._video: Video | None = None
        self._ordering = Ordering()

    # ------------------------------------------------------------ what the transport may look at

    @property
    def codec(self) -> Codec | None:
        """The codec of the track; None before it is known."""
        return self._video.codec if self._video else None

    @property
    def packets(self) -> int:
        """How many video packets came: whoever watches time sees by it whether the stream still flows."""
        return self._video.packets + self._ordering.held if self._video else 0

    @property
    def waiting(self) -> bool:
        """Whether something is held that may be all there is: after a moment without packets call ``settle``."""
        return self._video is not None and not self._over and (self._video.waiting or self._ordering.held > 0)

    @property
    def received_bytes(self) -> int:
        """How many bytes came in all."""
        return self._budget.received

    @property
    def requests(self) -> int:
        """How many requests were sent: each gets its own time."""
        return self._asking.cseq

    @property
    def transport(self) -> Transport:
        """The way asked for last; after a key frame, the one that brought it."""
        return self._setup.way

    @property
    def heard(self) -> Heard:
        """What the device said of itself so far."""
        return self._findings.heard(self._connection.unreadable)

    # ------------------------------------------------------------ what the transport reports

    def connected(self) -> Actions:
        """A connection to the target stands."""
        self._rung = max(self._rung, Rung.REACH)
        self.stage = Stage.AUTH if self._guard.ready else Stage.DESCRIBE
        if self._http:
            return (Send(tunnel_question(self.target, self._cnonce(), USER_AGENT)),)
        if self._options_first:
            self._options_first = False
            return self._ask(Method.OPTIONS, self.target.url)
        return self._describe()

    def connect_failed(self, stage: Stage, cause: Cause, detail: str) -> Actions:
        """No connection to the target could be made, or no TLS over it."""
        if stage is Stage.TLS:
            self._rung = max(self._rung, Rung.REACH)
        self._closed = True
        self.stage = stage
        return self._finish(cause, detail)

    def room(self) -> memoryview:
        """Where the bytes that come are to be written; tell ``received`` how many they were."""
        return self._connection.room()

    def received(self, count: int) -> Actions:
        """So many bytes came and were written into the room."""
        self._connection.received(count)
        return self._digest(count)

    def receive_data(self, data: bytes | bytearray | memoryview) -> Actions:
        """Bytes came that were not written into the room."""
        if self._lost_place:
            return (HangUp(),)
        try:
            self._connection.receive_data(data)
        except RemoteProtocolError as error:
            return self._broken(str(error))
        return self._digest(len(data))

    def settle(self) -> Actions:
        """No packet came for a moment: none that is missing will come, and what seemed complete is complete."""
        if self._video is None or self._over:
            return ()
        actions = self._in_turn(self._video, self._ordering.rest())
        return actions or self._on_packets(self._video, self._video.settle())

    def video_datagram(self, data: bytes) -> Actions:
        """A datagram came from the device on the port of RTP."""
        self._charge_datagram(data)
        actions: Actions = ()
        if self._video is not None and self._watching:
            actions = self._in_turn(self._video, self._ordering.take(data))
        return (*actions, *self._within_budget())

    def control_datagram(self, data: bytes) -> Actions:
        """A datagram came from the device on the port of RTCP."""
        self._charge_datagram(data)
        self._rtcp_datagrams += 1
        return self._within_budget()

    def listening(self, rtp_port: int) -> Actions:
        """Our port for RTP is open, and the next one for RTCP."""
        self._setup.port = rtp_port
        return () if self._over else self._set_up()

    def listening_failed(self, detail: str) -> Actions:
        """No pair of ports could be opened."""
        if self._over:
            return ()
        if self._setup.change_way():
            return self._set_up()
        return self._finish(Cause.TRANSPORT_REFUSED, "; ".join(filter(None, (self._setup.refusal, detail))))

    def worn_out(self, detail: str) -> Actions:
        """The device costs more than a probe may cost."""
        return () if self._over else self._finish(Cause.OVER_BUDGET, detail)

    def timed_out(self, *, silent: bool = False) -> Actions:
        """The time limit of the stage is over; ``silent`` when video packets have stopped coming before that."""
        return self._give_up(Cause.NO_REPLY, stopped=silent)

    def connection_lost(self) -> Actions:
        """The device closed the connection, or it broke."""
        return self._lost(Cause.EMPTY_REPLY)

    def connection_reset(self) -> Actions:
        """The device, or something on the way, reset the connection."""
        return self._lost(Cause.CONNECTION_RESET)

    def cancelled(self) -> Actions:
        """We stop before the end: what is left to send, for courtesy."""
        return () if self._over else self._finish(Cause.MONITOR_STOPPED, "")

    # ------------------------------------------------------------ asking

    def _describe(self) -> Actions:
        return self._ask(Method.DESCRIBE, self.target.url, ("Accept", offer.CONTENT_TYPE))

    def _set_up(self) -> Actions:
        if self._setup.wants_port:
            return (Listen(),)
        return self._ask(Method.SETUP, self._setup.url, ("Transport", self._setup.header))

    def _ask(self, method: Method, uri: str, *fields: tuple[str, str]) -> Actions:
        if self._closed:
            return self._finish(Cause.CONNECTION_CLOSED, "")
        return (self._asking.ask(Question(method, uri, fields)),)

    # ------------------------------------------------------------ reading

    def _digest(self, count: int) -> Actions:
        self._budget.received += count
        if self._lost_place:
            return (HangUp(),)
        actions: list[Action] = []  # what was decided stays decided when the bytes after it are broken
        try:
            self._read(actions)
        except KeyFrameTooLarge as error:
            actions += self._too_large(error)
        except RemoteProtocolError as error:
            actions += self._broken(str(error))
        over = self._within_budget()
        if over:  # then no connection is wanted either
            actions = [action for action in actions if not isinstance(action, Reconnect)]
        return (*actions, *over)

    def _read(self, actions: list[Action]) -> None:
        connection = self._connection
        while True:
            if self._video is not None and self._watching:
                actions += self._on_packets(self._video, connection.packets(self._channel, self._video))
            connection.pass_over()
            event = connection.next_event()
            if isinstance(event, Response):
                actions += self._on_response(event)
            elif isinstance(event, ServerRequest):
                actions += self._on_request(event)
            elif isinstance(event, Interleaved):  # one that stood behind noise
                if self._video is not None and self._watching and event.channel == self._channel:
                    actions += self._on_packets(self._video, self._video.push(event.data))
            else:
                return

    def _charge_datagram(self, data: bytes) -> None:
        self._budget.received += len(data)
        self._budget.pieces += 1

    def _in_turn(self, video: Video, datagrams: list[bytes]) -> Actions:
        try:
            frame = next(filter(None, map(video.push, datagrams)), None)
        except KeyFrameTooLarge as error:
            return self._too_large(error)
        return self._on_packets(video, frame)

    @property
    def _watching(self) -> bool:
        """Whether packets of the video mean something now."""
        return not self._over and self.stage in _MEDIA_STAGES

    def _on_packets(self, video: Video, frame: KeyFrame | None) -> Actions:
        if self.stage is not Stage.KEYFRAME and video.packets:
            self._video_arrives()
        return () if frame is None else self._finish(Cause.OK, "", keyframe=frame)

    def _video_arrives(self) -> None:
        if self.stage is Stage.PLAY:
            self._enter(Stage.FIRST_RTP)
        if self.stage is Stage.FIRST_RTP:
            self._enter(Stage.KEYFRAME)
        self._rung = Rung.STREAM

    def _too_large(self, error: KeyFrameTooLarge) -> Actions:
        self._video_arrives()
        return self._finish(Cause.OVER_BUDGET, str(error))

    def _on_request(self, request: ServerRequest) -> Actions:
        self.transcript.note("<", f"{request.method} {request.uri}", request.headers)
        known = request.method in (Method.OPTIONS, Method.GET_PARAMETER, Method.SET_PARAMETER)
        status, reason = (200, "OK") if known else (501, "Not Implemented")
        headers = Headers((("CSeq", request.headers.get("CSeq", "0")),))
        self.transcript.note(">", f"RTSP {status} {reason}", headers)
        return (Send(serialise_answer(status, reason, headers)),)

    def _on_response(self, response: Response) -> Actions:
        if self.transcript.wanted:
            self.transcript.note("<", response.line, response.headers, response.body)
        question = self._asking.question
        if response.http and not self._over:
            return self._on_http(response)
        if 100 <= response.status < 200 or not self._asking.unanswered or question is None:
            return ()
        self._asking.unanswered -= 1
        if self._over:
            return (HangUp(),) if not self._asking.unanswered else ()
        self._rung = max(self._rung, Rung.RTSP)
        self._findings.reply(response)
        if response.status == 401:
            return self._challenged(question, response)
        self._guard.accept()
        if response.status in _REDIRECTS:
            return self._redirected(response)
        if question.method is Method.OPTIONS:  # whatever it says: it was asked for the asking's sake
            return self._describe()
        if not 200 <= response.status < 300:
            return self._refused(question, response)
        return self._accepted(question, response)

    def _on_http(self, response: Response) -> Actions:
        """Something speaks HTTP here: before it is called no RTSP, ask once whether it carries RTSP inside."""
        self._findings.reply(response)
        if self._http or self._rung >= Rung.RTSP:
            cause = Cause.HTTP_TUNNEL_ONLY if self._http and offers_tunnel(response) else Cause.NOT_RTSP
            return self._finish(cause, self._http or response.line)
        self._http = response.line
        return self._leave_for(self.target)

    def _accepted(self, question: Question, response: Response) -> Actions:
        if question.method is Method.DESCRIBE:
            return self._described(response)
        if question.method is Method.SETUP:
            return self._session_granted(response)
        if self.stage is Stage.PLAY:
            self._enter(Stage.FIRST_RTP)
        return ()

    # ------------------------------------------------------------ what replies lead to

    def _challenged(self, question: Question, response: Response) -> Actions:
        text = text_of(response)
        cause = self._guard.challenged(response, text)
        if cause is not None:
            self._findings.attempts_left = left = attempts_left(text)
            remarks = (
                response.line,
                "" if left is None else f"{left} attempts left",
                "" if self._guard.signed else "no credentials sent",
                response.headers.get("WWW-Authenticate") if cause is Cause.AUTH_UNSUPPORTED else "",
            )
            return self._finish(cause, "; ".join(filter(None, remarks)), stage=Stage.AUTH)
        if self.stage is Stage.DESCRIBE:
            self._enter(Stage.AUTH)
        if self._guard.readable and not self.target.tls:
            self._findings.notes.add(Note.PASSWORD_IN_CLEAR)
        if response.headers.get("Connection").lower() == "close" and self.stage is Stage.AUTH and not self._reconnected:
            self._reconnected = True
            return self._leave_for(self.target)
        if self._closed:
            return self._finish(Cause.CONNECTION_CLOSED, "")
        return (self._asking.again(question),)

    def _leave_for(self, target: urls.Target) -> Actions:
        self.passed.append(self.stage)
        farewell = self._ask(Method.TEARDOWN, self._aggregate) if self._session_open and not self._closed else ()
        self.target = target
        self._asking.forget_connection()
        self._session_open = self._closed = False
        self._setup.leave_connection()
        self._connection = Connection(self._budget)
        self._video, self._ordering, self._rtcp_datagrams = None, Ordering(), 0
        return (*farewell, Reconnect(target))

    def _redirected(self, response: Response) -> Actions:
        self._redirects += 1
        location = response.headers.get("Location")
        target = urls.redirect_target(location, self.target) if location else None
        self._enter(Stage.REDIRECT)
        if target is None:
            return self._finish(Cause.REDIRECT_NOWHERE, f"{response.line} {location or 'without a place to go'}")
        if self._redirects > MAX_REDIRECTS:
            return self._finish(Cause.REDIRECT_LOOP, f"{response.line} {target.url}")
        downgraded = self.target.tls and not target.tls
        self._guard.leave(for_another_host=target.host.lower() != self._host.lower() or downgraded)
        return self._leave_for(target)

    def _refused(self, question: Question, response: Response) -> Actions:
        status = response.status
        match question.method:
            case Method.DESCRIBE if status in _OPTIONS_FIRST and not self._optioned:
                self._optioned = True
                return self._ask(Method.OPTIONS, self.target.url)
            case Method.SETUP:
                return self._setup_refused(response)
            case Method.PLAY if status == 457 and question.fields:
                return self._ask(Method.PLAY, question.uri)
            case Method.PLAY if status in OTHER_URL and question.uri != self._setup.url:
                self._aggregate = self._setup.url
                return self._ask(Method.PLAY, self._aggregate, _RANGE)
            case _:
                return self._end_refused(response)

    def _end_refused(self, response: Response) -> Actions:
        text = text_of(response)
        locked = response.status == 403 and says_locked(text)
        self._findings.attempts_left = attempts_left(text)
        cause = Cause.ACCOUNT_LOCKED if locked else cause_of_status(self.stage, response.status)
        return self._finish(cause, response.line)

    def _setup_refused(self, response: Response) -> Actions:
        match self._setup.refused(response.status, response.line):
            case After.ANOTHER:
                return self._set_up()
            case After.DESCRIBE_AGAIN:
                return self._leave_for(self.target)
            case After.NOTHING:
                return self._end_refused(response)

    def _described(self, response: Response) -> Actions:
        self._enter(Stage.SDP)
        description = offer.read(response, self.target)
        self._findings.tool = description.tool
        if description.offer is None:
            return self._finish(description.cause, description.detail)
        if description.odd_type:
            self._findings.notes.add(Note.CONTENT_TYPE_WRONG)
        if self._guard.unasked:
            self._findings.notes.add(Note.ANSWERED_ANONYMOUSLY)
        self._aggregate = description.offer.aggregate
        self._setup.begin(description.offer.setup_urls)
        self._video = Video(description.offer.track, self._max_keyframe_bytes, self._budget)
        self._enter(Stage.SETUP)
        return self._set_up()

    def _session_granted(self, response: Response) -> Actions:
        self._session_open = True
        self._asking.session = session_of(response.headers.get("Session"))
        punch: Actions = ()
        match self._setup.granted(response.headers.get("Transport")):
            case None if self._setup.change_way():
                return self._leave_for(self.target)
            case None:
                return self._finish(Cause.TRANSPORT_REFUSED, self._setup.refusal)
            case OnChannel(channel):
                self._channel = channel
            case ToPorts(rtp_port, rtcp_port):
                punch = (Punch(self.target.host, rtp_port, rtcp_port),) if rtp_port else ()
        self._enter(Stage.PLAY)
        return (*punch, *self._ask(Method.PLAY, self._aggregate, _RANGE))

    # ------------------------------------------------------------ ending

    def _within_budget(self) -> Actions:
        excess = "" if self._over else self._budget.excess()
        return self._finish(Cause.OVER_BUDGET, f"no key frame within {excess}") if excess else ()

    def _lost(self, at_once: Cause) -> Actions:
        """The connection is gone; ``at_once`` is what that means when not a byte came."""
        self._closed = True
        if not self._over and self._asking.unanswered and self._dial_again():
            return self._leave_for(self.target)
        return self._give_up(Cause.CONNECTION_CLOSED if self.received_bytes else at_once, stopped=True)

    def _dial_again(self) -> bool:
        """Whether devices are known that close here and go on over the next connection; each case once."""
        if self.stage is Stage.AUTH and not self._reconnected:
            self._reconnected = True
            return True
        if self.stage is Stage.DESCRIBE and not self.received_bytes and not self._optioned:
            self._optioned = self._options_first = True
            return True
        return self.stage is Stage.SETUP and self._setup.describe_again()

    def _give_up(self, nothing: Cause, *, stopped: bool) -> Actions:
        """No more bytes will come in time: go on with half a reply, or name what is missing."""
        if self._over:
            return (HangUp(),)
        settled = self.settle()
        if settled:
            return settled
        half = self._connection.salvage()
        if half is not None and (self._asking.unanswered or half.http):
            self._findings.notes |= set() if half.http else {Note.BODY_SHORT}
            before, actions = self.stage, self._on_response(half)
            if actions or self.stage is not before:
                return actions
        if self._video is not None and self.stage is Stage.KEYFRAME:
            cause, seen = self._video.shortfall(silent=stopped)
            stage = Stage.DEPACKETISE if cause in _UNASSEMBLED else None
            return self._finish(cause, f"connection closed after {seen}" if self._closed else seen, stage=stage)
        if self._video is not None and self.stage is Stage.FIRST_RTP and not self._closed:
            return self._without_media(self._video)
        return self._finish(self._unread(nothing), self._connection.unreadable.decode("latin-1"))

    def _without_media(self, video: Video) -> Actions:
        """PLAY was accepted and no video packet came: name what came instead."""
        foreign = self._connection.foreign
        reports = self._rtcp_datagrams or video.not_rtp or self._channel + 1 in foreign
        others = foreign - {self._channel, self._channel + 1}
        if not others and not reports and self.transport is Transport.UDP and self._setup.change_way():
            return self._leave_for(self.target)
        if others:
            return self._finish(
                Cause.OTHER_MEDIA_ONLY, f"packets on channels {', '.join(map(str, sorted(others)))} only"
            )
        if reports:
            return self._finish(Cause.RTCP_ONLY, "RTCP, but no packet of video")
        match self.transport:
            case Transport.TCP:
                return self._finish(Cause.NO_MEDIA, "no packet at all")
            case Transport.UDP:
                return self._finish(
                    Cause.NO_DATAGRAMS, f"nothing at port {self._setup.port}; TCP: {self._setup.refusal}"
                )

    def _unread(self, nothing: Cause) -> Cause:
        """What it means that no reply came which could be read; ``nothing`` when there is nothing to read."""
        unreadable = self._connection.unreadable
        return cause_of_bytes(unreadable) if unreadable and self._rung < Rung.RTSP else nothing

    def _broken(self, why: str) -> Actions:
        self._lost_place = True
        if self._over:
            return (HangUp(),)
        shown = self._connection.unreadable.decode("latin-1")
        return self._finish(self._unread(Cause.BAD_REPLY), f"{why}: {shown}", linger=False)

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
        if self._http and cause not in (Cause.HTTP_TUNNEL_ONLY, Cause.MONITOR_STOPPED):  # our question for a tunnel
            cause, detail, stage = Cause.NOT_RTSP, self._http, Stage.DESCRIBE  # changes nothing about the answer
        rung = self._rung if keyframe is None else Rung.KEYFRAME
        self._findings.notes |= self._notes()
        ending = self._findings.ending(rung, stage or self.stage, cause, detail, keyframe, refused=self._guard.refused)
        if not self._session_open or self._closed:
            return (Finished(ending, linger=False),)
        return (*self._ask(Method.TEARDOWN, self._aggregate), Finished(ending, linger=linger))

    def _notes(self) -> set[Note]:
        """What is known only at the end."""
        notes = set(self._setup.notes)
        if self._guard.renewed:
            notes.add(Note.NONCE_RENEWED)
        if self._video is not None and self._video.adopted:
            notes.add(Note.PAYLOAD_TYPE_WRONG)
        return notes

    def _enter(self, stage: Stage) -> None:
        self.passed.append(self.stage)
        self.stage = stage
