"""To which incident an outage belongs: read from a ledger, for a report and for a person's act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.incidents import Origin, References, Rules, Suspect, references, rules_for
from monitor.ledger import TELLING, CameraAdded, Ledger, ReachChanged, TransitionRecorded, told
from monitor.model import SECOND_US, Camera, Cause, Span, State, Transition, micros
from tests.driven import a_camera
from tests.incidents.town import Told, cameras, second

LINE = [a_camera(f"c{number}", host=f"127.20.1.{number}") for number in range(1, 7)]
DOWN, UP, UNKNOWN = State.DOWN, State.UP, State.UNKNOWN
LATEST = second(200_000)
Move = tuple[str, int, State, State, Cause]


def record(ledger: Ledger, moves: Iterable[Move]) -> None:
    """The cameras of the line come online at second 10; every move is known twenty seconds after it began."""
    ledger.append([CameraAdded(camera) for camera in LINE], second(0))
    seen = [(camera.id, 10, UNKNOWN, UP, Cause.OK) for camera in LINE]
    for camera_id, at, old, new, cause in [*seen, *sorted(moves, key=lambda move: move[1])]:
        made = Transition(camera_id, second(at), second(at + 20), old, new, cause)
        ledger.append([TransitionRecorded(made)], second(at + 20))


def cut(at: int) -> list[Move]:
    return [(camera.id, at + nth, UP, DOWN, Cause.TCP_TIMEOUT) for nth, camera in enumerate(LINE)]


def back(at: int) -> list[Move]:
    return [(camera.id, at + nth, DOWN, UP, Cause.OK) for nth, camera in enumerate(LINE)]


def whole(ledger: Ledger) -> References:
    return references(told(ledger.entries_of(*TELLING)), Rules(), LATEST)


def within(ledger: Ledger, start: int, end: int) -> References:
    return references(ledger.news(Span(micros(second(start)), micros(second(end)))), Rules(), LATEST)


def test_every_outage_of_a_line_refers_to_its_one_incident(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record(ledger, cut(100))
        found = whole(ledger)
    about = {found.of(camera.id, second(100 + nth)) for nth, camera in enumerate(LINE)}
    assert {one.suspect for one in about if one} == {Suspect(Origin.UPLINK, "up-1")}
    assert len(about) == 1
    assert found.of("c1", second(50)) is None
    assert found.of("nobody", second(100)) is None


def test_an_outage_after_time_nobody_watched_belongs_to_the_incident_of_the_one_before(tmp_path: Path) -> None:
    blind = [
        ("c1", 400, DOWN, UNKNOWN, Cause.MONITOR_BLIND),
        ("c1", 500, UNKNOWN, DOWN, Cause.TCP_TIMEOUT),
    ]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record(ledger, [*cut(100), *blind])
        found = whole(ledger)
    assert found.of("c1", second(500)) == found.of("c1", second(100))


def test_a_window_of_the_record_gives_the_same_incidents_as_all_of_it(tmp_path: Path) -> None:
    later = 90_000  # more than a day
    alone: list[Move] = [("c3", later + 9_000, UP, DOWN, Cause.NO_KEYFRAME)]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record(ledger, [*cut(100), *back(1_000), *cut(later), *back(later + 600), *alone])
        found, all_of_it = within(ledger, later - 3_600, later + 20_000), whole(ledger)
    starts = [(camera.id, later + nth) for nth, camera in enumerate(LINE)]
    for camera_id, at in [*starts, ("c3", later + 9_000)]:
        assert found.of(camera_id, second(at)) == all_of_it.of(camera_id, second(at)) is not None
    assert found.of("c1", second(100)) is None


def test_an_outage_that_lasts_into_the_window_keeps_its_incident(tmp_path: Path) -> None:
    changed: Move = ("c2", 5_000, DOWN, DOWN, Cause.TCP_REFUSED)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record(ledger, [*cut(100), changed, ("c1", 30_000, DOWN, UP, Cause.OK)])
        found, all_of_it = within(ledger, 20_000, 40_000), whole(ledger)
    assert found.of("c2", second(101)) == all_of_it.of("c2", second(101)) is not None


def test_rules_follow_a_longer_gap() -> None:
    assert rules_for(timedelta(minutes=3)) == Rules()
    assert rules_for(timedelta(minutes=10)).together == timedelta(minutes=10)


def lost(found: References, camera: Camera) -> list[tuple[Suspect, list[tuple[int, int]]]]:
    """What was lost of that on which the camera hangs, and from which second to which."""
    begin = micros(second(0))
    return [
        (
            loss.incident.suspect,
            [((start - begin) // SECOND_US, (end - begin) // SECOND_US) for start, end in loss.spans],
        )
        for loss in found.losses(camera, None)
    ]


def test_a_loss_is_what_its_outages_share_and_others_on_the_line_see_it_too(tmp_path: Path) -> None:
    early: Move = ("c6", 50, UP, DOWN, Cause.TCP_TIMEOUT)
    line = [move for move in cut(1_000) if move[0] != "c6"]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record(ledger, [early, *line, *[move for move in back(3_000) if move[0] not in ("c5", "c6")]])
        found = whole(ledger)
    about_c5, about_c6 = found.of("c5", second(1_004)), found.of("c6", second(50))
    assert about_c5 is not None
    assert about_c6 is not None
    assert {about_c5.origin, about_c6.origin} == {Origin.CAMERA}  # c5 stayed down, c6 had been before
    for camera in LINE:
        assert lost(found, camera) == [(Suspect(Origin.UPLINK, "up-1"), [(1_000, 3_003)])]


@pytest.mark.parametrize(("back_at", "wrong"), [(120, True), (3_600, False)])
def test_what_was_split_off_says_whether_that_guess_had_proved_wrong(back_at: int, wrong: bool) -> None:
    told = Told(cameras(3, cabinet="c") + cameras(20, first=50))
    for number in range(1, 4):
        told.down(f"u1-{number:03}", number)
    told.up("u1-001", back_at)
    found = references(sorted(told.lines, key=lambda line: line[0]), Rules(), LATEST)
    first, second_of_them = found.of("u1-001", second(1)), found.of("u1-002", second(2))
    assert first is not None
    assert second_of_them is not None
    assert (first.refuted, second_of_them.split_from_refuted) == (wrong, wrong)


def test_a_line_whose_own_address_answers_again_is_not_lost_any_more(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        record(ledger, cut(1_000))
        ledger.append([ReachChanged(Origin.UPLINK, "up-1", reachable=True)], second(1_700))
        found = whole(ledger)
    assert lost(found, LINE[0]) == [(Suspect(Origin.UPLINK, "up-1"), [(1_000, 1_700)])]
