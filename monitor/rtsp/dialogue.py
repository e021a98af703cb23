"""The conversation itself: what is asked, what each reply leads to, and how it ends.

Decides every step from DESCRIBE to TEARDOWN and names every refusal. Must never ask for more than one session, nor
leave one open that it began.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.model import Cause, Credentials, KeyFrame, Note, Rung, Stage, Transport
from monitor.rtsp import offer, urls
from monitor.rtsp.actions import Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.asking import USER_AGENT, Asking, Question
from monitor.rtsp.ending import Findings, Redactor, Transcript, cause_of_status
from monitor.rtsp.guard import Guard
from monitor.rtsp.lockout import attempts_left, says_locked, text_of
from monitor.rtsp.messages import Method, Response
from monitor.rtsp.reception import Reception
from monitor.rtsp.session import OnChannel, ToPorts, session_of
from monitor.rtsp.setup import OTHER_URL, After, Setup
from monitor.rtsp.tunnel import offers_tunnel, tunnel_question

MAX_REDIRECTS = 3

_ACCEPT = f"Accept: {offer.CONTENT_TYPE}"
_RANGE = "Range: npt=0.000-"
_REDIRECTS = frozenset({300, 301, 302, 303, 305, 307, 308})
_OPTIONS_FIRST = frozenset({400, 455, 551})  # answers of devices that want OPTIONS before anything else


class Dialogue:
    """Of one run, over one connection or several."""

    __slots__ = (
        "_aggregate", "_cnonce", "_guard", "_host", "_http", "_optioned", "_options_first", "_reception",
        "_reconnected", "_redirects", "_session_open", "asking", "closed", "findings", "leaving", "over", "passed",
        "rung", "setup", "stage", "target", "transcript",
    )  # fmt: skip

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        reception: Reception,
        *,
        cnonce: Callable[[], str],
        may_authenticate: bool,
        transport: Transport,
        transcript: bool,
    ) -> None:
        """As for ``KeyFrameFetch``; tells ``reception`` what to expect. Raises LocalProtocolError for a bad URL."""
        self.target = urls.parse_target(url)
        self.stage = Stage.DESCRIBE
        self.passed: list[Stage] = []  # every stage that ended, in order; only grows
        self.rung = Rung.NONE
        self.over = self.closed = False  # the outcome is known; the connection is gone
        self.leaving = False  # for another connection: over this one only the reply to TEARDOWN is awaited
        redactor = Redactor(credentials)
        self.transcript = Transcript(redactor if transcript else None)
        self.findings = Findings(redactor)
        self.setup = Setup(transport)
        self._cnonce = cnonce
        self._guard = Guard(credentials, cnonce, may_authenticate=may_authenticate)
        self.asking = Asking(self._guard, self.transcript)
        self._reception = reception
        self._host = self.target.host
        self._redirects = 0
        self._reconnected = self._optioned = False  # each is done once
        self._options_first = False  # the next connection begins with OPTIONS
        self._session_open = False
        self._http = ""  # what the device said in HTTP, while we ask whether it offers a tunnel
        self._aggregate = ""

    # ------------------------------------------------------------ asking

    def begin(self) -> Actions:
        """A connection to the target stands."""
        if self.leaving:
            self._leave()
        self.rung = max(self.rung, Rung.REACH)
        self.stage = Stage.AUTH if self._guard.ready else Stage.DESCRIBE
        if self._http:
            return (Send(tunnel_question(self.target, self._cnonce(), USER_AGENT)),)
        if self._options_first:
            self._options_first = False
            return self._ask(Method.OPTIONS, self.target.url)
        return self._describe()

    @property
    def resting(self) -> bool:
        """Whether nothing that comes over this connection matters but the reply to TEARDOWN."""
        return self.over or self.leaving

    def set_up(self) -> Actions:
        """Make the next attempt at SETUP."""
        if self.setup.wants_port:
            return (Listen(),)
        return self._ask(Method.SETUP, self.setup.url, f"Transport: {self.setup.header}")

    def no_port(self, detail: str) -> Actions:
        """No ports for datagrams could be opened."""
        if self.setup.change_way():
            return self.set_up()
        return self.finish(Cause.TRANSPORT_REFUSED, "; ".join(filter(None, (self.setup.refusal, detail))))

    def no_datagrams(self) -> Actions:
        """Datagrams were granted and nothing came: go on by the other way; () when that was tried."""
        tries = self.setup.way is Transport.UDP and self.setup.change_way()
        return self._leave_for(self.target) if tries else ()

    def dial_again(self) -> Actions:
        """The connection is gone: go on over the next, as with devices known to want that; () for the others.

        Each case is tried once.
        """
        if self.over or not self.asking.unanswered:
            return ()
        if self.stage is Stage.AUTH and not self._reconnected:
            self._reconnected = True
        elif self.stage is Stage.DESCRIBE and not self._reception.received and not self._optioned:
            self._optioned = self._options_first = True
        elif self.stage is not Stage.SETUP or not self.setup.describe_again():
            return ()
        return self._leave_for(self.target)

    def hung_up(self) -> Actions:
        """The device closed instead of answering: the end where that says something of its own; () where not."""
        if not self.asking.unanswered:
            return ()
        if self._guard.hung_up():
            return self.finish(
                Cause.CREDENTIALS_REFUSED, "closed instead of answering the credentials", stage=Stage.AUTH
            )
        if self.stage is Stage.SETUP:  # as devices do that have no session left
            return self.finish(Cause.DEVICE_BUSY, "closed at SETUP after it described its stream")
        return ()

    def _describe(self) -> Actions:
        return self._ask(Method.DESCRIBE, self.target.url, _ACCEPT)

    def _ask(self, method: Method, uri: str, *fields: str) -> Actions:
        if self.closed:
            return self.finish(Cause.CONNECTION_CLOSED, "")
        return (self.asking.ask(Question(method, uri, fields)),)

    # ------------------------------------------------------------ what replies lead to

    def reply(self, response: Response) -> Actions:
        """A reply came, or what there is of it."""
        if self.transcript.wanted:
            self.transcript.note("<", response.line, response.headers, response.body)
        question = self.asking.question
        if response.http and not self.resting:
            return self._in_http(response)
        if response.status < 200 or not self.asking.unanswered or question is None or self._is_copy(response):
            return ()
        self.asking.unanswered -= 1
        if self.resting:
            return self._farewell_answered(question, response)
        self.rung = max(self.rung, Rung.RTSP)
        self.findings.reply(response)
        if response.status == 401:
            return self._challenged(question, response)
        if response.status in _REDIRECTS:
            return self._redirected(response)
        if question.method is Method.OPTIONS:  # whatever it says: it was asked for the asking's sake
            return self._describe()
        if not 200 <= response.status < 300:
            return self._refused(question, response)
        return self._accepted(question, response)

    def _farewell_answered(self, question: Question, response: Response) -> Actions:
        """A reply came after the outcome was known. A nonce that grew old is answered for a TEARDOWN, too."""
        if self.asking.unanswered:
            return ()
        challenged = question.method is Method.TEARDOWN and response.status == 401 and self._guard.signed
        if challenged and not self.closed and self._guard.challenged(response, text_of(response)) is None:
            return (self.asking.again(question),)
        return (HangUp(),)

    def _is_copy(self, response: Response) -> bool:
        """Whether it is the last reply once more: some devices describe a stream twice.

        A device whose CSeq never counts has nothing to say twice in the same words before TEARDOWN but refusals.
        """
        asking = self.asking
        return (
            200 <= response.status < 300
            and response == self.findings.last
            and response.headers.get("CSeq") == str(asking.cseq - asking.unanswered)
        )

    def _in_http(self, response: Response) -> Actions:
        """Something speaks HTTP here: before it is called no RTSP, ask once whether it carries RTSP inside."""
        self.findings.reply(response)
        if self._http or self.rung >= Rung.RTSP:
            cause = Cause.HTTP_TUNNEL_ONLY if self._http and offers_tunnel(response) else Cause.NOT_RTSP
            return self.finish(cause, self._http or response.line)
        self._http = response.line
        return self._leave_for(self.target)

    def _accepted(self, question: Question, response: Response) -> Actions:
        self._guard.accept()
        if question.method is Method.DESCRIBE:
            return self._described(response)
        if question.method is Method.SETUP:
            return self._session_granted(response)
        if self.stage is Stage.PLAY:
            self._enter(Stage.FIRST_RTP)
        return ()

    def _challenged(self, question: Question, response: Response) -> Actions:
        text = text_of(response)
        cause = self._guard.challenged(response, text)
        if cause is not None:
            self.findings.attempts_left = left = attempts_left(text)
            remarks = (
                response.line,
                "" if left is None else f"{left} attempts left",
                "" if self._guard.signed else "no credentials sent",
                response.headers.get("WWW-Authenticate") if cause is Cause.AUTH_UNSUPPORTED else "",
            )
            return self.finish(cause, "; ".join(filter(None, remarks)), stage=Stage.AUTH)
        if self.stage is Stage.DESCRIBE:
            self._enter(Stage.AUTH)
        if self._guard.readable and not self.target.tls:
            self.findings.notes.add(Note.PASSWORD_IN_CLEAR)
        if response.headers.get("Connection").lower() == "close" and self.stage is Stage.AUTH and not self._reconnected:
            self._reconnected = True
            return self._leave_for(self.target)
        if self.closed:
            return self.finish(Cause.CONNECTION_CLOSED, "")
        return (self.asking.again(question),)

    def _leave_for(self, target: urls.Target) -> Actions:
        self.passed.append(self.stage)
        linger = self._session_open and not self.closed
        farewell = self._ask(Method.TEARDOWN, self._aggregate) if linger else ()
        self.target = target
        self._session_open, self.leaving = False, True
        return (*farewell, Reconnect(target, linger))

    def _leave(self) -> None:
        """The old connection is closed: nothing asked or begun over it counts any more."""
        self.asking.forget_connection()
        self.closed = self.leaving = False
        self.setup.leave_connection()
        self._reception.leave_connection()

    def _redirected(self, response: Response) -> Actions:
        self._redirects += 1
        location = response.headers.get("Location")
        target = urls.redirect_target(location, self.target) if location else None
        self._enter(Stage.REDIRECT)
        if target is None:
            return self.finish(Cause.REDIRECT_NOWHERE, f"{response.line} {location or 'without a place to go'}")
        if self._redirects > MAX_REDIRECTS:
            return self.finish(Cause.REDIRECT_LOOP, f"{response.line} {target.url}")
        downgraded = self.target.tls and not target.tls
        self._guard.leave(for_another_host=target.host.lower() != self._host.lower() or downgraded)
        return self._leave_for(target)

    def _refused(self, question: Question, response: Response) -> Actions:
        status = response.status
        match question.method:
            case Method.DESCRIBE if status in _OPTIONS_FIRST and not self._optioned and not _counts(response):
                self._optioned = True
                return self._ask(Method.OPTIONS, self.target.url)
            case Method.SETUP:
                return self._setup_refused(response)
            case Method.PLAY if status == 457 and question.fields:
                return self._ask(Method.PLAY, question.uri)
            case Method.PLAY if status in OTHER_URL and question.uri != self.setup.url:
                self._aggregate = self.setup.url
                return self._ask(Method.PLAY, self._aggregate, _RANGE)
            case _:
                return self._end_refused(response)

    def _end_refused(self, response: Response) -> Actions:
        text = text_of(response)
        locked = response.status == 403 and says_locked(text)
        self.findings.attempts_left = attempts_left(text)
        cause = Cause.ACCOUNT_LOCKED if locked else cause_of_status(self.stage, response.status)
        return self.finish(cause, response.line)

    def _setup_refused(self, response: Response) -> Actions:
        match self.setup.refused(response.status, response.line):
            case After.ANOTHER:
                return self.set_up()
            case After.DESCRIBE_AGAIN:
                return self._leave_for(self.target)
            case After.NOTHING:
                return self._end_refused(response)

    def _described(self, response: Response) -> Actions:
        self._enter(Stage.SDP)
        description = offer.read(response, self.target)
        self.findings.tool = description.tool
        if description.offer is None:
            return self.finish(description.cause, description.detail)
        if description.odd_type:
            self.findings.notes.add(Note.CONTENT_TYPE_WRONG)
        self._aggregate = description.offer.aggregate
        self.setup.begin(description.offer.setup_urls)
        self._reception.expect(description.offer.track)
        self._enter(Stage.SETUP)
        return self.set_up()

    def _session_granted(self, response: Response) -> Actions:
        self._session_open = True
        self.asking.session = session_of(response.headers.get("Session"))
        punch: Actions = ()
        match self.setup.granted(response.headers.get("Transport")):
            case None if self.setup.change_way():
                return self._leave_for(self.target)
            case None:
                return self.finish(Cause.TRANSPORT_REFUSED, self.setup.refusal)
            case OnChannel(channel):
                self._reception.channel = channel
            case ToPorts(rtp_port, rtcp_port):
                punch = (Punch(self.target.host, rtp_port, rtcp_port),) if rtp_port else ()
        self._enter(Stage.PLAY)
        return (*punch, *self._ask(Method.PLAY, self._aggregate, _RANGE))

    # ------------------------------------------------------------ ending

    def video_arrives(self) -> None:
        """A packet of the video came; some devices send it before the reply to PLAY."""
        if self.stage is Stage.PLAY:
            self._enter(Stage.FIRST_RTP)
        if self.stage is Stage.FIRST_RTP:
            self._enter(Stage.KEYFRAME)
        self.rung = Rung.STREAM

    def finish(
        self,
        cause: Cause,
        detail: str,
        *,
        keyframe: KeyFrame | None = None,
        stage: Stage | None = None,
        linger: bool = True,
    ) -> Actions:
        """The outcome is known; ``stage`` is the one that failed, where that is not the last one entered."""
        self.over = True
        self.passed.append(self.stage)
        if self._http and cause not in (Cause.HTTP_TUNNEL_ONLY, Cause.MONITOR_STOPPED):  # our question for a tunnel
            cause, detail, stage = Cause.NOT_RTSP, self._http, Stage.DESCRIBE  # changes nothing about the answer
        rung = self.rung if keyframe is None else Rung.KEYFRAME
        self.findings.notes |= self._notes()
        ending = self.findings.ending(rung, stage or self.stage, cause, detail, keyframe, refused=self._guard.refused)
        if not self._session_open or self.closed:
            return (Finished(ending, linger=False),)
        return (*self._ask(Method.TEARDOWN, self._aggregate), Finished(ending, linger=linger))

    def _notes(self) -> set[Note]:
        """What is known only at the end."""
        notes = set(self.setup.notes)
        if self._guard.unasked and self.stage in (Stage.FIRST_RTP, Stage.KEYFRAME):  # some ask at SETUP or PLAY only
            notes.add(Note.ANSWERED_ANONYMOUSLY)
        if self._guard.renewed:
            notes.add(Note.NONCE_RENEWED)
        if self._reception.video is not None and self._reception.video.adopted:
            notes.add(Note.PAYLOAD_TYPE_WRONG)
        if self._reception.adopted:
            notes.add(Note.CHANNEL_WRONG)
        return notes

    def _enter(self, stage: Stage) -> None:
        self.passed.append(self.stage)
        self.stage = stage


def _counts(response: Response) -> bool:
    """Whether a refusal speaks of attempts or a lock: then nothing more is asked, whatever its status."""
    text = text_of(response)
    return attempts_left(text) is not None or says_locked(text)
