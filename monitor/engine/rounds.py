"""Rounds over ONVIF: every device with an ONVIF address is asked now and then for what it is and what it offers.

Decides whom to ask and when: each device at its turn in the interval, a few at once, and soon again those that were
lost and are back, because a power cut sets clocks wrong and a repair may bring another device. What a round tells
becomes the small stream that probes ask for, and findings in the record. Must never believe a device about the stream
of one of its several cameras, nor show a password it has refused, nor keep a URL that holds one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from monitor.clock import Clock
from monitor.devices import Devices
from monitor.engine.knowledge import UNKNOWN_RATE
from monitor.engine.permits import Permits
from monitor.engine.register import Register
from monitor.engine.slots import Slots
from monitor.errors import LocalProtocolError
from monitor.findings import OF_THE_STREAM, Told, judged
from monitor.ledger import DeviceRecorded, Event, FindingAppeared, FindingGone
from monitor.liveness import Track
from monitor.model import Camera, Cause, Credentials, State
from monitor.onvif.addresses import parse_address
from monitor.probes.inspection import Inspection, Manners
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.rtsp.ending import Redactor
from monitor.schedule import first_due, next_due
from monitor.settings import Settings, StreamChoice

log = logging.getLogger(__name__)

LOOK = timedelta(minutes=1)  # between two looks at who is due
AT_ONCE = 8  # devices: silent ones take 30 s each, and a town of them must not keep the others waiting for hours
AFTER_RETURN = timedelta(minutes=10)  # at the earliest after the last round: a flapping line is no reason to ask more
LONGEST_PATH = 200  # characters of a stream's path that are recorded

# Whoever cannot be reached over RTSP is not worth half a minute of waiting over ONVIF.
_UNREACHED = frozenset({Cause.DNS_FAILED, Cause.TCP_REFUSED, Cause.TCP_TIMEOUT, Cause.TCP_UNREACHABLE})


class Watched(Protocol):
    """Who is watched; the board knows."""

    def watched_ids(self) -> frozenset[str]:
        """The cameras in the inventory."""
        ...

    def watched(self, camera_id: str) -> Camera | None:
        """The camera as it is to be asked, or None when it is not in the inventory any more."""
        ...

    def track(self, camera_id: str) -> Track:
        """What is believed about the camera."""
        ...


class Record(Protocol):
    """Where findings are written down."""

    async def append(self, events: Sequence[Event]) -> datetime:
        """Returns once they are durable."""
        ...


Inspect = Callable[[Camera, Credentials | None, bool], Awaitable[Inspection]]


def over_onvif(clock: Clock) -> Inspect:
    """The real way to ask: (camera, credentials, whether they may be sent) -> what the device tells."""
    manners: dict[str, Manners] = {}  # of the device at each address; learnt anew after a restart

    async def ask(camera: Camera, credentials: Credentials | None, may_authenticate: bool) -> Inspection:
        known = manners.pop(camera.onvif, None)  # whatever interrupts the round
        told = await inspect(
            camera.onvif,
            credentials,
            clock=clock,
            limits=OnvifLimits(),
            may_authenticate=may_authenticate,
            manners=known,
            certificate=camera.certificate,
        )
        manners[camera.onvif] = told.manners
        return told

    return ask


@dataclass(frozen=True, slots=True)
class _Device:
    """One device and the cameras of the inventory that stand at its address."""

    place: str
    cameras: tuple[Camera, ...]  # at least one

    @property
    def alone(self) -> bool:
        """Whether what it tells of streams is about its one camera."""
        return len(self.cameras) == 1 and not self.cameras[0].recorder

    @property
    def wording(self) -> tuple[tuple[str, str], ...]:
        """As long as it stays the same, an answer holds until its next turn."""
        return tuple((camera.onvif, camera.url) for camera in self.cameras)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A device's last round and its next one."""

    wording: tuple[tuple[str, str], ...]  # of its cameras then
    asked: float  # monotonic
    due: float  # on the device's own beat, so that a town is not asked all at once an hour later


