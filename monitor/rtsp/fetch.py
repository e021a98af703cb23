"""The conversation that ends with one key frame, or with the reason why there is none: its face to the transport.

DESCRIBE, SETUP, PLAY, the first packets of video, one complete key frame, TEARDOWN. Decides what each thing that
happens on the wire means to the conversation, and when the device has cost enough; the transport only carries bytes and
says when time is up. Must never raise anything but LocalProtocolError.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.errors import RemoteProtocolError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Note, Rung, Stage, Transport
from monitor.rtsp import giving_up
from monitor.rtsp.actions import Action, Actions, HangUp, Reconnect, Send
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import Interleaved
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.dialogue import Dialogue
from monitor.rtsp.ending import Heard, Transcript
from monitor.rtsp.messages import Headers, Method, Response, ServerRequest, serialise_answer
from monitor.rtsp.reception import Reception
from monitor.rtsp.urls import Target

_MEDIA_STAGES = frozenset({Stage.PLAY, Stage.FIRST_RTP, Stage.KEYFRAME})  # packets may come before the reply to PLAY


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
        max_keyframe_bytes: int = 3_000_000,
        transcript: bool = False,
    ) -> None:
        """``cnonce`` draws an unpredictable text of hexadecimal digits; ``transport`` is the way tried first.

        Raises LocalProtocolError for a bad URL.
        """
        self._budget = Budget(max_bytes)
        self._reception = Reception(self._budget, max_keyframe_bytes)
        self._dialogue = Dialogue(
            url,
            credentials,
            self._reception,
            cnonce=cnonce,
            may_authenticate=may_authenticate,
            transport=transport,
            transcript=transcript,
        )
        self._lost_place = False  # the bytes make no sense any more: nothing after them can be read

    # ------------------------------------------------------------ what the transport may look at

    @property
    def target(self) -> Target:
        """Where the connection leads, or the next one will."""
        return self._dialogue.target

    @property
    def stage(self) -> Stage:
        """Where the conversation is."""
        return self._dialogue.stage

    @property
    def passed(self) -> list[Stage]:
        """Every stage that ended, in order; only grows."""
        return self._dialogue.passed

    @property
    def transcript(self) -> Transcript:
        """Both sides of the conversation, if it was asked for."""
        return self._dialogue.transcript

    @property
    def codec(self) -> Codec | None:
        """The codec of the track; None before it is known."""
        return self._reception.video.codec if self._reception.video else None

    @property
    def packets(self) -> int:
        """How many video packets came: whoever watches time sees by it whether the stream still flows."""
        return self._reception.packets

    @property
    def waiting(self) -> bool:
        """Whether a key frame is held that may be complete, but more may follow: tell of ``pause`` and ``settle``."""
        return not self._dialogue.resting and self._reception.waiting

    @property
    def passing_over(self) -> bool:
        """Whether only pictures before the next key frame come over the connection: they may come in larger pieces."""
        dialogue = self._dialogue
        return (
            dialogue.stage is Stage.KEYFRAME
            and not dialogue.resting
            and dialogue.setup.way is Transport.TCP
            and self._reception.empty
        )

    @property
    def received_bytes(self) -> int:
        """How many bytes came in all."""
        return self._budget.received

    @property
    def requests(self) -> int:
        """How many requests were sent: each gets its own time."""
        return self._dialogue.asking.cseq

    @property
    def transport(self) -> Transport:
        """The way asked for last; after a key frame, the one that brought it."""
        return self._dialogue.setup.way

    @property
    def heard(self) -> Heard:
        """What the device said of itself so far."""
        return self._dialogue.findings.heard(self._reception.connection.unreadable)

    # ------------------------------------------------------------ what the transport reports

    def connected(self) -> Actions:
        """A connection to the target stands."""
        return self._dialogue.begin()

    def connect_failed(self, stage: Stage, cause: Cause, detail: str) -> Actions:
        """No connection to the target could be made, or no TLS over it."""
        dialogue = self._dialogue
        if stage is Stage.TLS:
            dialogue.rung = max(dialogue.rung, Rung.REACH)
        dialogue.closed = True
        dialogue.stage = stage
        return dialogue.finish(cause, detail)

    def room(self) -> memoryview:
        """Where the bytes that come are to be written; tell ``received`` how many they were."""
        return self._reception.connection.room()

    def received(self, count: int) -> Actions:
        """So many bytes came and were written into the room."""
        self._reception.connection.received(count)
        return self._digest(count)

    def receive_data(self, data: bytes | bytearray | memoryview) -> Actions:
        """Bytes came that were not written into the room."""
        if self._lost_place:
            return (HangUp(),)
        try:
            self._reception.connection.receive_data(data)
        except RemoteProtocolError as error:
            return self._broken(str(error))
        return self._digest(len(data))

    def pause(self) -> None:
        """No packet came for a moment before the one that comes now."""
        self._reception.pause()

    def settle(self) -> Actions:
        """No packet came for longer than a picture that is under way stands still: what looks complete is complete.

        Not where the rest may be lost: only the next datagram tells.
        """
        dialogue = self._dialogue
        if dialogue.resting or dialogue.setup.way is Transport.UDP or self._reception.connection.in_part:
            return ()
        return self._media(self._reception.settle)

    def video_datagram(self, data: bytes) -> Actions:
        """A datagram came from the device on the port of RTP."""
        self._charge_datagram(data)
        actions = self._media(lambda: self._reception.datagram(data)) if self._watching else ()
        return (*actions, *self._within_budget())

    def control_datagram(self, data: bytes) -> Actions:
        """A datagram came from the device on the port of RTCP."""
        self._charge_datagram(data)
        self._reception.report()
        return self._within_budget()

    def listening(self, rtp_port: int) -> Actions:
        """Our port for RTP is open, and the next one for RTCP."""
        self._dialogue.setup.port = rtp_port
        return () if self._dialogue.over else self._dialogue.set_up()

    def listening_failed(self, detail: str) -> Actions:
        """No pair of ports could be opened."""
        return () if self._dialogue.over else self._dialogue.no_port(detail)

    def worn_out(self, detail: str) -> Actions:
        """The device costs more than a probe may cost."""
        return () if self._dialogue.over else self._dialogue.finish(Cause.OVER_BUDGET, detail)

    def timed_out(self) -> Actions:
        """The time limit of the stage is over."""
        return self._give_up(Cause.NO_REPLY, silent=False)

    def fell_silent(self) -> Actions:
        """The time limit of the stage is over, and video packets had stopped coming before that."""
        return self._give_up(Cause.NO_REPLY, silent=True)

    def connection_lost(self) -> Actions:
        """The device closed the connection, or it broke."""
        return self._lost(Cause.EMPTY_REPLY)

    def connection_reset(self) -> Actions:
        """The device, or something on the way, reset the connection."""
        return self._lost(Cause.CONNECTION_RESET)

    def cancelled(self) -> Actions:
        """We stop before the end: what is left to send, for courtesy."""
        return () if self._dialogue.over else self._dialogue.finish(Cause.MONITOR_STOPPED, "")

    # ------------------------------------------------------------ reading

    def _digest(self, count: int) -> Actions:
        self._budget.received += count
        if self._lost_place:
            return (HangUp(),)
        actions: list[Action] = []  # what was decided stays decided when the bytes after it are broken
        try:
            self._read(actions)
        except RemoteProtocolError as error:
            actions += self._broken(str(error))
        over = self._within_budget()
        if over:  # then no connection is wanted either
            actions = [action for action in actions if not isinstance(action, Reconnect)]
        return (*actions, *over)

    def _read(self, actions: list[Action]) -> None:
        connection = self._reception.connection
        while True:
            if self._watching:
                actions += self._media(self._reception.interleaved)
            connection.pass_over()
            event = connection.next_event()
            if isinstance(event, Response):
                actions += self._dialogue.reply(event)
            elif isinstance(event, ServerRequest):
                actions += self._on_request(event)
            elif isinstance(event, Interleaved):
                actions += self._behind_noise(event)
            else:
                return

    @property
    def _watching(self) -> bool:
        """Whether packets of the video mean something now."""
        return not self._dialogue.resting and self._dialogue.stage in _MEDIA_STAGES

    def _behind_noise(self, packet: Interleaved) -> Actions:
        return self._media(lambda: self._reception.behind_noise(packet)) if self._watching else ()

    def _media(self, take: Callable[[], KeyFrame | None]) -> Actions:
        """Let packets be taken, and end with what they make."""
        dialogue = self._dialogue
        try:
            frame = take()
        except KeyFrameTooLarge as error:
            dialogue.video_arrives()
            return dialogue.finish(Cause.OVER_BUDGET, str(error))
        if dialogue.stage is not Stage.KEYFRAME and self._reception.packets:
            dialogue.video_arrives()
        return () if frame is None else dialogue.finish(Cause.OK, "", keyframe=frame)

    def _on_request(self, request: ServerRequest) -> Actions:
        self.transcript.note("<", f"{request.method} {request.uri}", request.headers)
        if self._dialogue.leaving:
            return ()
        known = request.method in (Method.OPTIONS, Method.GET_PARAMETER, Method.SET_PARAMETER)
        status, reason = (200, "OK") if known else (501, "Not Implemented")
        headers = Headers((("CSeq", request.headers.get("CSeq", "0")),))
        self.transcript.note(">", f"RTSP {status} {reason}", headers)
        return (Send(serialise_answer(status, reason, headers)),)

    # ------------------------------------------------------------ ending

    def _charge_datagram(self, data: bytes) -> None:
        self._budget.received += len(data)
        self._budget.pieces += 1

    def _within_budget(self) -> Actions:
        excess = "" if self._dialogue.over else self._budget.excess()
        return self._dialogue.finish(Cause.OVER_BUDGET, f"no key frame within {excess}") if excess else ()

    def _lost(self, at_once: Cause) -> Actions:
        """The connection is gone; ``at_once`` is what that means when not a byte came."""
        self._dialogue.closed = True
        if self._dialogue.leaving:
            return (HangUp(),)
        return self._dialogue.dial_again() or self._give_up(
            Cause.CONNECTION_CLOSED if self.received_bytes else at_once, silent=True
        )

    def _give_up(self, nothing: Cause, *, silent: bool) -> Actions:
        """No more bytes will come in time: go on with half a reply, or name what is missing.

        ``nothing`` is the cause when nothing at all came; ``silent``: packets had stopped before.
        """
        if self._dialogue.over:
            return (HangUp(),)
        settled = self._media(self._reception.settle)
        if settled:
            return settled
        dialogue, half = self._dialogue, self._reception.connection.salvage()
        if half is not None and (dialogue.asking.unanswered or half.http):
            dialogue.findings.notes |= set() if half.http else {Note.BODY_SHORT}
            before, actions = dialogue.stage, dialogue.reply(half)
            if actions or dialogue.stage is not before:
                return actions
        return self._without(nothing, silent=silent)

    def _without(self, nothing: Cause, *, silent: bool) -> Actions:
        """Name what is missing."""
        dialogue, video = self._dialogue, self._reception.video
        if video is not None and dialogue.stage is Stage.KEYFRAME:
            cause, detail, stage = giving_up.without_key_frame(video, silent=silent, closed=dialogue.closed)
            return dialogue.finish(cause, detail, stage=stage)
        if video is not None and dialogue.stage is Stage.FIRST_RTP and not dialogue.closed:
            heard = self._reception.reports or self._reception.other_channels
            elsewhere = () if heard else dialogue.no_datagrams()
            return elsewhere or dialogue.finish(*giving_up.without_media(self._reception, dialogue.setup))
        unreadable = self._reception.connection.unreadable
        told = dialogue.hung_up() if dialogue.closed and not unreadable else ()
        return told or dialogue.finish(*giving_up.unread(unreadable, dialogue.rung, nothing))

    def _broken(self, why: str) -> Actions:
        if self._dialogue.leaving:  # the next connection has a place of its own
            return (HangUp(),)
        self._lost_place = True
        if self._dialogue.over:
            return (HangUp(),)
        unreadable = self._reception.connection.unreadable
        cause, shown = giving_up.unread(unreadable, self._dialogue.rung, Cause.BAD_REPLY)
        return self._dialogue.finish(cause, f"{why}: {shown}", linger=False)
