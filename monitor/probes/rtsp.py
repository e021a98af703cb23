"""One look at a camera: carries the bytes of ``monitor.rtsp.fetch`` over TCP and watches the time.

Decides nothing about the camera but when time is up. Must never outlive its limits, keep a socket open after it
returned, or copy a packet more than once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from monitor.clock import Clock
from monitor.errors import LocalProtocolError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Note, Rung, Stage, StageTime, Transport
from monitor.probes.datagrams import PortPair
from monitor.probes.dialling import ACCEPT, DialFailure, check_pin, connect, failure, resolve, tls_context
from monitor.rtsp.actions import Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.ending import Ending, Heard
from monitor.rtsp.fetch import KeyFrameFetch

TEARDOWN_WAIT = 0.2  # seconds the reply to TEARDOWN gets
MAX_READS = 8000  # of one connection: each costs us some 10 us; a camera that sends packet by packet needs 4000
SETTLING = 0.03  # seconds without a packet after which a key frame that looks complete is taken as complete


@dataclass(frozen=True, slots=True)
class RtspLimits:
    """How long each part of a probe may take, and how much it may take in."""

    connect: timedelta = timedelta(seconds=5)  # name, connection and TLS together
    reply: timedelta = timedelta(seconds=5)  # to each request
    first_rtp: timedelta = timedelta(seconds=5)  # from PLAY to the first video packet
    keyframe: timedelta = timedelta(seconds=12)  # from there to a complete key frame
    total: timedelta = timedelta(seconds=20)
    max_bytes: int = 8_000_000
    max_keyframe_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one probe saw up to the key frame."""

    took: timedelta  # until the outcome was known; TEARDOWN is not part of it
    rung: Rung
    stage: Stage
    cause: Cause
    detail: str
    stages: tuple[StageTime, ...]
    codec: Codec | None
    received_bytes: int
    keyframe: KeyFrame | None
    credentials_refused: bool  # they were sent in this run and the device said no
    transcript: tuple[str, ...]  # both sides, redacted and timed; empty unless asked for
    url: str = ""  # the stream this is about
    transport: Transport = Transport.TCP  # the way asked for last; after a key frame, the one that brought it
    attempts_left: int | None = None  # how often the device says a password may still be tried
    notes: tuple[Note, ...] = ()
    heard: Heard | None = None  # what the device said of itself; only beside a transcript


