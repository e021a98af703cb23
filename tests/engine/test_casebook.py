"""Incidents of a running engine: kept live, found again after a restart, and the same as a reading of the record."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.alerting import Facts, Left, Spot, Village
from monitor.clock import at_once
from monitor.contract import Contract, Repair, RepairLimits, RepairState
from monitor.engine.casebook import Casebook, clock_of, running_repairs
from monitor.incidents import Origin, Rules, Struck
from monitor.ledger import Ledger
from monitor.metrics import IncidentFigures, RepairClock, Severity
from monitor.model import Cause, State, micros
from tests.driven import a_camera
from tests.engine.harness import Running, running
from tests.incidents.town import Told, second
from tests.incidents.town import a_camera as a_town_camera

LINE = [a_camera(f"c{number}", host=f"127.20.1.{number}") for number in range(1, 7)]
OTHERS = [a_camera(f"d{number}", uplink="up-2", host=f"127.20.2.{number}") for number in range(1, 4)]


def open_incidents(town: Running) -> list[tuple[Origin, str, int]]:
    found = town.view().incidents
    return [(one.incident.suspect.origin, one.incident.suspect.name, len(one.incident.camera_ids)) for one in found]


def told(town: Running) -> dict[str, Facts]:
    return {one.figures.incident.id: one for one in at_once(town.engine.facts())}


def lines_that_ended(town: Running, since_at: datetime) -> list[IncidentFigures]:
    ended = at_once(town.engine.ended_incidents(since_at, 100))
    assert (ended.since_at, ended.left_out) == (since_at, 0)
    return [one for one in ended.incidents if one.incident.suspect.origin is Origin.UPLINK]


def cut(town: Running, cause: Cause = Cause.TCP_TIMEOUT) -> None:
    town.prober.causes |= {camera.id: cause for camera in LINE}


async def until_all_up(town: Running) -> None:
    await town.until(lambda: all(status.state is State.UP for status in town.view().statuses))


async def test_an_uplink_that_is_cut_becomes_one_incident_and_recovery_closes_it(tmp_path: Path) -> None:
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        await until_all_up(town)
        await town.until(lambda: open_incidents(town) == [])  # that of our own start is over
        cut(town)
        await town.until(lambda: open_incidents(town) == [(Origin.UPLINK, "up-1", 6)])
        (only,) = town.view().incidents
        assert (only.severity, only.village, only.incident.cause) == (Severity.CRITICAL, "柳溪村", Cause.TCP_TIMEOUT)
        assert [spot.site.village for spot in town.view().blind_spots] == []  # up-2 shows the same site
        town.prober.causes.clear()
        await town.until(lambda: open_incidents(town) == [])


async def test_a_restart_finds_the_same_incident_again(tmp_path: Path) -> None:
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        await until_all_up(town)
        cut(town)
        await town.until(lambda: (Origin.UPLINK, "up-1", 6) in open_incidents(town))
        before = next(one.incident for one in town.view().incidents if one.incident.suspect.name == "up-1")
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        cut(town)
        await town.until(lambda: open_incidents(town) == [(Origin.UPLINK, "up-1", 6)])
        (after,) = town.view().incidents
        assert (after.incident.id, after.incident.since_at) == (before.id, before.since_at)


async def test_what_is_told_of_an_incident_is_there_from_the_first_moment_after_a_restart(tmp_path: Path) -> None:
    """Else whoever was told that it began would be told that it is over."""
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        await until_all_up(town)
        cut(town)
        await town.until(lambda: (Origin.UPLINK, "up-1", 6) in open_incidents(town))
        (before,) = [one for one in at_once(town.engine.facts()) if one.figures.name == "up-1"]
        assert [camera.id for camera in before.cameras] == [camera.id for camera in LINE]
        assert (before.villages, before.blind, before.planned) == (("柳溪村",), (), False)
        assert town.engine.incident_of("c1") == before.figures.incident.id
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        cut(town)
        await town.engine.running.wait()
        shown: list[Facts] = []
        while len(shown) < 20:
            shown.append(told(town)[before.figures.incident.id])
            await asyncio.sleep(0.02)
        town.prober.causes.clear()
        await town.until(lambda: before.figures.incident.id not in told(town))
        assert town.engine.incident_of("c1") is None
        assert town.engine.ended()[before.figures.incident.id].ended_at is not None


async def test_what_has_ended_is_shown_with_all_it_affected_also_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        await until_all_up(town)
        began = town.engine._timeline.now()
        cut(town)
        await town.until(lambda: (Origin.UPLINK, "up-1", 6) in open_incidents(town))
        assert lines_that_ended(town, began) == []
        town.prober.causes.clear()
        await town.until(lambda: lines_that_ended(town, began) != [])
        (one,) = lines_that_ended(town, began)
        assert one.incident.affected_ids == tuple(camera.id for camera in LINE)
        assert one.incident.ended_at is not None
        assert (one.village, one.severity, one.clock) == ("柳溪村", Severity.CRITICAL, None)
        assert lines_that_ended(town, one.incident.ended_at) == []
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        await until_all_up(town)
        assert lines_that_ended(town, began) == [one]


def test_of_many_that_ended_the_latest_are_shown_and_what_is_forgotten_is_admitted() -> None:
    town = [a_town_camera(f"c{number}", f"u{number}") for number in range(1, 5)]
    story, hour = Told(town), 3600
    for number, camera in enumerate(town, 1):
        story.down(camera.id, number * hour)
        story.up(camera.id, number * hour + 600)
    book = Casebook(Rules(), remembered=2)
    for known_at, news in sorted(story.lines, key=lambda line: line[0]):
        book._incidents.note(known_at, news)
    shown = at_once(book.ended_since(second(6 * hour), second(0), 100))
    assert [one.name for one in shown.incidents] == ["c4", "c3"]
    assert (shown.since_at, shown.left_out) == (second(2 * hour + 600), 0)
    assert at_once(book.ended_since(second(6 * hour), second(0), 1)).left_out == 1
    assert [one.name for one in at_once(book.ended_since(second(6 * hour), second(4 * hour), 100)).incidents] == ["c4"]
    assert at_once(book.ended_since(second(6 * hour), second(4 * hour), 100)).since_at == second(4 * hour)


def test_a_dark_site_is_told_of_by_its_cameras_that_are_in_a_contract_and_not_at_work() -> None:
    outside = replace(a_town_camera("c3", "u3", site="桥头"), in_contract=False)
    town = [a_town_camera("c1", "u1"), a_town_camera("c2", "u2"), outside, a_town_camera("c4", "u4", site="桥头")]
    story = Told(town)
    for camera in town:
        story.down(camera.id, 60)
    book = Casebook(Rules())
    for known_at, news in sorted(story.lines, key=lambda line: line[0]):
        book._incidents.note(known_at, news)

    book.advance(second(600))

    def dark(*at_work: str) -> set[tuple[str, ...]]:
        return {spot.camera_ids for spot in at_once(book.dark_sites(lambda camera: camera.id in at_work))}

    assert dark() == {("c1",), ("c2",), ("c4",)}
    assert dark("c1", "c4") == {("c2",)}


def test_a_site_is_not_shown_until_a_camera_of_it_is_up_and_a_village_has_who_is_up_at_work() -> None:
    town = [a_town_camera(f"c{number}", f"u{number}", site=site) for number, site in enumerate("桥桥校祠", 1)]
    story = Told(town)
    book = Casebook(Rules())
    story.down("c1", 60)
    story.unknown("c3", 60, Cause.CREDENTIALS_REFUSED)
    for known_at, news in sorted(story.lines, key=lambda line: line[0]):
        book._incidents.note(known_at, news)
    book.advance(second(600))
    spots = {where[3]: spot for where, spot in at_once(book.sites()).items()}
    assert spots == {"桥": Spot(2, shown=True, down=1), "校": Spot(1), "祠": Spot(1, shown=True)}
    (village,) = at_once(book.villages(lambda camera: camera.id in {"c1", "c2"}, lambda _: False)).values()
    assert village == Village(4, up=1, up_at_work=1, down_at_work=1)
    assert village.left == Left(1, 1)


def test_what_left_the_inventory_is_down_until_it_is_confirmed_and_then_the_place_is_known_to_have_had_cameras() -> (
    None
):
    town = [a_town_camera(f"c{number}", f"u{number}", site=site) for number, site in enumerate("桥桥校", 1)]
    story = Told(town)
    for camera in town[:2]:
        story.tell(60, Struck(camera.id))
        story.turn(camera.id, 60, State.DOWN, Cause.REMOVED_UNCONFIRMED)
    story.unknown("c3", 60, Cause.MONITOR_STOPPED)
    book = Casebook(Rules())
    for known_at, news in sorted(story.lines, key=lambda line: line[0]):
        book._incidents.note(known_at, news)
    book.advance(second(600))

    def village(*gone: str) -> Village:
        (only,) = at_once(book.villages(lambda _: False, gone.__contains__)).values()
        return only

    ids = [camera.id for camera in town]
    assert village() == Village(1, ours=1, removed=2)
    assert village("c1", "c2") == Village(1, ours=1)
    assert {where[3]: spot for where, spot in at_once(book.sites()).items()} == {"桥": Spot(), "校": Spot(1)}
    assert book.left(ids, lambda _: False) == Left(2, 1, 1)
    assert book.left(ids, {"c1"}.__contains__) == Left(1, 1, 1)
    assert book.left(ids[:2], {"c1", "c2"}.__contains__) == Left(gone=True)
    story.up("c3", 700)
    book._incidents.note(*story.lines[-1])
    book.advance(second(800))
    assert book.left(ids[2:], lambda _: False) == Left()


async def test_what_runs_and_what_is_read_from_the_record_are_the_same(tmp_path: Path) -> None:
    async with running(tmp_path, [*LINE, *OTHERS]) as town:
        await until_all_up(town)
        for cause, state in (
            (Cause.TCP_TIMEOUT, State.DOWN),
            (Cause.CREDENTIALS_REFUSED, State.UNKNOWN),
            (Cause.NO_KEYFRAME, State.DOWN),
        ):
            cut(town, cause)
            await town.until(lambda state=state: all(town.state(one.id) is state for one in LINE))  # type: ignore[misc]
            assert open_incidents(town)  # looking moves the running one on
    live, later = town.engine._casebook._incidents, town.engine._timeline.now() + timedelta(minutes=1)
    read = Casebook(live.rules)
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        read.restore(ledger)
    for incidents in (live, read._incidents):
        incidents.advance(later)
    assert live.finish() == read._incidents.finish()
    assert len(live.finish()) >= 2


async def test_the_repair_clock_of_an_incident_runs(tmp_path: Path) -> None:
    limited = Contract(repair=RepairLimits(timedelta(hours=24), timedelta(hours=4), major_cameras=6))
    async with running(tmp_path, [*LINE, *OTHERS], contracts=(limited,)) as town:
        await until_all_up(town)
        cut(town)
        await town.until(lambda: open_incidents(town) == [(Origin.UPLINK, "up-1", 6)])

        def running_at(instant: int) -> RepairClock | None:
            faults = town.engine._casebook.faults(town.engine._board.excluded, instant)
            return clock_of(list(running_repairs(faults, (limited,), instant).values()))

        now = micros(town.engine._timeline.now()) + 3_600_000_000
        clock = running_at(now)
        assert clock is not None
        assert (clock.limit_us, clock.major, clock.late_cameras) == (4 * 3_600_000_000, True, 0)
        assert 3_600_000_000 <= clock.ran_us < 3_700_000_000
        assert not clock.near
        late = running_at(now + 4 * 3_600_000_000)
        assert late is not None
        assert late.late_cameras == 6


def test_a_limit_is_near_when_four_fifths_are_gone_and_a_late_camera_does_not_hide_the_others() -> None:
    def near(*ran_hours: float) -> bool:
        limit, hour = 10 * 3_600_000_000, 3_600_000_000
        repairs = [
            Repair(
                *(f"c{nth}", 0, None, False, limit, int(ran * hour), limit if ran > 10 else None),
                RepairState.LATE if ran > 10 else RepairState.RUNNING,
            )
            for nth, ran in enumerate(ran_hours)
        ]
        clock = clock_of(repairs)
        assert clock is not None
        assert clock.late_cameras == sum(ran > 10 for ran in ran_hours)
        return clock.near

    assert [near(7.9), near(8), near(10), near(11)] == [False, True, True, False]
    assert [near(11, 2), near(11, 9), near(11, 2, 8), near(2, 9)] == [False, True, True, True]
