"""What the board shows: in turn, in steps, and nothing that a result on its way to the disk may still contradict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import numpy as np

from monitor.clock import at_once
from monitor.engine.board import SLICE, Board
from monitor.engine.figures import MonthCalendar
from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.ledger import Event, Ledger
from monitor.liveness import Policy
from monitor.model import CameraStatus, Cause, ContractTerms, Picture, Result, Rung, Span, Stage, State, micros
from monitor.picture import NO_EVIDENCE, Frame, Memory, examine
from monitor.picture.examine import HELD
from monitor.picture.learning import LEARNT
from monitor.schedule import phase
from tests.driven import START, DrivenClock, a_camera

SECOND = 1_000_000


class SlowRecorder:
    """Events become durable when the test says so."""

    def __init__(self) -> None:
        self.last_durable_at = START
        self.disk = asyncio.Event()

    async def append(self, events: Sequence[Event]) -> datetime:
        await self.disk.wait()
        return self.last_durable_at

    async def ask(self, question: Callable[[Ledger], object]) -> object:
        raise AssertionError("nothing here asks the ledger")


class Town:
    """A board with driven time and a slow disk."""

    def __init__(self, *camera_ids: str) -> None:
        self.clock, self.recorder = DrivenClock(), SlowRecorder()
        self.timeline = Timeline(self.clock)
        calendar = MonthCalendar(ContractTerms())
        self.board = Board(Policy(), calendar, cast("Recorder", self.recorder), self.timeline)
        for camera_id in camera_ids:
            self.board.admit(a_camera(camera_id), START, ())

    async def passes(self, seconds: int) -> None:
        await self.clock.advance(timedelta(seconds=seconds))
        self.recorder.last_durable_at = self.timeline.now()  # the heartbeat

    def shown(self) -> list[CameraStatus]:
        return [status for status, _ in at_once(self.board.cameras())]


def seen(camera_id: str, at: datetime, cause: Cause = Cause.OK) -> Result:
    return Result(camera_id, at, timedelta(seconds=1), Rung.PICTURE, Stage.PICTURE, cause)


async def test_what_waits_for_the_disk_is_not_settled_before_it_is_dated() -> None:
    town = Town("A")
    asked_at = town.board.asking("A")
    await town.passes(10)
    folding = asyncio.create_task(town.board.fold(seen("A", asked_at)))
    await town.clock.settle()
    assert town.shown()[0].lifetime.scheduled == 0, "the transition on its way is dated before this"
    town.recorder.disk.set()
    await folding
    town.board.asking("A")
    await town.passes(10)
    await town.board.fold(seen("A", START + timedelta(seconds=10)))
    (status,) = town.shown()
    assert (status.state, status.lifetime.up, status.lifetime.unobserved) == (State.UP, 10 * SECOND, 0)


def blank_wall() -> Picture:
    """What is said of the last picture of a camera that has been looking at a wall."""
    grey, memory = np.full((180, 320), 120, np.uint8), Memory.fresh()
    grain = np.random.default_rng(1).normal(0, 2, (360, 640)) + np.linspace(100, 130, 640)
    seen_last = Picture(640, 360, b"")
    for minute in range(LEARNT + HELD + 2):
        wall = Frame(np.roll(grain, minute, axis=0).astype(np.uint8), grey, grey, full_range=False)
        seen_last, memory = examine(wall, NO_EVIDENCE, memory, START + timedelta(minutes=minute))
    return seen_last


async def test_what_a_wall_cannot_tell_is_shown_until_another_picture_tells_it() -> None:
    wall, blind = blank_wall(), {Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED}
    town = Town("A")
    town.recorder.disk.set()

    async def shown(picture: Picture | None) -> set[Cause]:
        at = town.board.asking("A")
        await town.passes(10)
        await town.board.fold(replace(seen("A", at), picture=picture))
        sight = town.shown()[0].sight
        assert sight is not None
        return set(sight.unjudged)

    assert blind <= await shown(wall)
    assert blind <= await shown(None), "nothing was decoded"
    assert not await shown(replace(wall, findings=()))


async def test_nothing_is_said_of_the_picture_of_a_camera_that_is_not_online() -> None:
    town = Town("A")
    town.recorder.disk.set()
    await town.board.fold(replace(seen("A", town.board.asking("A")), picture=Picture(640, 360, b"")))
    assert town.shown()[0].sight is not None
    for _ in range(10):
        await town.passes(10)
        await town.board.fold(seen("A", town.board.asking("A"), Cause.TCP_TIMEOUT))
    assert town.shown()[0].state is State.DOWN
    assert town.shown()[0].sight is None


async def test_a_camera_without_news_is_shown_as_the_very_same_thing() -> None:
    town = Town("A", "B")
    town.recorder.disk.set()
    for camera_id in ("A", "B"):
        await town.board.fold(seen(camera_id, town.board.asking(camera_id)))
    before = {status.camera.id: status for status in town.shown()}
    await town.passes(10)
    await town.board.fold(seen("B", town.board.asking("B")))
    after = {status.camera.id: status for status in town.shown()}
    assert after["A"] is before["A"]
    assert after["B"].lifetime.up == 10 * SECOND


async def test_cameras_are_shown_in_the_order_in_which_they_are_asked() -> None:
    ids = [f"QX-{number}" for number in range(20)]
    shown = [status.camera.id for status in Town(*ids).shown()]
    assert shown == sorted(ids, key=lambda camera_id: phase(camera_id, 60.0))


async def test_a_large_town_is_shown_in_steps_and_a_camera_may_come_meanwhile() -> None:
    town = Town(*(f"QX-{number}" for number in range(3 * SLICE)))
    steps = town.board.cameras()
    next(steps)
    town.board.admit(a_camera("late"), START, ())
    assert len(at_once(steps)) == 3 * SLICE
    assert len(town.shown()) == 3 * SLICE + 1


async def test_only_watched_cameras_with_an_old_result_are_overdue() -> None:
    town = Town("A", "B", "C")
    town.recorder.disk.set()
    for camera_id in ("A", "B"):
        await town.board.fold(seen(camera_id, town.board.asking(camera_id)))
    await town.passes(int(town.board.policy.max_gap.total_seconds()))
    assert town.board.overdue() == 0
    await town.passes(1)
    await town.board.fold(seen("B", town.board.asking("B")))
    assert town.board.overdue() == 1
    await town.board.lapse()
    states = {status.camera.id: (status.state, status.cause) for status in town.shown()}
    assert states["A"] == (State.UNKNOWN, Cause.NOT_WATCHED)
    assert town.board.overdue() == 0


async def test_what_lies_over_a_large_town_is_laid_in_steps_and_all_of_it() -> None:
    town = Town(*(f"QX-{number}" for number in range(3 * SLICE)))
    await town.passes(10)
    absent = {f"QX-{number}": [Span(micros(START), micros(START) + 5 * SECOND)] for number in range(3 * SLICE)}
    assert len(list(town.board.plan((), {}, absent))) == 3
    assert {status.month.scheduled for status in town.shown()} == {5 * SECOND}
    assert {status.lifetime.scheduled for status in town.shown()} == {10 * SECOND}
