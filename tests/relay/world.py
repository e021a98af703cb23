"""A real casebook that a test feeds, a real outbox, fake robots and a clock that the test drives."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.alerting import MOST_BYTES, Channel, Facts, Left, Place, Spot, Target, Village, Where, usual_windows
from monitor.contract import Contract
from monitor.engine.casebook import Casebook, running_repairs
from monitor.incidents import BlindSpot, Enrolled, Incident, Rules, Struck
from monitor.language import Language
from monitor.metrics import Metrics
from monitor.model import Camera, Cause, Secret, State, Transition, micros
from monitor.notify import Outbox
from monitor.relay import Relay
from monitor.settings import AlertPath, AlertSettings
from tests.driven import PATIENCE, DrivenClock
from tests.incidents.town import BEGINNING
from tests.notify.samples import dingtalk, feishu, sms, wecom
from tests.robots import Robots, robots

SECOND = timedelta(seconds=1)


class World:
    """What the relay asks, answered by a casebook over what the test says of cameras."""

    def __init__(self, cameras: Sequence[Camera], clock: DrivenClock) -> None:
        self.clock = clock
        self.casebook = Casebook(Rules())
        self.running = asyncio.Event()
        self.running.set()
        self.planned: set[str] = set()
        self.confirmed: set[str] = set()  # cameras of which somebody has confirmed that they may leave the inventory
        self.wrong: str | None = None
        self.contract: Contract | None = None  # whose repair limits run; None: none does
        self._believed: dict[str, tuple[State, Cause]] = {}
        for camera in cameras:
            self.casebook._incidents.note(clock.now(), Enrolled(camera))
        self.turn([camera.id for camera in cameras], State.UP, Cause.OK)

    @property
    def rules(self) -> Rules:
        return self.casebook.rules

    @property
    def blind(self) -> bool:
        return any(cause is Cause.MONITOR_BLIND for _, cause in self._believed.values())

    def facts(self) -> Generator[None, None, tuple[Facts, ...]]:
        if self.contract is not None:
            now = micros(self.clock.now())
            self.casebook.repairs = running_repairs(self.casebook.faults(lambda _: (), now), [self.contract], now)
        return self.casebook.facts(
            self.clock.now(), self.confirmed.__contains__, lambda camera: camera.id in self.planned
        )

    def villages(self) -> Generator[None, None, Mapping[Place, Village]]:
        return self.casebook.villages(lambda camera: camera.id in self.planned, self.confirmed.__contains__)

    def sites(self) -> Generator[None, None, Mapping[Where, Spot]]:
        return self.casebook.sites()

    def dark_sites(self) -> Generator[None, None, tuple[BlindSpot, ...]]:
        return self.casebook.dark_sites(lambda camera: camera.id in self.planned)

    def ended(self) -> Mapping[str, Incident]:
        return self.casebook.ended()

    def left(self, camera_ids: Collection[str]) -> Left:
        return self.casebook.left(camera_ids, self.confirmed.__contains__)

    def incident_of(self, camera_id: str) -> str | None:
        return self.casebook.incident_of(camera_id)

    def trouble(self) -> str | None:
        return self.wrong

    def turn(self, camera_ids: Iterable[str], state: State, cause: Cause) -> None:
        """The record says so from now on."""
        now = self.clock.now()
        for camera_id in camera_ids:
            old, _ = self._believed.get(camera_id, (State.UNKNOWN, cause))
            self.casebook._incidents.note(now, Transition(camera_id, now, now, old, state, cause))
            self._believed[camera_id] = state, cause

    def strike(self, camera_ids: Collection[str]) -> None:
        """They leave the inventory, and nobody has confirmed that they may."""
        for camera_id in camera_ids:
            self.casebook._incidents.note(self.clock.now(), Struck(camera_id))
        self.turn(camera_ids, State.DOWN, Cause.REMOVED_UNCONFIRMED)

    def believed(self, camera_id: str) -> tuple[State, Cause]:
        """What the record says of a camera."""
        return self._believed[camera_id]

    def cut(self, camera_ids: Iterable[str]) -> None:
        self.turn(camera_ids, State.DOWN, Cause.TCP_TIMEOUT)

    def mend(self, camera_ids: Iterable[str]) -> None:
        self.turn(camera_ids, State.UP, Cause.OK)


@dataclass
class Office:
    """The relay at work."""

    relay: Relay
    world: World
    vendors: Robots
    clock: DrivenClock
    metrics: Metrics
    settings: AlertSettings

    async def later(self, span: timedelta) -> None:
        """Let time pass."""
        await self.clock.advance(span)

    async def quiet(self) -> None:
        """Until everything has arrived, and the outbox knows it."""

        async def nothing_waits() -> bool:
            return not (await self.relay.listed())[0].notices

        await self.until_so(nothing_waits)
        await self.relay._desk.show()

    async def until(self, wanted: Callable[[], bool], most: timedelta = timedelta(minutes=30)) -> None:
        """Let time pass until it is as wanted."""

        async def so() -> bool:
            return wanted()

        await self.until_so(so, most)

    async def until_so(self, wanted: Callable[[], Awaitable[bool]], most: timedelta = timedelta(hours=2)) -> None:
        """Let time pass until what the relay says is as wanted."""
        end = self.clock.now() + most
        while not await wanted():
            assert self.clock.now() < end, (self.vendors.texts, await self.relay.listed())
            await self.clock.advance(SECOND)

    async def through(self, wanted: Callable[[], bool]) -> None:
        """Let time pass until it is as wanted, as long as messages arrive: where another program has a part in it."""
        arrived = -1
        try:
            async with asyncio.timeout(PATIENCE) as limit:
                while not wanted():
                    if arrived != (arrived := sum(map(len, self.vendors.texts.values()))):
                        limit.reschedule(asyncio.get_running_loop().time() + PATIENCE)
                    await self.clock.advance(SECOND)
                    await asyncio.sleep(0.02)  # its clock is not ours
        except TimeoutError:
            raise AssertionError(("nothing arrives any more", self.vendors.texts, await self.relay.listed())) from None

    async def alertmanager(
        self,
        receiver: str,
        *alerts: Mapping[str, Any],
        status: str = "firing",
        after: timedelta = timedelta(0),
        words: Callable[[Any], Mapping[str, str]] = lambda _: {},
    ) -> None:
        """A call of Alertmanager about these labels; they fire since so long after the beginning."""
        began = f"{BEGINNING + after:%Y-%m-%dT%H:%M:%SZ}"
        written = [
            {
                "labels": labels,
                "annotations": words(labels),
                "status": status,
                "startsAt": began,
                "fingerprint": fingerprint(labels),
            }
            for labels in alerts
        ]
        await self.relay.call(json.dumps({"version": "4", "receiver": receiver, "alerts": written}).encode())


def fingerprint(labels: Mapping[str, Any]) -> str:
    """What Alertmanager knows an alert by."""
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def channel(name: str, target: Target, **changes: Any) -> Channel:
    return replace(Channel(name, target, MOST_BYTES[type(target)], usual_windows(target, 6)), **changes)


def settings(vendors: Robots, path: AlertPath = AlertPath.EMBEDDED, **changes: Any) -> AlertSettings:
    """All three robots for whoever is on call, and a gateway for the rest."""
    targets: dict[str, Target] = {
        "ding": dingtalk(vendors),
        "wecom": wecom(vendors),
        "feishu": feishu(vendors),
        "sms": sms(vendors),
    }
    usual: dict[str, Any] = {
        "path": path,
        "token": Secret("t0ken") if path is AlertPath.ALERTMANAGER else None,
        "receivers": {"vendor-on-call": ("ding", "wecom", "feishu"), "office": ("wecom", "ding"), "tickets": ("sms",)},
        "channels": {name: channel(name, target) for name, target in targets.items()},
    }
    return AlertSettings(**(usual | changes))


@asynccontextmanager
async def office(
    folder: Path,
    cameras: Sequence[Camera],
    make: Callable[[Robots], AlertSettings] = settings,
    *,
    world: World | None = None,
    vendors: Robots | None = None,
) -> AsyncIterator[Office]:
    """A relay that runs; with a world and robots of before, it is the same town after a restart."""
    known = world or World(cameras, DrivenClock(BEGINNING))
    clock = known.clock
    if vendors is None:
        async with robots(clock) as found, office(folder, cameras, make, world=known, vendors=found) as opened:
            yield opened
        return
    metrics = Metrics("1", clock)
    outbox = Outbox.open(folder / "ledger-outbox.db")
    made = make(vendors)
    relay = Relay(made, outbox, known, clock, metrics, "Asia/Shanghai", Language.ZH)
    task = asyncio.create_task(relay.run())
    try:
        yield Office(relay, known, vendors, clock, metrics, made)
    finally:
        task.cancel()
        await asyncio.wait([task])
        relay.close()
    if not task.cancelled() and task.exception() is not None:
        raise task.exception()  # type: ignore[misc]
