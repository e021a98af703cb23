"""A refused password is offered once, then not again until the pause is over: on all channels, over any restart."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.devices import Devices
from monitor.engine.permits import LAST_ATTEMPT_PAUSE, Permits
from monitor.model import Cause, Credentials, Secret
from monitor.probes.inspection import StreamFound
from tests.driven import DrivenClock, a_camera

PAUSE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)
LOGIN = Credentials("admin", Secret("wrong-4711"))
REFUSED = StreamFound(cause=Cause.CREDENTIALS_REFUSED, credentials_refused=True)
UNASKED = StreamFound(cause=Cause.CREDENTIALS_REFUSED)  # nothing was offered


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db.devices.db"


def restarted(path: Path, clock: DrivenClock) -> Permits:
    return Permits(Devices(path), clock, PAUSE)


async def test_after_a_refusal_the_same_credentials_wait_for_the_pause(path: Path, clock: DrivenClock) -> None:
    permits, camera = restarted(path, clock), a_camera()
    assert permits.granted(camera, LOGIN)
    await permits.heed(camera, LOGIN, PAUSE, REFUSED)
    assert permits.paused == 1
    await clock.advance(PAUSE - SECOND)
    assert not permits.granted(camera, LOGIN)
    await clock.advance(SECOND)
    assert permits.granted(camera, LOGIN)
    assert permits.paused == 0


@pytest.mark.parametrize("answer", [UNASKED, replace(UNASKED, cause=Cause.ACCOUNT_LOCKED, attempts_left=0)])
async def test_what_is_said_to_who_offered_nothing_does_not_lengthen_the_pause(
    path: Path, clock: DrivenClock, answer: StreamFound
) -> None:
    permits, camera = restarted(path, clock), a_camera()
    await permits.heed(camera, LOGIN, PAUSE, REFUSED)
    await clock.advance(PAUSE / 2)
    await permits.heed(camera, LOGIN, PAUSE, answer)
    await clock.advance(PAUSE / 2)
    assert permits.granted(camera, LOGIN)


async def test_a_person_who_insists_in_vain_begins_the_pause_anew(path: Path, clock: DrivenClock) -> None:
    permits, camera = restarted(path, clock), a_camera()
    await permits.heed(camera, LOGIN, PAUSE, REFUSED)
    await clock.advance(PAUSE / 2)
    await permits.heed(camera, LOGIN, PAUSE, REFUSED)
    assert permits.paused_until(camera, LOGIN) == clock.now() + PAUSE
    await clock.advance(PAUSE)
    assert permits.paused_until(camera, LOGIN) is None


@pytest.mark.parametrize(
    "answer", [StreamFound(cause=Cause.ACCOUNT_LOCKED), StreamFound(cause=Cause.CREDENTIALS_FORBIDDEN, attempts_left=3)]
)
async def test_a_lock_or_a_count_of_attempts_begins_a_pause(
    path: Path, clock: DrivenClock, answer: StreamFound
) -> None:
    permits, camera = restarted(path, clock), a_camera()
    await permits.heed(camera, LOGIN, PAUSE, UNASKED)
    assert permits.granted(camera, LOGIN)
    await permits.heed(camera, LOGIN, PAUSE, answer)
    assert not permits.granted(camera, LOGIN)


async def test_a_corrected_password_may_be_tried_at_once(path: Path, clock: DrivenClock) -> None:
    permits, camera = restarted(path, clock), a_camera()
    await permits.heed(camera, LOGIN, PAUSE, REFUSED)
    assert permits.granted(camera, Credentials("admin", Secret("right")))


async def test_channels_of_one_recorder_share_the_pause(path: Path, clock: DrivenClock) -> None:
    permits = restarted(path, clock)
    first = replace(a_camera("A"), recorder="nvr-1")
    second = replace(a_camera("B", host="127.20.1.2"), recorder="nvr-1")
    await permits.heed(first, LOGIN, PAUSE, REFUSED)
    assert not permits.granted(second, LOGIN)


@pytest.mark.parametrize(
    ("left", "pause"), [(None, PAUSE), (4, PAUSE), (1, LAST_ATTEMPT_PAUSE), (0, LAST_ATTEMPT_PAUSE)]
)
async def test_the_last_attempt_is_left_to_people(
    path: Path, clock: DrivenClock, left: int | None, pause: timedelta
) -> None:
    permits, camera = restarted(path, clock), a_camera()
    await permits.heed(camera, LOGIN, PAUSE, replace(REFUSED, attempts_left=left))
    await clock.advance(pause - SECOND)
    assert not permits.granted(camera, LOGIN)
    await clock.advance(SECOND)
    assert permits.granted(camera, LOGIN)


async def test_a_restart_ends_no_pause_and_begins_none_anew(path: Path, clock: DrivenClock) -> None:
    camera = a_camera()
    await restarted(path, clock).heed(camera, LOGIN, PAUSE, REFUSED)
    await clock.advance(PAUSE / 2)
    permits = restarted(path, clock)
    assert not permits.granted(camera, LOGIN)
    await clock.advance(PAUSE / 2)
    assert permits.granted(camera, LOGIN)
    assert restarted(path, clock).granted(camera, LOGIN)


async def test_a_clock_set_back_before_a_restart_prolongs_a_pause_to_no_more_than_the_longest(
    path: Path, clock: DrivenClock
) -> None:
    camera = a_camera()
    await restarted(path, clock).heed(camera, LOGIN, PAUSE, REFUSED)
    clock.set_wall(clock.now() - timedelta(days=400))
    permits = restarted(path, clock)
    assert not permits.granted(camera, LOGIN)
    await clock.advance(LAST_ATTEMPT_PAUSE)
    assert permits.granted(camera, LOGIN)


async def test_a_leap_of_the_wall_clock_ends_no_pause_of_a_running_monitor(path: Path, clock: DrivenClock) -> None:
    permits, camera = restarted(path, clock), a_camera()
    await permits.heed(camera, LOGIN, PAUSE, REFUSED)
    clock.set_wall(clock.now() + timedelta(days=400))
    assert not permits.granted(camera, LOGIN)


async def test_the_file_holds_no_password_and_nobody_else_may_read_it(path: Path, clock: DrivenClock) -> None:
    await restarted(path, clock).heed(a_camera(), LOGIN, PAUSE, REFUSED)
    content, mode = await asyncio.to_thread(lambda: (path.read_bytes(), path.stat().st_mode))
    assert LOGIN.password.reveal().encode() not in content
    assert mode & 0o077 == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM pause").fetchone() == (1,)
