"""One look at a camera: carries the bytes of ``monitor.rtsp.fetch`` over TCP and watches the time.

Decides nothing about the camera but when time is up. Must never outlive its limits, keep a socket open after it
returned, or copy a packet more than once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from monitor.clock import Clock
from monitor.errors import LocalProtocolError
from monitor.model import Cause, Codec, Credentials, KeyFrame, Note, Rung, Stage, StageTime, Transport
from monitor.probes.conversation import TEARDOWN_WAIT, Conversation
from monitor.probes.datagrams import PortPair
from monitor.probes.dialling import ACCEPT, DialFailure, check_pin, connect, failure, resolve, tls_context
from monitor.rtsp.actions import Reconnect
from monitor.rtsp.ending import Ending, Heard
from monitor.rtsp.fetch import KeyFrameFetch


@dataclass(frozen=True, slots=True)
class RtspLimits:
    """How long each part of a probe may take, and how much it may take in.

    A key frame is held from its first packet until it was decoded, so the memory for them is the probes in flight times
    ``max_keyframe_bytes``: 320 x 3 MB = 960 MB if every device did its worst; with 50 kB of a sub-stream it is 16 MB.
    A key frame of 4K H.264 has 1 to 2 MB.
    """

    connect: timedelta = timedelta(seconds=5)  # name, connection and TLS together
    reply: timedelta = timedelta(seconds=5)  # to each request
    first_rtp: timedelta = timedelta(seconds=5)  # from PLAY to the first video packet
    keyframe: timedelta = timedelta(seconds=12)  # from there to a complete key frame
    total: timedelta = timedelta(seconds=20)
    max_bytes: int = 8_000_000
    max_keyframe_bytes: int = 3_000_000


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
        self._spent = defaultdict[Stage, float](float)

    def lap(self, *stages: Stage) -> None:
        """The time since the last lap went into the first of these; the others took none."""
        now = self._clock.monotonic()
        for stage in stages:
            self._spent[stage] += now - self._mark
            self._mark = now

    def elapsed(self) -> float:
        return self._clock.monotonic() - self._began

    def stages(self) -> tuple[StageTime, ...]:
        return tuple([StageTime(stage, timedelta(seconds=spent)) for stage, spent in self._spent.items()])


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
            cnonce=_cnonce,
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


def _cnonce() -> str:
    return os.urandom(8).hex()


def _our_fault(watch: _Stopwatch, detail: str) -> Fetched:
    took, stages = timedelta(seconds=watch.elapsed()), watch.stages()
    return Fetched(took, Rung.NONE, Stage.DNS, Cause.MONITOR_ERROR, detail, stages, None, 0, None, False, ())


class _Run:
    """One probe over one or more connections."""

    def __init__(self, url: str, flow: KeyFrameFetch, limits: RtspLimits, watch: _Stopwatch, certificate: str) -> None:
        self.flow = flow
        self._stages = flow.passed
        self._lines = flow.transcript.lines
        self._talkative = flow.transcript.wanted
        self._url = url
        self._certificate = certificate
        self.limits = limits
        self.watch = watch
        self._transcript: list[str] = []
        self._conversation: Conversation | None = None  # the one that lasts
        self._ports: PortPair | None = None
        self._noted = self._stamped = 0
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

    def connected(self) -> None:
        """The connection stands, with TLS over it where it is wanted."""
        self.watch.lap(Stage.TLS if self.flow.target.tls else Stage.TCP)

    def listen(self, conversation: Conversation) -> None:
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
        conversation = self._conversation = Conversation(self)
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

    async def _dial(self, conversation: Conversation) -> DialFailure | None:
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
        return max(0.0, min(limit.total_seconds(), self.time_left()))

    def time_left(self) -> float:
        """Seconds to the end of the whole; negative when it is past."""
        return self.limits.total.total_seconds() - self.watch.elapsed()

    def stage_limit(self) -> float:
        """Seconds the flow may stay where it is."""
        match self.flow.stage:
            case Stage.FIRST_RTP:
                return self.limits.first_rtp.total_seconds()
            case Stage.KEYFRAME:
                return self.limits.keyframe.total_seconds()
            case _:
                return self.limits.reply.total_seconds()

    def shortest_limit(self) -> float:
        """Seconds the flow may stay anywhere."""
        return min(self.limits.reply, self.limits.first_rtp, self.limits.keyframe).total_seconds()

    def quiet_limit(self) -> float:
        """Seconds without a packet of the video after which the stream is called silent."""
        return min(self.limits.first_rtp, self.limits.keyframe / 2).total_seconds()

    def keep_record(self) -> None:
        """Stamp what the flow went through since the last time."""
        if len(self._stages) > self._stamped:
            self.watch.lap(*self._stages[self._stamped :])
            self._stamped = len(self._stages)
        if len(self._lines) > self._noted:
            for line in self._lines[self._noted :]:
                self.note(line)
            self._noted = len(self._lines)

    def note(self, line: str) -> None:
        """Add a line to the transcript, if there is one."""
        if self._talkative:
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
            self.flow.heard if self._talkative else None,
        )


async def _secure(transport: asyncio.Transport, conversation: Conversation, host: str, certificate: str) -> None:
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
        check_pin(certificate, None if secured is None else secured.get_extra_info("ssl_object"))
    except BaseException:
        transport.abort()
        raise
    if secured is None:
        raise ConnectionAbortedError("closed during the handshake")
    conversation.connection_made(secured)