class Rounds:
    """Keeps ``devices`` informed of small streams, and register and record of what is found."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        board: Watched,
        record: Record,
        *,
        register: Register,
        slots: Slots,
        permits: Permits,
        devices: Devices,
        clock: Clock,
        ask: Inspect,
        doubted: Callable[[], bool],
        offered: Callable[[Camera, str], None] = lambda *_: None,
    ) -> None:
        """``doubted``: our own clock is not to be believed now, so nobody else's is measured by it.

        ``offered`` is told where a camera's single pictures are.
        """
        self._settings = settings
        self._board = board
        self._record = record
        self._register = register
        self._slots = slots
        self._permits = permits
        self._devices = devices
        self._clock = clock
        self._ask_device = ask
        self._doubted = doubted
        self._offered = offered
        self._turns: dict[str, _Turn] = {}  # by place
        self._lost: set[str] = set()  # places that could not be reached at the last look

    async def run(self) -> None:
        """Ask whoever is due, for ever."""
        while True:
            await self._withdraw()
            due = iter([device for device in self._at_hand() if self._due(device)])
            async with asyncio.TaskGroup() as tasks:
                for _ in range(AT_ONCE):
                    tasks.create_task(self._ask_in_turn(due))
            await self._clock.sleep(LOOK)

    async def _ask_in_turn(self, due: Iterator[_Device]) -> None:
        """Ask one after the other. Supervises: what goes wrong on our side costs this device its round, no more."""
        for device in due:
            try:
                await self._ask(device)
            except Exception:
                log.exception("asking %s over ONVIF failed on our side; the next one goes on", device.cameras[0].id)

    def _at_hand(self) -> Iterator[_Device]:
        """Every device there is; where it has several cameras, a stream that was found before is forgotten."""
        places: defaultdict[str, list[Camera]] = defaultdict(list)
        for camera in filter(None, map(self._board.watched, sorted(self._board.watched_ids()))):
            if camera.onvif:
                places[place_of(camera.onvif)].append(camera)
            else:
                self._forget_stream(camera)
        for place, cameras in places.items():
            device = _Device(place, tuple(cameras))
            if not device.alone or self._settings().probe.stream is not StreamChoice.SUB:
                for camera in cameras:
                    self._forget_stream(camera)
            yield device

    def _forget_stream(self, camera: Camera) -> None:
        if (known := self._devices.stream(camera.id, camera.url)).found:
            self._devices.learn(camera.id, camera.url, replace(known, found=""))

    def _due(self, device: _Device) -> bool:
        now, interval = self._clock.monotonic(), self._settings().onvif.interval.total_seconds()
        if all(self._unreached(camera) for camera in device.cameras):
            self._lost.add(device.place)
            return False
        if device.place not in self._turns and any(self._knows(camera) for camera in device.cameras):
            # Known from before a restart: that may wait for the device's turn.
            due = first_due(device.place, interval, now)
            self._turns[device.place] = _Turn(device.wording, now - AFTER_RETURN.total_seconds(), due)
        turn = self._turns.get(device.place)
        if turn is None or turn.wording != device.wording:
            return True
        back = device.place in self._lost and now - turn.asked >= AFTER_RETURN.total_seconds()
        return back or now >= turn.due

    def _unreached(self, camera: Camera) -> bool:
        track = self._board.track(camera.id)
        return track.state is State.DOWN and track.cause in _UNREACHED

    def _knows(self, camera: Camera) -> bool:
        known = self._register.known(camera.id)
        return known.identity is not None or bool(known.stream or self._devices.stream(camera.id, camera.url).found)

    async def _ask(self, device: _Device) -> None:
        settings, camera = self._settings(), device.cameras[0]
        credentials = settings.credentials.get(camera.credentials)
        now, interval = self._clock.monotonic(), settings.onvif.interval.total_seconds()
        due = next_due(first_due(device.place, interval, 0.0), interval, now, now)
        self._turns[device.place] = _Turn(device.wording, now, due)
        self._lost.discard(device.place)
        async with self._slots.taken_for(camera, UNKNOWN_RATE):
            at = self._clock.now()
            told = await self._ask_device(camera, credentials, self._permits.granted(camera, credentials))
            await self._permits.heed(camera, credentials, settings.probe.credentials_pause, told)
        if told.cause is not Cause.OK:
            log.info("%s over ONVIF: %s %s", camera.id, told.cause.value, told.found.detail)
        redactor = Redactor(credentials)
        if device.alone and told.found.url and settings.probe.stream is StreamChoice.SUB:
            self._keep_stream(camera, told.found.url, redactor)
        if device.alone and told.snapshot_url and redactor.clean(told.snapshot_url) == told.snapshot_url:
            self._offered(camera, told.snapshot_url)
        for one in device.cameras:
            await self._judge(one, told, at, redactor, alone=device.alone)

    def _keep_stream(self, camera: Camera, url: str, redactor: Redactor) -> None:
        if redactor.clean(url) != url:
            log.warning("%s writes a password into the URL of its small stream, which is not kept", camera.id)
            return
        known = self._devices.stream(camera.id, camera.url)
        if known.found != url:
            self._devices.learn(camera.id, camera.url, replace(known, found=url))

    async def _judge(
        self, camera: Camera, inspection: Inspection, at: datetime, redactor: Redactor, *, alone: bool
    ) -> None:
        """Write down what follows from a round; ``alone``: what it told of streams is about this camera."""
        offset = None if self._doubted() else inspection.clock_offset
        known, told = self._register.known(camera.id), Told(offset, inspection.identity)
        if alone:
            told = replace(told, stream=_path(inspection.main, redactor), smaller=inspection.smaller)
        standing, limits = self._register.standing(camera.id), self._settings().onvif.limits
        judgement = judged(known, standing, told, limits, at)
        events: list[Event] = [FindingGone(camera.id, kind) for kind in judgement.gone]
        if judgement.known != known:
            events.append(DeviceRecorded(camera.id, judgement.known.identity, judgement.known.stream))
        events += [FindingAppeared(camera.id, finding) for finding in judgement.appeared]
        if events:
            await self._record.append(events)
        self._register.told(camera.id, inspection, at)

    async def _withdraw(self) -> None:
        """Findings about what is asked no more go: the camera left, its address did, or its device has others now."""
        standing = self._register.all_standing()
        if not standing:
            return
        asked = {camera.id: device.alone for device in self._at_hand() for camera in device.cameras}
        gone = [
            FindingGone(camera_id, kind)
            for camera_id, kinds in standing.items()
            for kind in kinds
            if camera_id not in asked or (kind in OF_THE_STREAM and not asked[camera_id])
        ]
        if gone:
            await self._record.append(gone)


def _path(url: str, redactor: Redactor) -> str:
    """Path and query of a URL as they may be recorded; "" of none."""
    _, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    return redactor.clean(slash + path)[:LONGEST_PATH]


@lru_cache(maxsize=100_000)  # each camera's is wanted every minute
def place_of(onvif: str) -> str:
    """Host and port of an ONVIF address, however it is spelt; the usual ports of http and https count as one."""
    try:
        return parse_address(onvif).authority
    except LocalProtocolError:
        return onvif
