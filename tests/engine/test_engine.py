"""The engine from results to a durable, published record: outages, restarts, reloads, bugs, clocks and full disks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.acts import Stamp, written_act
from monitor.clock import at_once
from monitor.engine import Engine, Plan
from monitor.errors import LedgerError, LedgerUnavailable
from monitor.incidents import Origin
from monitor.ledger import (
    CameraRemoved,
    ClockJumped,
    Entry,
    Event,
    Heartbeat,
    Ledger,
    MaintenanceCancelled,
    MaintenancePlanned,
    ReachChanged,
    Started,
    Stopped,
    TransitionRecorded,
)
from monitor.metrics import Metrics
from monitor.model import (
    Actor,
    Cause,
    Credentials,
    Maintenance,
    MaintenanceRule,
    Role,
    Scope,
    Seconds,
    Secret,
    State,
    TcpAddress,
)
from monitor.settings import LimitSettings, ProbeSettings
from tests.driven import a_camera
from tests.engine.harness import GAPING, PATIENCE, JumpingClock, Running, ScriptedProber, ms, quick_settings, running

A, B = a_camera("A"), a_camera("B", village="竹园村", uplink="up-2", host="127.20.2.1")


def events_of(folder: Path) -> list[Event]:
    with Ledger.open_read_only(folder / "ledger.db") as ledger:
        assert ledger.verify().ok
        return [entry.event for entry in ledger.entries()]


def states_of(folder: Path, camera_id: str) -> list[tuple[State, Cause]]:
    changes = [event.transition for event in events_of(folder) if isinstance(event, TransitionRecorded)]
    return [(change.new, change.cause) for change in changes if change.camera_id == camera_id]


async def test_a_failing_camera_goes_down_and_comes_back_and_the_other_stays_up(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.until_state("A", State.UP)
        town.prober.causes["A"] = Cause.TCP_TIMEOUT
        down = await town.until_state("A", State.DOWN)
        assert down.cause is Cause.TCP_TIMEOUT
        assert down.at < down.decided_at
        town.prober.causes.clear()
        await town.until_state("A", State.UP)
        await town.until_state("B", State.UP)
    assert states_of(tmp_path, "A") == [(State.UP, Cause.OK), (State.DOWN, Cause.TCP_TIMEOUT), (State.UP, Cause.OK)]
    assert states_of(tmp_path, "B") == [(State.UP, Cause.OK)]


async def test_the_ledger_begins_with_started_beats_and_ends_with_stopped(tmp_path: Path) -> None:
    async with running(tmp_path, [A]) as town:
        await town.until(lambda: any(isinstance(e.event, Heartbeat) for e in town.ledger.entries()))
    events = events_of(tmp_path)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Stopped)


async def test_whatever_is_published_is_already_in_the_ledger(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        for cause in (Cause.NO_REPLY, Cause.OK, Cause.NO_MEDIA, Cause.OK):
            town.prober.causes["A"] = cause
            await town.until_state("A", State.UP if cause is Cause.OK else State.DOWN)
            with Ledger.open_read_only(tmp_path / "ledger.db") as other:
                durable = list(other.transitions())
            assert all(transition in durable for transition in town.published())


async def test_the_time_between_two_runs_is_unknown(tmp_path: Path) -> None:
    async with running(tmp_path, [A]) as town:
        await town.until_state("A", State.UP)
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        ended = ledger.last_recorded_at()
    async with running(tmp_path, [A]) as town:
        await town.until_state("A", State.UP)
        gap = town.published()[0]
        assert (gap.at, gap.new, gap.cause) == (ended, State.UNKNOWN, Cause.MONITOR_STOPPED)
    assert [state for state, _ in states_of(tmp_path, "A")] == [State.UP, State.UNKNOWN, State.UP]


async def test_starting_and_the_blind_time_it_means_are_one_write(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.until_state("A", State.UP)
        await town.until_state("B", State.UP)
    async with running(tmp_path, [A, B]):
        pass
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        entries = list(ledger.entries())
    again = max(n for n, entry in enumerate(entries) if isinstance(entry.event, Started))
    blind = [entry for entry in entries[again + 1 :] if isinstance(entry.event, TransitionRecorded)][:2]
    assert {entry.event.transition.cause for entry in blind} == {Cause.MONITOR_STOPPED}  # type: ignore[union-attr]
    assert {entry.recorded_at for entry in blind} == {entries[again].recorded_at}


async def test_sums_grow_on_over_a_restart_and_never_shrink(tmp_path: Path) -> None:
    async with running(tmp_path, [A]) as town:
        await town.until(lambda: town.view().statuses[0].lifetime.up > 100_000)
        before = town.view().statuses[0].lifetime
    async with running(tmp_path, [A]) as town:
        after = town.view().statuses[0].lifetime
        assert after.up >= before.up
        await town.until(lambda: town.view().statuses[0].lifetime.up > after.up)


async def test_what_is_known_of_a_place_outlives_a_restart_and_goes_with_its_address(tmp_path: Path) -> None:
    place, visits = (Origin.UPLINK, "up-1"), asyncio.Semaphore(0)

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.release()
        writer.close()

    async with await asyncio.start_server(visited, "127.0.0.1") as asked:
        places = {place: TcpAddress(*asked.sockets[0].getsockname())}
        for _ in range(2):
            async with running(tmp_path, [A], places=places) as town:
                await asyncio.wait_for(visits.acquire(), PATIENCE)
                await town.until(lambda: any(isinstance(e.event, ReachChanged) for e in town.ledger.entries()))
                await town.until_state("A", State.UP)
    async with running(tmp_path, [A]) as town:
        await town.until_state("A", State.UP)
    told = [event for event in events_of(tmp_path) if isinstance(event, ReachChanged)]
    assert told == [ReachChanged(*place, True), ReachChanged(*place, None)]


async def test_a_bug_of_ours_is_unknown_never_down(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path, [A]) as town:
        await town.until_state("A", State.UP)
        town.prober.broken = True
        seen = await town.until_state("A", State.UNKNOWN)
        assert seen.cause is Cause.MONITOR_ERROR
        town.prober.broken = False
        await town.until_state("A", State.UP)
    assert "a bug of ours" in caplog.text


async def test_missing_results_are_unknown_from_one_interval_after_the_last_one(tmp_path: Path) -> None:
    async with running(tmp_path, [A], probe=GAPING) as town:
        await town.until_state("A", State.UP)
        town.prober.hold = asyncio.Event()
        gap = await town.until_state("A", State.UNKNOWN)
        assert gap.cause is Cause.NOT_WATCHED
        assert gap.decided_at - gap.at >= ms(300)
        town.prober.hold.set()
        await town.until_state("A", State.UP)


async def test_a_refused_password_is_not_tried_again_during_the_pause(tmp_path: Path) -> None:
    probe = ProbeSettings(
        interval=ms(20), retry=ms(10), max_gap=ms(500), credentials_pause=timedelta(hours=1), jitter=0
    )
    login = {"hik": Credentials("admin", Secret("wrong"))}
    camera = replace(A, credentials="hik")
    prober = ScriptedProber({"A": Cause.CREDENTIALS_REFUSED})
    async with running(tmp_path, [camera], prober=prober, probe=probe, credentials=login) as town:
        await town.until(lambda: prober.asked["A"] >= 5)
        assert prober.authenticated["A"] == 1
        corrected = replace(town.plan.settings, credentials={"hik": Credentials("admin", Secret("right"))})
        await town.engine.apply(Plan(corrected, (camera,)))
        await town.until(lambda: prober.authenticated["A"] == 2)


@pytest.mark.parametrize(
    ("cause", "left", "paused"),
    [
        (Cause.CREDENTIALS_FORBIDDEN, None, False),
        (Cause.CREDENTIALS_FORBIDDEN, 3, True),
        (Cause.ACCOUNT_LOCKED, None, True),
    ],
)
async def test_a_device_that_locks_or_counts_attempts_is_paused_whatever_it_calls_that(
    tmp_path: Path, cause: Cause, left: int | None, paused: bool
) -> None:
    prober = ScriptedProber({"A": cause}, attempts_left=left)
    camera = replace(A, credentials="cam")
    login = {"cam": Credentials("admin", Secret("right"))}
    async with running(tmp_path, [camera], prober=prober, credentials=login) as town:
        await town.until(lambda: prober.asked["A"] >= 4)
        assert (prober.authenticated["A"] == 1) == paused


async def test_a_refused_password_is_not_tried_again_after_a_restart(tmp_path: Path) -> None:
    probe = ProbeSettings(interval=ms(20), retry=ms(10), max_gap=ms(500), jitter=0)
    login = {"hik": Credentials("admin", Secret("wrong"))}
    camera = replace(A, credentials="hik")
    prober = ScriptedProber({"A": Cause.CREDENTIALS_REFUSED})
    for _ in range(2):
        async with running(tmp_path, [camera], prober=prober, probe=probe, credentials=login) as town:
            await town.until(lambda: prober.asked["A"] >= 5)
            shown = b"".join(town.metrics.exposition(town.view()))
            assert b"sharpeyes_credentials_paused 1.0" in shown
        prober.asked.clear()
    assert prober.authenticated["A"] == 1


async def test_while_a_picture_is_looked_at_its_device_and_line_are_free_for_others(tmp_path: Path) -> None:
    channels = [replace(camera, recorder="nvr", uplink="line") for camera in (A, B)]
    limits = LimitSettings(in_flight=2, per_uplink=1, per_device=1)
    prober = ScriptedProber(looks=asyncio.Event())
    async with running(tmp_path, channels, prober=prober, limits=limits) as town:
        await town.until(lambda: prober.asked["A"] == prober.asked["B"] == 1)
        assert prober.looks is not None
        prober.looks.set()
        await town.until_state("A", State.UP)


async def test_a_camera_that_vanishes_from_the_inventory_stays_in_the_record_as_down(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.until_state("B", State.UP)
        await town.engine.apply(Plan(town.plan.settings, (A,)))
        gone = await town.until_state("B", State.DOWN)
        assert gone.cause is Cause.REMOVED_UNCONFIRMED
        asked = town.prober.asked["B"]
        await town.until(lambda: town.prober.asked["A"] > 5)
        assert town.prober.asked["B"] <= asked + 1
        gone_for = next(s for s in town.view().statuses if s.camera.id == "B").month.down
        assert gone_for > 0
        await town.engine.apply(Plan(town.plan.settings, (A, B)))
        await town.until_state("B", State.UP)
    async with running(tmp_path, [A]) as town:
        assert (await town.until_state("B", State.DOWN)).cause is Cause.REMOVED_UNCONFIRMED


async def test_a_new_camera_is_watched_after_a_reload(tmp_path: Path) -> None:
    async with running(tmp_path, [A]) as town:
        await town.engine.apply(Plan(town.plan.settings, (A, B)))
        await town.until_state("B", State.UP)


async def test_planned_maintenance_leaves_both_sides_of_the_rate(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    rule = MaintenanceRule("works", "立杆", Scope(frozenset({"A"})), now - timedelta(hours=1), now + timedelta(hours=1))
    prober = ScriptedProber({"A": Cause.TCP_REFUSED})
    async with running(tmp_path, [A, B], prober=prober, maintenance=(rule,)) as town:
        await town.until_state("A", State.DOWN)
        await town.until(lambda: town.view().statuses[0].month.excluded > 200_000)
        status = town.view().statuses[0]
        assert status.in_maintenance
        assert status.month.down == 0


async def test_work_planned_by_hand_shows_while_the_monitor_runs_and_outlives_a_reload(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.until_state("A", State.UP)
        now = datetime.now(UTC)
        stamp = Stamp("0a1b2c3d4e", "default", now, Actor(Role.VENDOR, "王工"))
        work = Maintenance(
            stamp.id, "换杆", Scope(frozenset({"A"})), now + timedelta(seconds=1), now + timedelta(hours=1)
        )
        with Ledger.open_beside(tmp_path / "ledger.db") as person:
            person.add_acts([written_act(MaintenancePlanned(work, stamp))], now, 0)
        await town.until(lambda: town.view().statuses[0].in_maintenance)
        assert not town.view().statuses[1].in_maintenance
        await town.engine.apply(town.plan)
        assert town.view().statuses[0].in_maintenance
    assert not any(isinstance(event, MaintenanceCancelled) for event in events_of(tmp_path))


async def test_a_jump_of_the_wall_clock_is_an_event_and_the_skipped_time_is_unknown(tmp_path: Path) -> None:
    clock = JumpingClock()
    async with running(tmp_path, [A], clock=clock) as town:
        await town.until_state("A", State.UP)
        clock.offset = timedelta(hours=1)
        await town.until(lambda: any(t.cause is Cause.CLOCK_JUMPED for t in town.published()))
        await town.until_state("A", State.UP)
        blind, back = town.published()[-2:]
        assert timedelta(minutes=59) < back.at - blind.at < timedelta(minutes=61)
    assert any(isinstance(event, ClockJumped) for event in events_of(tmp_path))


async def test_a_clock_set_back_gives_no_span_a_negative_length(tmp_path: Path) -> None:
    clock = JumpingClock()
    async with running(tmp_path, [A], clock=clock) as town:
        await town.until_state("A", State.UP)
        clock.offset = -timedelta(hours=1)
        await town.until(lambda: any(isinstance(e.event, ClockJumped) for e in town.ledger.entries()))
        town.prober.causes["A"] = Cause.NO_REPLY
        await town.until_state("A", State.DOWN)
        ats = [transition.at for transition in town.published()]
        assert ats == sorted(ats)


class FullDisk(Ledger):
    """A real ledger whose disk is full while ``full``."""

    full = False

    def append(self, events: Sequence[Event], recorded_at: datetime) -> tuple[Entry, ...]:
        if FullDisk.full:
            raise LedgerUnavailable("no space left on device")
        return super().append(events, recorded_at)


async def test_a_full_disk_publishes_nothing_loses_nothing_and_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B], open_ledger=FullDisk.open) as town:
        await town.until_state("A", State.UP)
        await town.until_state("B", State.UP)
        FullDisk.full = True
        try:
            town.prober.causes["A"] = Cause.TCP_REFUSED
            await town.until(lambda: town.engine.trouble() is not None)
            assert town.state("A") is State.UP
            assert b"sharpeyes_ledger_write_errors_total 0.0" not in b"".join(town.metrics.exposition(town.view()))
        finally:
            FullDisk.full = False
        down = await town.until_state("A", State.DOWN)
        assert down.cause is Cause.TCP_REFUSED
        assert town.engine.trouble() is None


async def test_a_record_from_the_future_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with Ledger.open(quick_settings(tmp_path).ledger) as ledger:
        ledger.append([Heartbeat()], datetime(2099, 1, 1, tzinfo=UTC))
    with pytest.raises(LedgerError, match="set the clock right, or move the ledger aside"):
        async with running(tmp_path, [A]):
            pass


async def test_all_canaries_failing_makes_a_failing_camera_unknown_not_down(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    address = server.sockets[0].getsockname()[:2]
    async with running(tmp_path, [A], canaries=(address,)) as town:
        await town.until_state("A", State.UP)
        server.close()
        await server.wait_closed()
        town.prober.causes["A"] = Cause.TCP_TIMEOUT
        await town.until(lambda: any(t.cause is Cause.MONITOR_BLIND for t in town.published()))
        assert town.state("A") is State.UNKNOWN


async def test_pending_verdicts_make_probes_sooner_and_never_later(tmp_path: Path) -> None:
    probe = ProbeSettings(interval=ms(100), retry=ms(10), fall=8, max_gap=ms(250), jitter=0.0)
    async with running(tmp_path, [A], probe=probe) as town:
        for _ in range(4):
            town.prober.causes["A"] = Cause.NO_REPLY
            await town.until_state("A", State.DOWN)
            town.prober.causes.clear()
            await town.until_state("A", State.UP)
        await town.until(lambda: town.prober.asked["A"] > 45)
    assert {cause for _, cause in states_of(tmp_path, "A")} == {Cause.OK, Cause.NO_REPLY}


async def test_overload_shows_as_lateness_and_lost_coverage_never_as_down(tmp_path: Path) -> None:
    cameras = [a_camera(f"C{number}", host=f"127.20.3.{number}") for number in range(1, 31)]
    limits = LimitSettings(in_flight=1, per_uplink=64, per_device=1, decoders=1)
    prober = ScriptedProber(takes=ms(40))
    async with running(tmp_path, cameras, prober=prober, limits=limits, probe=GAPING) as town:
        await town.until(lambda: any(change.cause is Cause.NOT_WATCHED for change in town.published()))
        view = town.view()
        assert State.DOWN not in {status.state for status in view.statuses}
        late = b"".join(town.metrics.exposition(view)).decode()
        assert 'sharpeyes_scheduler_lateness_seconds_bucket{le="0.1"} 1' not in late.splitlines()
    causes = {event.transition.cause for event in events_of(tmp_path) if isinstance(event, TransitionRecorded)}
    assert causes == {Cause.OK, Cause.NOT_WATCHED}


async def test_a_camera_that_comes_back_before_its_next_beat_is_still_asked_by_one_loop_only(tmp_path: Path) -> None:
    probe = ProbeSettings(interval=ms(300), retry=ms(10), max_gap=ms(2000), jitter=0.0)
    async with running(tmp_path, [A, B], probe=probe) as town:
        await town.until_state("B", State.UP)
        for _ in range(5):
            await town.engine.apply(Plan(town.plan.settings, (A,)))
            await town.engine.apply(Plan(town.plan.settings, (A, B)))
        town.prober.asked.clear()
        await town.until(lambda: town.prober.asked["A"] >= 5)
        assert town.prober.asked["B"] <= town.prober.asked["A"] + 2


async def test_a_probe_that_ends_after_its_camera_was_removed_says_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.until_state("B", State.UP)
        town.prober.hold = asyncio.Event()
        await town.until(lambda: town.engine._board._places["B"].asked_at is not None)
        await town.engine.apply(Plan(town.plan.settings, (A,)))
        town.prober.hold.set()
        asked = town.prober.asked["A"]
        await town.until(lambda: town.prober.asked["A"] > asked + 5)
        assert town.state("B") is State.DOWN
    assert states_of(tmp_path, "B")[-1] == (State.DOWN, Cause.REMOVED_UNCONFIRMED)


async def test_a_removal_and_what_follows_from_it_are_one_write(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.engine.apply(Plan(town.plan.settings, (A,)))
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        entries = list(ledger.entries(camera_id="B"))
    removal = next(n for n, entry in enumerate(entries) if isinstance(entry.event, CameraRemoved))
    following = entries[removal + 1]
    assert isinstance(following.event, TransitionRecorded)
    assert following.event.transition.cause is Cause.REMOVED_UNCONFIRMED
    assert following.seq == entries[removal].seq + 1


async def test_a_camera_that_comes_back_keeps_its_sums(tmp_path: Path) -> None:
    async with running(tmp_path, [A, B]) as town:
        await town.until(lambda: lifetime_of(town, "B").up > 200_000)
        before = lifetime_of(town, "B")
        await town.engine.apply(Plan(town.plan.settings, (A,)))
        await town.engine.apply(Plan(town.plan.settings, (A, B)))
        after = lifetime_of(town, "B")
        assert after.up >= before.up
        assert after.unobserved == before.unobserved
        await town.until_state("B", State.UP)


def lifetime_of(town: Running, camera_id: str) -> Seconds:
    return next(s.lifetime for s in town.view().statuses if s.camera.id == camera_id)


async def test_a_shorter_interval_takes_hold_at_once(tmp_path: Path) -> None:
    slow = ProbeSettings(interval=timedelta(seconds=30), retry=ms(10), max_gap=timedelta(seconds=90), jitter=0.0)
    quick = ProbeSettings(interval=ms(100), retry=ms(10), max_gap=ms(4000), jitter=0.0)
    async with running(tmp_path, [A, B], probe=slow) as town:
        await town.engine.apply(Plan(replace(town.plan.settings, probe=quick), (A, B)))
        await town.until_state("A", State.UP)
        await town.until_state("B", State.UP)
        await town.until(lambda: town.prober.asked["A"] > 8)
        assert Cause.NOT_WATCHED not in {change.cause for change in town.published()}


async def test_a_monitor_whose_disk_is_full_from_the_start_can_still_be_stopped(tmp_path: Path) -> None:
    settings, clock = quick_settings(tmp_path), JumpingClock()
    FullDisk.full = True
    try:
        with FullDisk.open(settings.ledger) as ledger:
            metrics = Metrics("test", clock)
            engine = Engine(Plan(settings, (A,)), ledger, clock, metrics, "test", lambda _: ScriptedProber())
            task = asyncio.create_task(engine.run())
            async with asyncio.timeout(10):
                while engine.trouble() is None:  # noqa: ASYNC110  # trouble is a state
                    await asyncio.sleep(0.01)
                engine.stop()
                await task
    finally:
        FullDisk.full = False


async def test_a_reload_that_waits_for_a_full_disk_ends_with_the_monitor(tmp_path: Path) -> None:
    try:
        async with running(tmp_path, [A], open_ledger=FullDisk.open) as town:
            await town.until_state("A", State.UP)
            FullDisk.full = True
            reload = asyncio.create_task(town.engine.apply(Plan(town.plan.settings, (A, B))))
            await town.until(lambda: town.engine.trouble() is not None)
        async with asyncio.timeout(10):
            await asyncio.wait([reload])
        assert reload.cancelled()
    finally:
        FullDisk.full = False


async def test_before_the_record_is_restored_no_figure_is_shown(tmp_path: Path) -> None:
    settings, clock = quick_settings(tmp_path), JumpingClock()
    with Ledger.open(settings.ledger) as ledger:
        engine = Engine(Plan(settings, (A,)), ledger, clock, Metrics("test", clock), "test", lambda _: ScriptedProber())
        view = at_once(engine.town_view())
    assert (list(view.statuses), list(view.groups)) == ([], [])


async def test_an_unbelievable_clock_is_not_followed_and_told(tmp_path: Path) -> None:
    clock = JumpingClock()
    async with running(tmp_path, [A], clock=clock) as town:
        await town.until_state("A", State.UP)
        clock.offset = timedelta(days=40)
        await town.until(lambda: "wall clock" in (town.engine.trouble() or ""))
        town.prober.causes["A"] = Cause.NO_REPLY
        down = await town.until_state("A", State.DOWN)
        assert down.at < datetime.now(UTC) + timedelta(minutes=1)
        clock.offset = timedelta(0)
        await town.until(lambda: town.engine.trouble() is None)
