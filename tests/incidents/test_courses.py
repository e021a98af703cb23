"""How an incident begins, falls again and ends; when it is settled, and when a repeat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.incidents import Clue, Evidence, Incidents, Origin, Part, Reach, Rules
from monitor.model import Cause, State, Transition
from tests.incidents.town import Told, a_camera, brief, cameras, second


def test_a_growing_incident_keeps_the_name_of_the_first_outage_that_became_known() -> None:
    told = Told(cameras(5))
    names = set()
    for number in range(5):
        told.down(f"u1-{5 - number:03}", number * 5.0)
    for at in range(40, 200, 10):
        names |= {shown.id for shown in told.until(at).open() if len(shown.camera_ids) == 5}
    assert names == {"20261001T000000Z-u1-005"}


def test_a_flapping_line_is_one_incident_that_fell_again() -> None:
    told = Told(cameras(6))
    for fall in range(4):
        for number in range(1, 7):
            told.down(f"u1-{number:03}", fall * 300.0 + number)
            told.up(f"u1-{number:03}", fall * 300.0 + 150 + number)
    names = {shown.id for at in range(60, 1300, 30) for shown in told.until(at).open() if len(shown.camera_ids) == 6}
    assert names == {"20261001T000001Z-u1-001"}
    (ended,) = told.until(1300).recent()
    assert (ended.falls, ended.cameras) == (4, 6)
    assert any(evidence.clue is Clue.FELL_AGAIN and evidence.count == 3 for evidence in ended.evidence)


def test_a_line_that_falls_again_within_the_same_second_is_still_one_incident() -> None:
    told = Told(cameras(3))
    for number in range(1, 4):
        told.turn(f"u1-{number:03}", 0, State.DOWN, Cause.TCP_TIMEOUT, known=0.1)
        told.turn(f"u1-{number:03}", 0.2, State.UNKNOWN, Cause.CREDENTIALS_REFUSED)
        told.turn(f"u1-{number:03}", 0.5, State.DOWN, Cause.NO_KEYFRAME, known=0.6)
    assert brief(told.until(10).open()) == [("uplink", "u1", 3)]


def test_a_second_fault_of_the_same_line_within_a_week_is_marked_as_a_repeat() -> None:
    told = Told(cameras(4))
    day = 86_400.0
    for start in (0.0, 3 * day, 20 * day):
        for number in range(1, 5):
            told.down(f"u1-{number:03}", start + number)
            told.up(f"u1-{number:03}", start + 900)
    found = [tuple(told.until(start + 100).open()) for start in (0.0, 3 * day, 20 * day)]
    assert [only.repeat for (only,) in found] == [False, True, False]
    assert len({only.id for (only,) in found}) == 3


def test_open_ones_are_worked_out_one_by_one_and_those_that_end_meanwhile_are_left_out() -> None:
    told = Told(cameras(9))
    for nth, number in enumerate((1, 4, 7)):
        told.down(f"u1-{number:03}", 400.0 * nth)
    found = told.until(1000)
    looking = found.open()
    names = [next(looking).suspect.name]
    for camera_id, cause in (("u1-004", Cause.OK), ("u1-007", Cause.PICTURE_BLACK)):
        state = State.UP if cause is Cause.OK else State.DOWN
        found.note(second(1010), Transition(camera_id, second(1010), second(1010), State.DOWN, state, cause))
    found.advance(second(1020))
    names += [shown.suspect.name for shown in looking]
    assert names == ["u1-001", "u1-007"]


def test_an_incident_so_young_that_it_may_be_part_of_a_wider_one_is_not_settled() -> None:
    told = Told(cameras(6))
    told.down("u1-001", 0)
    assert [shown.settled for at in (30, 94, 96) for shown in told.until(at).open()] == [False, False, True]


def test_an_outage_that_became_known_when_it_was_over_has_its_incident_too() -> None:
    archived = []
    found = Incidents(Rules(), lambda shown, outages: archived.append((shown.id, outages)))
    told = Told(cameras(2))
    told.turn("u1-001", 0, State.DOWN, Cause.TCP_TIMEOUT, known=100)
    told.turn("u1-001", 50, State.UP, Cause.OK, known=100)
    for known_at, news in told.lines:
        found.note(known_at, news)
    found.advance(second(4000))
    assert archived == [("20261001T000000Z-u1-001", (Part("u1-001", second(0), down=True),))]


def test_at_the_end_of_a_record_what_was_told_last_is_judged_too() -> None:
    found = Incidents(Rules())
    told = Told(cameras(2))
    told.down("u1-001", 0)
    for known_at, news in told.lines:
        found.note(known_at, news)
    ((shown, parts),) = found.finish()
    assert (shown.suspect.name, parts) == ("u1-001", (Part("u1-001", second(0), down=True),))


def test_a_camera_that_falls_again_may_again_be_part_of_something_wider() -> None:
    told = Told(cameras(6))
    told.down("u1-001", 0)
    told.up("u1-001", 400)
    told.down("u1-001", 600)
    found = {at: tuple(told.until(at).open()) for at in (300, 630, 694, 696)}
    assert [[shown.settled for shown in found[at]] for at in found] == [[True], [False], [False], [True]]
    assert {shown.id for open_ones in found.values() for shown in open_ones} == {"20261001T000000Z-u1-001"}
    assert found[696][0].falls == 2


def test_a_line_cut_soon_after_cameras_of_it_came_back_is_an_incident_of_its_own() -> None:
    told = Told(cameras(6))
    told.down("u1-001", 0)
    told.up("u1-001", 400)
    before = told.until(590).recent()
    for number in range(1, 7):
        told.down(f"u1-{number:03}", 600 + number)
    after = told.until(700)
    (only,) = after.open()
    assert (only.suspect.origin, only.since_at, only.falls, only.cameras) == (Origin.UPLINK, second(601), 1, 6)
    assert only.id == "20261001T001002Z-u1-002"
    assert after.recent() == (replace(before[0], parted_ids=("u1-001",)),)


def test_a_line_cut_after_each_of_its_cameras_fell_alone_is_an_incident_of_its_own() -> None:
    told = Told(cameras(3))
    for number in (1, 2, 3):
        told.down(f"u1-{number:03}", number * 200)
        told.up(f"u1-{number:03}", number * 200 + 100)
    before = told.until(990).recent()
    for number in (1, 2, 3):
        told.down(f"u1-{number:03}", 1000 + number)
    after = told.until(1100)
    (only,) = after.open()
    assert (only.id, only.since_at, only.falls) == ("20261001T001641Z-u1-001", second(1001), 1)
    assert brief([only]) == [("uplink", "u1", 3)]
    assert tuple(replace(shown, parted_ids=()) for shown in after.recent()) == before
    assert len(before) == 3


def test_a_recorder_that_fell_again_before_its_line_keeps_what_was_only_its_own() -> None:
    told = Told(cameras(4, recorder="nvr") + cameras(6, first=5))
    for number in range(1, 5):
        told.down(f"u1-{number:03}", 0)
        told.up(f"u1-{number:03}", 300)
        told.down(f"u1-{number:03}", 600)
    told.up("u1-001", 640)
    for number in range(5, 11):
        told.down(f"u1-{number:03}", 650)
    after = told.until(700)
    assert brief(after.open()) == [("uplink", "u1", 9)]
    (ended,) = after.recent()
    assert (ended.suspect.name, ended.falls, ended.ended_at) == ("nvr", 2, second(640))


def test_refused_credentials_are_a_repeat_only_where_a_device_is_the_same() -> None:
    """An account is a word in the settings: another device that refuses it fails for the first time."""
    town = [a_camera(camera_id, recorder="nvr" if camera_id in "de" else "") for camera_id in "abcde"]
    told = Told(town)
    day = 86_400.0
    for nth, refusing in enumerate(("a", "b", "a", "cd", "e", "c")):
        for camera_id in refusing:
            told.unknown(camera_id, nth * day, Cause.CREDENTIALS_REFUSED)
            told.up(camera_id, nth * day + 3600)
    found = [next(told.until(nth * day + 100).open()) for nth in range(6)]
    assert [shown.suspect.name for shown in found] == ["hik"] * 6
    assert [shown.repeat for shown in found] == [False, False, True, False, True, True]


def test_an_account_refused_by_one_more_device_is_a_repeat_if_that_one_refused_before() -> None:
    told = Told(cameras(3))
    told.unknown("u1-001", 0, Cause.CREDENTIALS_REFUSED)
    told.up("u1-001", 3600)
    for nth, number in enumerate((2, 3, 1)):
        told.unknown(f"u1-{number:03}", 20_000 + nth * 60, Cause.CREDENTIALS_REFUSED)
    seen = [[shown.repeat for shown in told.until(20_010 + nth * 60).open()] for nth in range(3)]
    assert seen == [[False], [False], [True]]


def a_line_back_with_its_camera(answers_at: float) -> Told:
    """One of six is lost until 3,600; three work meanwhile, and two are seen again only with it."""
    told = Told(cameras(6))
    told.tell(-500, Reach(Origin.UPLINK, "u1", reachable=True))
    told.tell(5, Reach(Origin.UPLINK, "u1", reachable=False))
    for number in (5, 6):
        told.unknown(f"u1-{number:03}", 1, Cause.TCP_TIMEOUT)
        told.up(f"u1-{number:03}", 3_590)
    told.turn("u1-001", 10, State.DOWN, Cause.TCP_TIMEOUT, 30)
    told.tell(answers_at, Reach(Origin.UPLINK, "u1", reachable=True))
    told.up("u1-001", 3_600)
    return told


@pytest.mark.parametrize(("answers_at", "answers"), [(3_595, False), (1_000, True)])
def test_a_camera_that_was_lost_alone_is_weighed_by_who_was_seen_meanwhile(answers_at: float, answers: bool) -> None:
    told = a_line_back_with_its_camera(answers_at)
    (lost,) = told.until(3_500).open()
    (ended,) = told.until(3_700).recent()
    assert Evidence(Clue.OTHERS_ONLINE, 3) in lost.evidence
    assert ended.evidence == (*lost.evidence, Evidence(Clue.CAME_BACK, 1))
    assert (Evidence(Clue.PLACE_ANSWERS) in ended.evidence) is answers
    assert ended.confidence == lost.confidence


@pytest.mark.parametrize("count", [1, 4])
def test_no_camera_is_a_witness_in_its_own_case(count: int) -> None:
    """Devices that answer, and all are down: each is weighed by the others, alone by nobody."""
    told = Told(cameras(count))
    for number in range(1, count + 1):
        told.down(f"u1-{number:03}", 0, Cause.TCP_REFUSED)
        told.up(f"u1-{number:03}", 3_600 + number * 200)
    beside = Evidence(Clue.OTHERS_ONLINE, count - 1) if count > 1 else Evidence(Clue.NOTHING_TO_COMPARE)
    for found in (tuple(told.until(300).open()), told.until(4_410).recent()):
        assert len(found) == count
        assert all(beside in shown.evidence for shown in found)


def test_what_has_ended_is_weighed_by_what_its_address_said_while_it_was_lost() -> None:
    told = Told(cameras(10) + cameras(6, "u2"))
    told.tell(-500, Reach(Origin.UPLINK, "u1", reachable=True))
    told.tell(30, Reach(Origin.UPLINK, "u1", reachable=False))
    told.tell(5_400, Reach(Origin.UPLINK, "u1", reachable=True))
    for number in range(1, 11):
        told.down(f"u1-{number:03}", number)
        told.up(f"u1-{number:03}", 5_410 + number)
    (lost,) = told.until(5_300).open()
    (ended,) = told.until(5_500).recent()
    for shown in (lost, ended):
        clues = {evidence.clue for evidence in shown.evidence}
        assert (Clue.PLACE_LOST in clues, Clue.PLACE_ANSWERS in clues) == (True, False)
    assert ended.confidence == lost.confidence