class _Stopwatch:
    """Where the time went, stage by stage."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._mark = clock.monotonic()
        self._spent: dict[Stage, float] = {}

    def lap(self, stage: Stage) -> None:
        now = self._clock.monotonic()
        self._spent[stage] = self._spent.get(stage, 0.0) + now - self._mark
        self._mark = now

    def elapsed(self) -> float:
        return self._clock.monotonic() - self._began

    def stages(self) -> tuple[StageTime, ...]:
        return tuple(StageTime(stage, timedelta(seconds=spent)) for stage, spent in self._spent.items())


async def fetch_keyframe(
    url: str,
    credentials: Credentials | None,
    *,
    limits: RtspLimits,
    clock: Clock,
    may_authenticate: bool = True,
    certificate: str = ACCEPT,
    transport: Transport = Transport.TCP,
    transcript: bool = False,
) -> Fetched:
    """Fetch one key frame, or learn why there is none. Never raises but CancelledError, which closes the socket.

    ``certificate``: what a device behind ``rtsps://`` must show, as in ``Camera.certificate``. ``transport``: the way
    the packets are asked for first.
    """
    watch = _Stopwatch(clock)
    try:
        flow = KeyFrameFetch(
            url,
            credentials,
            cnonce=lambda: secrets.token_hex(8),
            may_authenticate=may_authenticate,
            transport=transport,
            max_bytes=limits.max_bytes,
            max_keyframe_bytes=limits.max_keyframe_bytes,
            transcript=transcript,
        )
    except LocalProtocolError as error:
        return _our_fault(watch, str(error))
    run = _Run(url, flow, limits, watch, certificate)
    try:
        return await run.whole()
    except LocalProtocolError as error:
        return _our_fault(watch, str(error))


def _our_fault(watch: _Stopwatch, detail: str) -> Fetched:
    took, stages = timedelta(seconds=watch.elapsed()), watch.stages()
    return Fetched(took, Rung.NONE, Stage.DNS, Cause.MONITOR_ERROR, detail, stages, None, 0, None, False, ())


class _Run:
    """One probe over one or more connections."""

    def __init__(self, url: str, flow: KeyFrameFetch, limits: RtspLimits, watch: _Stopwatch, certificate: str) -> None:
        self.flow = flow
        self._url = url
        self._certificate = certificate
        self.limits = limits
        self.watch = watch
        self._transcript: list[str] = []
        self._conversation: _Conversation | None = None  # the one that lasts
        self._ports: PortPair | None = None
        self._noted = self._passed = 0
        self._took, self._received = 0.0, 0

    async def whole(self) -> Fetched:
        """From the first connection to the end."""
        try:
            while True:
                ending = await self._over_one_connection()
                if ending is not None:
                    return self._fetched(ending)
        finally:
            if self._ports is not None:
                self._ports.close()
            # No cycle must be left: the collector comes by too seldom for the buffers of a hundred probes a second.
            self._ports = self._conversation = None

    def listen(self, conversation: _Conversation) -> None:
        """Open the ports for datagrams on the interface of this connection."""
        try:
            self._ports = PortPair(*conversation.addresses(), self._on_datagram)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            conversation.perform(self.flow.listening_failed(reason))
        else:
            conversation.perform(self.flow.listening(self._ports.rtp_port))

    def punch(self, rtp_port: int, rtcp_port: int) -> None:
        """Let the device's datagrams in."""
        if self._ports is not None:
            self._ports.punch(rtp_port, rtcp_port)

    def _on_datagram(self, data: bytes, control: bool) -> None:
        if self._conversation is not None:
            self._conversation.on_datagram(data, control)

    async def _over_one_connection(self) -> Ending | None:
        """The ending; None when the conversation goes on over another connection."""
        conversation = self._conversation = _Conversation(self)
        try:
            failed = await self._dial(conversation)
            if failed is not None:
                conversation.perform(self.flow.connect_failed(failed.stage, failed.cause, failed.detail))
            outcome = await conversation.outcome
        except asyncio.CancelledError:
            with contextlib.suppress(LocalProtocolError):
                conversation.perform(self.flow.cancelled())
            raise
        finally:
            conversation.close()
        if isinstance(outcome, Reconnect):
            return None
        if outcome.linger:
            self.watch.lap(Stage.TEARDOWN)
        return outcome.ending

    async def _dial(self, conversation: _Conversation) -> DialFailure | None:
        target, limit = self.flow.target, self.remaining(self.limits.connect)
        stage = Stage.DNS
        self.note(f"* connecting to {target.host} port {target.port}")
        try:
            async with asyncio.timeout(limit):
                addresses = await resolve(target.host, target.port)
                self.watch.lap(stage)
                stage = Stage.TCP
                if not target.tls:
                    await connect(addresses, target.port, lambda: conversation)
                    return None
                transport = await connect(addresses, target.port, asyncio.Protocol)
                self.watch.lap(stage)
                stage = Stage.TLS
                await _secure(transport, conversation, target.host, self._certificate)
        except TimeoutError:
            return failure(stage, TimeoutError(f"no answer within {limit:.1f} s"))
        except (OSError, UnicodeError) as error:
            return failure(stage, error)
        return None

    def remaining(self, limit: timedelta) -> float:
        """Seconds of the limit, or of what is left of the whole."""
        return max(0.0, min(limit.total_seconds(), self.limits.total.total_seconds() - self.watch.elapsed()))

    def stage_limit(self) -> float:
        """Seconds the flow may stay where it is."""
        match self.flow.stage:
            case Stage.FIRST_RTP:
                return self.remaining(self.limits.first_rtp)
            case Stage.KEYFRAME:
                return self.remaining(self.limits.keyframe)
            case _:
                return self.remaining(self.limits.reply)

    def keep_record(self) -> None:
        """Stamp what the flow went through since the last time."""
        passed = self.flow.passed
        if len(passed) > self._passed:
            for stage in passed[self._passed :]:
                self.watch.lap(stage)
            self._passed = len(passed)
        if self.flow.transcript.wanted:
            lines = self.flow.transcript.lines
            for line in lines[self._noted :]:
                self.note(line)
            self._noted = len(lines)

    def note(self, line: str) -> None:
        """Add a line to the transcript, if there is one."""
        if self.flow.transcript.wanted:
            self._transcript.append(f"{self.watch.elapsed() * 1000:9.1f} ms  {line}")

    def finished(self) -> None:
        """The outcome is known: what comes later is farewell."""
        self._took, self._received = self.watch.elapsed(), self.flow.received_bytes

    def _fetched(self, ending: Ending) -> Fetched:
        return Fetched(
            timedelta(seconds=self._took),
            ending.rung,
            ending.stage,
            ending.cause,
            ending.detail,
            self.watch.stages(),
            self.flow.codec,
            self._received,
            ending.keyframe,
            ending.credentials_refused,
            tuple(self._transcript),
            self._url,
            self.flow.transport,
            ending.attempts_left,
            ending.notes,
            self.flow.heard if self.flow.transcript.wanted else None,
        )


async def _secure(transport: asyncio.Transport, conversation: _Conversation, host: str, certificate: str) -> None:
    """Begin TLS and let the conversation run over it, once the certificate is the right one."""
    loop = asyncio.get_running_loop()
    try:
        secured = await loop.start_tls(
            transport,
            conversation,
            tls_context(certificate),
            server_hostname=host,
            ssl_shutdown_timeout=TEARDOWN_WAIT,
        )
        session = None if secured is None else secured.get_extra_info("ssl_object")
        check_pin(certificate, session and session.getpeercert(binary_form=True))
    except BaseException:
        transport.abort()
        raise
    if secured is None:
        raise ConnectionAbortedError("closed during the handshake")
    conversation.connection_made(secured)


