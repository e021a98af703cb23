"""One connection to a device: its bytes go to the flow, what the flow asks for goes to the wire, a timer runs.

Decides nothing but when the time of a stage is up. Must never hand anything to the flow after it was closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from monitor.errors import LocalProtocolError
from monitor.probes.gathering import Gathering, something_waits
from monitor.rtsp.actions import Actions, Finished, HangUp, Listen, Punch, Reconnect, Send
from monitor.rtsp.fetch import KeyFrameFetch

TEARDOWN_WAIT = 0.2  # seconds the reply to TEARDOWN gets
SESSION_WAIT = 0.5  # seconds it gets where the next session is asked for right after it
MAX_READS = 8000  # of one connection: each costs us some 10 us; a camera that sends packet by packet needs 4000
PAUSE = 0.03  # seconds without a packet that two pictures may have between them, and two fields of one have not
SETTLING = 0.25  # seconds without a packet after which no more of a picture comes: most senders repeat a loss in 0.2


class Run(Protocol):
    """The probe this connection belongs to."""

    @property
    def flow(self) -> KeyFrameFetch:
        """What decides."""
        ...

    def connected(self) -> None:
        """The connection stands."""
        ...

    def listen(self, conversation: Conversation) -> None:
        """Open the ports for datagrams on the interface of this connection."""
        ...

    def punch(self, rtp_port: int, rtcp_port: int) -> None:
        """Let the device's datagrams in."""
        ...

    def stage_limit(self) -> float:
        """Seconds the flow may stay where it is."""
        ...

    def shortest_limit(self) -> float:
        """Seconds the flow may stay anywhere."""
        ...

    def time_left(self) -> float:
        """Seconds to the end of the whole; negative when it is past."""
        ...

    def quiet_limit(self) -> float:
        """Seconds without a packet of the video after which the stream is called silent."""
        ...

    def keep_record(self) -> None:
        """Stamp what the flow went through since the last time."""
        ...

    def finished(self) -> None:
        """The outcome is known: what comes later is farewell."""
        ...


class Conversation(asyncio.BufferedProtocol):
    """One connection: bytes to the flow, actions to the wire, a timer for the stage."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._flow = run.flow
        self._stages = run.flow.passed
        self._loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Finished | Reconnect] = self._loop.create_future()
        self._finished: Finished | Reconnect | None = None  # what will be the outcome once the farewell is over
        self._transport: asyncio.Transport | None = None
        self._gathering = Gathering()
        self._end = self._loop.time() + run.time_left()  # of the whole, on the loop's clock
        self._progress = -1  # the stages passed and requests sent
        self._progress_at = 0.0  # when one was added last, on the loop's clock
        self._timer: asyncio.TimerHandle | None = None  # rings at the deadline of the step or before
        self._settling: asyncio.TimerHandle | None = None  # runs while a key frame may be complete
        self._reads = self._packets = 0
        self._packet_at = 0.0  # when video packets last came, on the loop's clock

    # ------------------------------------------------------------ what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are no subclass of it
        self._run.connected()
        self._step(self._flow.connected)

    def get_buffer(self, _sizehint: int) -> memoryview:
        return self._flow.room()

    def buffer_updated(self, nbytes: int) -> None:
        if not self.outcome.done():
            self._look_for_a_pause()
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
        self._look_for_a_pause()
        take = self._flow.control_datagram if control else self._flow.video_datagram
        self._step(lambda: take(data))
        self._look_for_packets()

    def _look_for_packets(self) -> None:
        if self._flow.packets != self._packets:
            self._packets, self._packet_at = self._flow.packets, self._loop.time()
            if self._flow.passing_over and self._transport is not None:
                self._gathering.begin(self._transport)
            else:
                self._gathering.end()
            if self._settling is None and self._flow.waiting:
                self._settling = self._loop.call_later(SETTLING, self._look_for_silence)

    def _look_for_a_pause(self) -> None:
        """Before what came is taken: whether it was long in coming."""
        if self._flow.waiting and self._loop.time() - self._packet_at > PAUSE:
            self._flow.pause()

    def _look_for_silence(self) -> None:
        """Whether nothing came for long; a loop that was held up reads what came meanwhile before it rings."""
        self._settling = None
        since = self._loop.time() - self._packet_at
        if since >= SETTLING:
            self._step(self._flow.settle)
        elif self._flow.waiting:
            self._settling = self._loop.call_later(SETTLING - since, self._look_for_silence)

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
                case Send():
                    if self._transport is not None:
                        self._transport.write(action.data)
                case Finished():
                    self._run.finished()
                    self._part(action, TEARDOWN_WAIT)
                case Reconnect():
                    self._part(action, SESSION_WAIT)
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

    def _part(self, outcome: Finished | Reconnect, wait: float) -> None:
        """This connection is over, once a TEARDOWN under way is answered or was given so many seconds."""
        self._finished = outcome
        if outcome.linger:
            self._stop_timers()
            self._timer = self._loop.call_later(wait, self._settle, outcome)
        else:
            self._settle(outcome)

    def _settle(self, outcome: Finished | Reconnect) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)

    # ------------------------------------------------------------ time

    def _watch_time(self) -> None:
        """Each step has its own deadline. Most are over long before, so the deadline is looked at when the timer rings.

        It rings at the earliest that a deadline can be.
        """
        progress = len(self._stages) + self._flow.requests
        if progress == self._progress:
            return
        self._progress, self._progress_at = progress, self._loop.time()
        if self._timer is None:
            self._set_timer(self._end)

    def _set_timer(self, deadline: float) -> None:
        at = min(deadline, self._loop.time() + self._run.shortest_limit())
        self._timer = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        deadline = min(self._progress_at + self._run.stage_limit(), self._end)
        if self._loop.time() < deadline:
            self._set_timer(deadline)
            return
        silent = self._loop.time() - self._packet_at >= self._run.quiet_limit()
        if silent and self._transport is not None:
            silent = not something_waits(self._transport)
        self._step(self._flow.fell_silent if silent else self._flow.timed_out)
        if self._timer is None and self._finished is None:
            self._fail(LocalProtocolError("the conversation neither ended nor went on when its time was up"))

    def _stop_timers(self) -> None:
        self._gathering.end()
        for timer in (self._timer, self._settling):
            if timer is not None:
                timer.cancel()
        self._timer = self._settling = None
