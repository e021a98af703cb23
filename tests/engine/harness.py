"""Runs a real engine on a real ledger; only what the cameras answer is written by the test."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.clock import SystemClock, at_once
from monitor.engine import Engine, Plan, Prober
from monitor.engine.snapshots import Asking
from monitor.ledger import Ledger
from monitor.memories import Memories
from monitor.metrics import Metrics, TownView
from monitor.model import Ask, Camera, Cause, Picture, Result, Rung, Stage, State, Transition
from monitor.settings import LimitSettings, ProbeSettings, Settings
from monitor.settings.values import PictureSettings

PATIENCE = 10.0


def ms(number: float) -> timedelta:
    return timedelta(milliseconds=number)


# No gap of a busy machine is one between results, unless a test is about those.
HASTE = ProbeSettings(interval=ms(40), retry=ms(10), fall=3, max_gap=ms(4000), jitter=0.0)
GAPING = replace(HASTE, max_gap=ms(400))


class JumpingClock(SystemClock):
    """The machine's clocks, with a wall clock that somebody sets."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.offset


@dataclass
class ScriptedProber:
    """Answers what the test says; ``broken`` makes it raise, as a bug of ours would."""

    causes: dict[str, Cause] = field(default_factory=dict)
    attempts_left: int | None = None
    broken: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    authenticated: Counter[str] = field(default_factory=Counter)
    hold: asyncio.Event | None = None
    takes: timedelta = timedelta(0)
    looks: asyncio.Event | None = None  # looking at a picture, once its session is over, lasts until then

    async def probe(self, ask: Ask, session_over: Callable[[], None]) -> Result:
        camera_id = ask.camera.id
        self.asked[camera_id] += 1
        self.authenticated[camera_id] += ask.may_authenticate
        if self.hold is not None:
            await self.hold.wait()
        await asyncio.sleep(self.takes.total_seconds())
        if self.broken:
            raise RuntimeError("a bug of ours")
        session_over()
        if self.looks is not None:
            await self.looks.wait()
        cause = self.causes.get(camera_id, Cause.OK)
        picture = Picture(640, 360, b"0" * 16) if cause is Cause.OK else None
        return Result(
            camera_id,
            ask.at,
            ms(1),
            Rung.PICTURE,
            Stage.PICTURE,
            cause,
            picture=picture,
            credentials_refused=cause is Cause.CREDENTIALS_REFUSED and ask.may_authenticate,
            attempts_left=self.attempts_left,
        )


def quick_settings(folder: Path, **changes: object) -> Settings:
    """Settings of a town in a great hurry."""
    settings = Settings(
        path=folder / "sharp-eyes.yml",
        inventory=(folder / "cameras.csv",),
        ledger=folder / "ledger.db",
        reports=folder / "reports",
        town="青溪镇",
        probe=HASTE,
        picture=PictureSettings(fall=2, rise=1, spread=ms(20)),
        limits=LimitSettings(in_flight=64, per_uplink=64, per_device=64, decoders=1),
        heartbeat=ms(100),
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


@dataclass
class Running:
    """An engine at work."""

    engine: Engine
    prober: ScriptedProber
    metrics: Metrics
    ledger: Ledger
    plan: Plan

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what must come; failing after a while names nothing, the assertion after it will."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110  # a state of several tasks: no single event tells it
                await asyncio.sleep(0.005)

    def view(self) -> TownView:
        return at_once(self.engine.town_view())

    def state(self, camera_id: str) -> State:
        return next(s.state for s in self.view().statuses if s.camera.id == camera_id)

    def published(self) -> list[Transition]:
        return [transition for _, transition in self.engine.recent_transitions(0, 1000)]

    async def until_state(self, camera_id: str, state: State) -> Transition:
        await self.until(lambda: self.state(camera_id) is state)
        return next(t for t in reversed(self.published()) if t.camera_id == camera_id)


@asynccontextmanager
async def running(
    folder: Path,
    cameras: Sequence[Camera],
    *,
    clock: SystemClock | None = None,
    prober: Prober | None = None,
    open_ledger: Callable[[Path], Ledger] = Ledger.open,
    memories: Memories | None = None,
    snapshots: Asking | None = None,
    **changes: object,
) -> AsyncIterator[Running]:
    """An engine that has begun; it ends in an orderly way when the block does."""
    settings = quick_settings(folder, **changes)
    clock, scripted = clock or SystemClock(), ScriptedProber()
    plan = Plan(settings, tuple(cameras))
    metrics = Metrics("test", clock)
    with open_ledger(settings.ledger) as ledger:
        make_prober: Callable[[Settings], Prober] = lambda _: prober or scripted  # noqa: E731
        engine = Engine(plan, ledger, clock, metrics, "test", make_prober, memories=memories, snapshots=snapshots)
        task = asyncio.create_task(engine.run())
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait({task, asyncio.create_task(engine.running.wait())}, return_when="FIRST_COMPLETED")
            yield Running(engine, prober if isinstance(prober, ScriptedProber) else scripted, metrics, ledger, plan)
        finally:
            engine.stop()
            async with asyncio.timeout(PATIENCE):
                await task