class _Conversation(asyncio.BufferedProtocol):
    """One connection: bytes to the flow, actions to the wire, a timer for the stage."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._flow = run.flow
        self._loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Finished | Reconnect] = self._loop.create_future()
        self._finished: Finished | None = None  # what will be the outcome once the farewell is over
        self._transport: asyncio.Transport | None = None
        self._deadline = 0.0  # when the stage must be over, on the loop's clock
        self._progress = -1  # the stages passed and requests sent when the deadline was set
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0  # never after the deadline
        self._settling: asyncio.TimerHandle | None = None
        self._reads = self._packets = 0
        self._packet_at = 0.0  # when video packets last came, on the loop's clock

    # ------------------------------------------------------------ what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclass of it
        self._run.watch.lap(Stage.TLS if self._flow.target.tls else Stage.TCP)
        self._step(self._flow.connected)

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._flow.room()

    def buffer_updated(self, nbytes: int) -> None:
        if self._settling is not None:
            self._stop_settling()
        if not self.outcome.done():
            try:
                self.perform(self._flow.received(nbytes))
            except LocalProtocolError as error:
                self._fail(error)
        self._reads += 1
        if self._reads == MAX_READS:
            self._step(lambda: self._flow.worn_out(f"the bytes came in more than {MAX_READS} pieces"))
        self._look_for_packets()

    def on_datagram(self, data: bytes, control: bool) -> None:
        """A datagram came beside this connection."""
        self._stop_settling()
        take = self._flow.control_datagram if control else self._flow.video_datagram
        self._step(lambda: take(data))
        self._look_for_packets()

    def _look_for_packets(self) -> None:
        if self._flow.packets != self._packets:
            self._packets, self._packet_at = self._flow.packets, self._loop.time()
            if self._flow.waiting:
                self._settling = self._loop.call_later(SETTLING, self._step, self._flow.settle)

    def _stop_settling(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    def addresses(self) -> tuple[str, str]:
        """Ours and theirs, numeric. Raises OSError when the connection is gone."""
        if self._transport is None:
            raise ConnectionAbortedError("the connection is gone")
        names = (self._transport.get_extra_info(name) for name in ("sockname", "peername"))
        ours, theirs = (str(name[0]) for name in names)
        return ours, theirs

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and not isinstance(exc, OSError):
            self._fail(exc)  # a bug of ours, which no camera must pay for
        self._transport = None
        reset = isinstance(exc, ConnectionResetError)
        self._step(self._flow.connection_reset if reset else self._flow.connection_lost)

    # ------------------------------------------------------------ steps

    def _step(self, step: Callable[[], Actions]) -> None:
        """Let the flow take a step and do what it asks for."""
        if self.outcome.done():
            return
        try:
            self.perform(step())
        except LocalProtocolError as error:
            self._fail(error)

    def perform(self, actions: Actions) -> None:
        """Do what the flow asks for."""
        for action in actions:
            match action:
                case Send(data):
                    if self._transport is not None:
                        self._transport.write(data)
                case Finished():
                    self._run.finished()
                    self._finished = action
                    if action.linger:
                        self._stop_timers()
                        self._timer = self._loop.call_later(TEARDOWN_WAIT, self._settle, action)
                    else:
                        self._settle(action)
                case Reconnect():
                    self._settle(action)
                case HangUp():
                    if self._finished is not None:
                        self._settle(self._finished)
                case Listen():
                    self._run.listen(self)
                case Punch(_, rtp_port, rtcp_port):
                    self._run.punch(rtp_port, rtcp_port)
        self._run.keep_record()
        if self._finished is None and not self.outcome.done():
            self._watch_time()

    def close(self) -> None:
        """Close the connection once what was written is out; nothing more reaches the flow."""
        self.outcome.cancel()
        self._stop_timers()
        if self._transport is not None:
            self._transport.close()
            if self._transport.get_write_buffer_size():  # a device that reads nothing must not keep the connection
                self._loop.call_later(TEARDOWN_WAIT, self._transport.abort)

    def _settle(self, outcome: Finished | Reconnect) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)

    # ------------------------------------------------------------ time

    def _watch_time(self) -> None:
        """Each step has its own deadline; most are reached long before, so the timer is mostly left as it is."""
        progress = len(self._flow.passed) + self._flow.requests
        if progress == self._progress:
            return
        self._progress = progress
        self._deadline = self._loop.time() + self._run.stage_limit()
        if self._timer is None or self._deadline < self._rings_at:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._deadline
        self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._loop.time() < self._deadline:
            self._set_timer()
            return
        limits = self._run.limits
        quiet = min(limits.first_rtp, limits.keyframe / 2).total_seconds()
        silent = self._loop.time() - self._packet_at >= quiet
        self._step(lambda: self._flow.timed_out(silent=silent))
        if self._timer is None and self._finished is None:
            self._fail(LocalProtocolError("the conversation neither ended nor went on when its time was up"))

    def _stop_timers(self) -> None:
        self._stop_settling()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
