"""One look at a camera: carries the bytes of ``monitor.rtsp.fetch`` over TCP and watches the time.

Decides nothing about the camera but when time is up. Must never outlive its limits, keep a socket open after it
returned, or copy a packet more than once.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from monitor.clock import Clock
from monitor.errors import LocalProtocolError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Rung, Stage, StageTime
from monitor.probes.dialling import DialFailure, connect, failure, resolve, tls_context
from monitor.rtsp.actions import Actions, Finished, HangUp, Reconnect, Send
from monitor.rtsp.ending import Ending
from monitor.rtsp.fetch import KeyFrameFetch

TEARDOWN_WAIT = 0.2  # seconds the reply to TEARDOWN gets
_GRACE = 1.0  # seconds after which a conversation that should have ended is our own fault
_BUFFER = 64 * 1024  # bytes read at once


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
    transcript: bool = False,
) -> Fetched:
    """Fetch one key frame, or learn why there is none. Never raises but CancelledError, which closes the socket."""
    watch = _Stopwatch(clock)
    try:
        flow = KeyFrameFetch(
            url,
            credentials,
            cnonce=lambda: secrets.token_hex(8),
            may_authenticate=may_authenticate,
            max_bytes=limits.max_bytes,
            max_keyframe_bytes=limits.max_keyframe_bytes,
            transcript=transcript,
        )
    except LocalProtocolError as error:
        return _our_fault(watch, str(error))
    run = _Run(flow, limits, watch)
    try:
        async with asyncio.timeout(limits.total.total_seconds() + TEARDOWN_WAIT + _GRACE):
            return await run.whole()
    except LocalProtocolError as error:
        return _our_fault(watch, str(error))
    except TimeoutError:
        return _our_fault(watch, "the conversation did not end in time")


def _our_fault(watch: _Stopwatch, detail: str) -> Fetched:
    took, stages = timedelta(seconds=watch.elapsed()), watch.stages()
    return Fetched(took, Rung.NONE, Stage.DNS, Cause.MONITOR_ERROR, detail, stages, None, 0, None, False, ())


class _Run:
    """One probe over one or more connections."""

    def __init__(self, flow: KeyFrameFetch, limits: RtspLimits, watch: _Stopwatch) -> None:
        self.flow = flow
        self.limits = limits
        self.watch = watch
        self._transcript: list[str] = []
        self._noted = self._passed = 0
        self._took, self._received = 0.0, 0

    async def whole(self) -> Fetched:
        """From the first connection to the end."""
        while True:
            ending = await self._over_one_connection()
            if ending is not None:
                return self._fetched(ending)

    async def _over_one_connection(self) -> Ending | None:
        """The ending; None when the conversation goes on over another connection."""
        conversation = _Conversation(self)
        try:
            failed = await self._dial(conversation)
            if failed is not None:
                conversation.perform(lambda: self.flow.connect_failed(failed.stage, failed.cause, failed.detail))
            outcome = await conversation.outcome
            if isinstance(outcome, Reconnect):
                return None
            if outcome.linger:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TEARDOWN_WAIT):
                        await conversation.gone
                self.watch.lap(Stage.TEARDOWN)
        except asyncio.CancelledError:
            conversation.perform(self.flow.cancelled)
            raise
        else:
            return outcome.ending
        finally:
            conversation.close()

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
                await _secure(transport, conversation, target.host)
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
        lines, passed = self.flow.transcript.lines, self.flow.passed
        if len(lines) > self._noted:
            for line in lines[self._noted :]:
                self.note(line)
            self._noted = len(lines)
        for stage in passed[self._passed :]:
            self.watch.lap(stage)
        self._passed = len(passed)

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
        )


async def _secure(transport: asyncio.Transport, conversation: _Conversation, host: str) -> None:
    """Begin TLS and let the conversation run over it."""
    loop = asyncio.get_running_loop()
    try:
        secured = await loop.start_tls(
            transport, conversation, tls_context(), server_hostname=host, ssl_shutdown_timeout=TEARDOWN_WAIT
        )
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
        self._loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Finished | Reconnect] = self._loop.create_future()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._buffer = memoryview(bytearray(_BUFFER))
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._progress: tuple[Stage, int] | None = None  # the stage and the requests the timer was set for
        self._packets = 0
        self._packet_at = 0.0  # when video packets last came, on the loop's clock

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclass of it
        self._run.watch.lap(Stage.TLS if self._run.flow.target.tls else Stage.TCP)
        self.perform(self._run.flow.connected)

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        flow = self._run.flow
        self.perform(lambda: flow.receive_data(self._buffer[:nbytes]))
        if flow.packets != self._packets:
            self._packets, self._packet_at = flow.packets, self._loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and not isinstance(exc, OSError) and not self.outcome.done():
            self.outcome.set_exception(exc)  # a bug of ours, which no camera must pay for
        self._transport = None
        self.perform(self._run.flow.connection_lost)

    def perform(self, step: Callable[[], Actions]) -> None:
        """Let the flow take a step and do what it asks for."""
        if self.outcome.done() and self.gone.done():
            return
        try:
            actions = step()
        except LocalProtocolError as error:
            if not self.outcome.done():
                self.outcome.set_exception(error)
            return
        for action in actions:
            match action:
                case Send(data):
                    if self._transport is not None:
                        self._transport.write(data)
                case Finished():
                    self._run.finished()
                    self._settle(action)
                case Reconnect():
                    self._settle(action)
                    self._end()
                case HangUp():
                    self._end()
        self._run.keep_record()
        self._watch_time()

    def close(self) -> None:
        """Close the connection once what was written is out; nothing more reaches the flow."""
        self._end()
        self.outcome.cancel()
        self._stop_timer()
        if self._transport is not None:
            self._transport.close()
            if self._transport.get_write_buffer_size():  # a device that reads nothing must not keep the connection
                self._loop.call_later(TEARDOWN_WAIT, self._transport.abort)

    def _settle(self, outcome: Finished | Reconnect) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _end(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)

    def _watch_time(self) -> None:
        if self.outcome.done():
            self._stop_timer()
            return
        progress = (self._run.flow.stage, self._run.flow.requests)
        if progress != self._progress:
            self._progress = progress
            self._stop_timer()
            self._timer = self._loop.call_later(self._run.stage_limit(), self._time_is_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _time_is_up(self) -> None:
        limits = self._run.limits
        quiet = min(limits.first_rtp, limits.keyframe / 2).total_seconds()
        silent = self._loop.time() - self._packet_at >= quiet
        self.perform(lambda: self._run.flow.timed_out(silent=silent))
