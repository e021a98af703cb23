"""Which outages have one origin, and what is presumed of those that have none in common."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from monitor.incidents import Clue, Enrolled, Evidence, Incidents, Origin, Reach, Rules, Struck, Suspect
from monitor.model import Cause, State
from tests.incidents.town import Told, a_camera, brief, cameras, second


def clues(incidents: Incidents) -> set[Clue]:
    (only,) = incidents.open()
    return {evidence.clue for evidence in only.evidence}


def test_a_camera_that_falls_alone_is_its_own_incident() -> None:
    told = Told(cameras(6))
    told.down("u1-003", 0)
    (only,) = told.until(60).open()
    assert only.suspect == Suspect(Origin.CAMERA, "u1-003")
    assert (only.since_at, only.opened_at, only.ended_at) == (second(0), second(20), None)
    assert only.camera_ids == ("u1-003",)
    assert only.id == "20261001T000000Z-u1-003"
    assert only.confidence == pytest.approx(6 / 7)  # five others on the line are online


def test_an_uplink_that_is_cut_is_one_incident_and_its_recovery_closes_it() -> None:
    told = Told(cameras(40) + cameras(10, "u2"))
    for number in range(40):
        told.down(f"u1-{number + 1:03}", number * 1.5)
    (only,) = told.until(90).open()
    assert only.suspect == Suspect(Origin.UPLINK, "u1")
    assert len(only.camera_ids) == only.cameras == 40
    assert only.id == "20261001T000000Z-u1-001"
    assert only.confidence > 0.97
    for number in range(40):
        told.up(f"u1-{number + 1:03}", 600 + number)
    after = told.until(700)
    assert tuple(after.open()) == ()
    (ended,) = after.recent()
    assert (ended.id, ended.ended_at, ended.cameras) == (only.id, second(639), 40)


def test_a_camera_down_before_keeps_its_own_incident_when_the_uplink_is_cut() -> None:
    told = Told(cameras(10))
    told.down("u1-004", -500, Cause.NO_KEYFRAME)
    for number in (1, 2, 3, 5, 6, 7, 8, 9, 10):
        told.down(f"u1-{number:03}", 0)
    assert brief(told.until(60).open()) == [("camera", "u1-004", 1), ("uplink", "u1", 9)]


@pytest.mark.parametrize(
    ("fallen", "of", "together"),
    [(31, 40, True), (20, 40, True), (19, 40, False), (5, 10, True), (5, 11, False), (4, 8, False), (4, 5, True)],
)
def test_five_that_fall_together_are_no_chance_and_the_half_of_a_line_will_do(
    fallen: int, of: int, together: bool
) -> None:
    told = Told(cameras(of))
    for number in range(1, fallen + 1):
        told.down(f"u1-{number:03}", number)
    found = tuple(told.until(120).open())
    if together:
        assert brief(found) == [("uplink", "u1", fallen)]
        assert found[0].confidence == pytest.approx(fallen / of * fallen / (fallen + 1))
        assert found[0].evidence[0] == Evidence(Clue.FELL_TOGETHER, fallen, of)
    else:
        assert {shown.suspect.origin for shown in found} == {Origin.CAMERA}
        assert len(found) == fallen


def test_a_recorder_whose_channels_fall_is_suspected_and_not_its_line() -> None:
    town = cameras(4, recorder="nvr") + cameras(6, first=5)
    told = Told(town)
    for number in range(1, 5):
        told.down(f"u1-{number:03}", number, Cause.TCP_REFUSED)
    assert brief(told.until(60).open()) == [("recorder", "nvr", 4)]


def test_when_the_whole_line_falls_the_recorder_is_a_part_of_it() -> None:
    town = cameras(4, recorder="nvr") + cameras(6, first=5)
    told = Told(town)
    for number in range(1, 11):
        told.down(f"u1-{number:03}", number * 3)
    assert brief(told.until(90).open()) == [("uplink", "u1", 10)]


def test_a_cabinet_over_two_lines_explains_what_neither_line_does() -> None:
    town = cameras(3, "u1", cabinet="c") + cameras(5, "u1", first=4) + cameras(2, "u2", cabinet="c")
    told = Told([*town, *cameras(6, "u2", first=3)])
    for camera_id in ("u1-001", "u1-002", "u1-003", "u2-001", "u2-002"):
        told.down(camera_id, 0)
    assert brief(told.until(60).open()) == [("power_cabinet", "c", 5)]


def test_devices_that_answer_with_an_error_have_power_and_a_line() -> None:
    told = Told(cameras(4, cabinet="c"))
    for number in range(1, 5):
        told.down(f"u1-{number:03}", 0, Cause.PATH_NOT_FOUND)
    found = tuple(told.until(60).open())
    assert {shown.suspect.origin for shown in found} == {Origin.CAMERA}
    assert len(found) == 4
    assert all(shown.evidence[0].clue is Clue.DEVICE_ANSWERS for shown in found)


def test_a_carrier_that_fails_in_a_whole_town_is_one_incident() -> None:
    town = [camera for line in range(6) for camera in cameras(5, f"m{line}")]
    others = [camera for line in range(6) for camera in cameras(5, f"t{line}", carrier="电信")]
    told = Told(town + others)
    for nth, camera in enumerate(town):
        told.down(camera.id, nth * 2.0)
    (only,) = told.until(120).open()
    assert only.suspect == Suspect(Origin.CARRIER_LINE, "移动", "清河镇")
    assert len(only.camera_ids) == 30


def test_two_of_five_uplinks_are_two_incidents() -> None:
    told = Told([camera for line in range(5) for camera in cameras(4, f"m{line}")])
    for line in range(2):
        for number in range(1, 5):
            told.down(f"m{line}-{number:03}", number)
    assert brief(told.until(60).open()) == [("uplink", "m0", 4), ("uplink", "m1", 4)]


def test_refused_credentials_are_one_incident_for_each_account() -> None:
    told = Told(cameras(20) + cameras(3, "u2", credentials="dahua"))
    for number in range(1, 21):
        told.unknown(f"u1-{number:03}", number * 60.0, Cause.CREDENTIALS_REFUSED)
    told.unknown("u2-001", 30, Cause.CREDENTIALS_REFUSED)
    assert sorted(brief(told.until(1300).open())) == [("credentials", "dahua", 1), ("credentials", "hik", 20)]


def test_our_own_blindness_is_an_incident_of_the_monitor_and_ends_no_other() -> None:
    told = Told(cameras(5))
    told.down("u1-002", 0)
    for number in range(1, 6):
        told.unknown(f"u1-{number:03}", 100, Cause.MONITOR_BLIND)
    assert brief(told.until(150).open()) == [("camera", "u1-002", 1), ("monitor", "", 4)]
    for number in (1, 3, 4, 5):
        told.up(f"u1-{number:03}", 200)
    told.down("u1-002", 200)
    after = told.until(300)
    assert brief(after.open()) == [("camera", "u1-002", 1)]
    assert next(after.open()).since_at == second(0)


def test_a_device_that_answers_and_cannot_be_judged_is_no_incident() -> None:
    told = Told(cameras(2))
    told.down("u1-001", 0)
    told.unknown("u1-001", 60, Cause.DEVICE_BUSY)
    told.unknown("u1-002", 60, Cause.STREAM_ENCRYPTED)
    assert tuple(told.until(100).open()) == ()


def test_cameras_that_left_the_inventory_are_one_incident_of_the_inventory() -> None:
    told = Told(cameras(6))
    for camera_id in ("u1-001", "u1-002"):
        told.tell(50, Struck(camera_id))
        told.turn(camera_id, 50, State.DOWN, Cause.REMOVED_UNCONFIRMED)
    assert brief(told.until(100).open()) == [("inventory", "", 2)]
    told.tell(200, Enrolled(a_camera("u1-001")))
    told.up("u1-001", 210)
    assert brief(told.until(800).open()) == [("inventory", "", 1)]


def test_an_uplink_whose_address_answers_is_not_presumed_lost() -> None:
    told = Told(cameras(3, cabinet="a") + cameras(3, first=4, cabinet="b"))
    told.tell(-100, Reach(Origin.UPLINK, "u1", True))
    for number in range(1, 7):
        told.down(f"u1-{number:03}", 0)
    assert brief(told.until(60).open()) == [("power_cabinet", "a", 3), ("power_cabinet", "b", 3)]


def test_an_uplink_whose_address_fell_silent_is_presumed_lost_with_half_of_its_cameras() -> None:
    told = Told(cameras(6))
    told.tell(-100, Reach(Origin.UPLINK, "u1", True))
    for number in range(1, 4):
        told.down(f"u1-{number:03}", 0)
    told.tell(40, Reach(Origin.UPLINK, "u1", False))
    assert len(tuple(told.until(35).open())) == 3
    found = told.until(60)
    assert brief(found.open()) == [("uplink", "u1", 3)]
    assert Clue.PLACE_LOST in clues(found)


def test_an_address_that_never_answered_says_nothing() -> None:
    told = Told(cameras(6))
    told.tell(-100, Reach(Origin.UPLINK, "u1", False))
    for number in range(1, 4):
        told.down(f"u1-{number:03}", 0)
    assert {shown.suspect.origin for shown in told.until(60).open()} == {Origin.CAMERA}


def test_an_address_that_is_asked_no_more_acquits_nobody() -> None:
    told = Told(cameras(3, cabinet="a") + cameras(3, first=4, cabinet="b"))
    told.tell(-100, Reach(Origin.UPLINK, "u1", True))
    told.tell(-50, Reach(Origin.UPLINK, "u1", None))
    for number in range(1, 7):
        told.down(f"u1-{number:03}", 0)
    found = told.until(60)
    assert brief(found.open()) == [("uplink", "u1", 6)]
    assert not clues(found) & {Clue.PLACE_ANSWERS, Clue.PLACE_LOST}


def test_an_address_that_is_asked_no_more_convicts_nobody_before_it_has_answered_again() -> None:
    told = Told(cameras(6))
    told.tell(-100, Reach(Origin.UPLINK, "u1", True))
    told.tell(-90, Reach(Origin.UPLINK, "u1", False))
    told.tell(-80, Reach(Origin.UPLINK, "u1", None))
    told.tell(-70, Reach(Origin.UPLINK, "u1", False))
    for number in range(1, 4):
        told.down(f"u1-{number:03}", 0)
    assert {shown.suspect.origin for shown in told.until(60).open()} == {Origin.CAMERA}
    told.tell(-60, Reach(Origin.UPLINK, "u1", True))
    told.tell(-50, Reach(Origin.UPLINK, "u1", False))
    assert brief(told.until(60).open()) == [("uplink", "u1", 3)]


def test_an_address_speaks_for_the_cameras_that_hang_there_now() -> None:
    """Also for one that came from elsewhere; for one that left it does not."""
    told = Told([*cameras(6), *cameras(6, "u2")])
    told.tell(-500, Reach(Origin.UPLINK, "u1", True))
    told.tell(-500, Struck("u1-006"))
    told.tell(-400, Enrolled(a_camera("u2-001", "u1")))
    told.tell(-400, Enrolled(a_camera("u1-005", "u2")))
    for camera_id in ("u2-001", "u1-001", "u1-002", "u1-005"):
        told.down(camera_id, 0)
    told.tell(40, Reach(Origin.UPLINK, "u1", False))
    assert sorted(brief(told.until(60).open())) == [("camera", "u1-005", 1), ("uplink", "u1", 3)]


def test_the_address_of_a_carrier_speaks_for_its_lines_in_every_town() -> None:
    lines = [(f"{town}{nth}", town) for town in ("a", "b") for nth in range(4)]
    told = Told([one for uplink, town in lines for one in cameras(2, uplink, town=town)])
    told.tell(-500, Reach(Origin.CARRIER_LINE, "移动", True))
    for uplink in ("a0", "a1", "b2", "b3"):
        for number in (1, 2):
            told.down(f"{uplink}-{number:03}", 0)
    assert {shown.suspect.origin for shown in told.until(60).open()} == {Origin.UPLINK}
    told.tell(60, Reach(Origin.CARRIER_LINE, "移动", False))
    assert brief(told.until(90).open()) == [("carrier_line", "移动", 4), ("carrier_line", "移动", 4)]


def test_a_site_without_a_usable_camera_is_blind_since_the_last_of_them_failed() -> None:
    told = Told([a_camera("a", site="gate"), a_camera("b", site="gate"), a_camera("c", site="pond")])
    told.down("a", 0)
    told.turn("b", 30, State.DEGRADED, Cause.PICTURE_BLACK, known=150)
    assert told.until(100).blind_spots() == ()
    told.down("b", 400)
    (spot,) = told.until(500).blind_spots()
    assert (spot.site.id, spot.since_at, spot.camera_ids) == ("gate", second(30), ("a", "b"))
    told.unknown("b", 600, Cause.MONITOR_BLIND)
    assert told.until(700).blind_spots() == ()


@pytest.mark.parametrize("before", [State.UP, State.UNKNOWN])
def test_a_site_is_blind_since_it_was_seen_to_be_and_not_since_we_looked_away_or_looked_again(before: State) -> None:
    town = [a_camera("a", site="gate"), a_camera("b", site="gate")]
    told = Told(town if before is State.UP else [])
    told.lines += [(second(-600), Enrolled(camera)) for camera in town if before is State.UNKNOWN]
    for camera in town:
        told.unknown(camera.id, 0, Cause.MONITOR_BLIND)
        told.turn(camera.id, 1_800, State.DOWN, Cause.TCP_TIMEOUT)
        told.unknown(camera.id, 3_000, Cause.MONITOR_STOPPED)
        told.turn(camera.id, 4_000, State.DOWN, Cause.TCP_TIMEOUT)
    for at in (2_000, 5_000):
        found = told.until(at)
        (spot,) = found.blind_spots()
        assert {spot.since_at} == {second(1_800)} == {shown.since_at for shown in found.open()}


@pytest.mark.parametrize(
    "cause", [Cause.MONITOR_BLIND, Cause.MONITOR_STOPPED, Cause.NO_LOCAL_NETWORK, Cause.NOT_WATCHED]
)
def test_cameras_we_do_not_see_count_as_they_were_seen_last(cause: Cause) -> None:
    told = Told(cameras(10, recorder="nvr", cabinet="c"))
    told.down("u1-001", 0)
    told.down("u1-002", 30)
    for number in range(1, 11):
        told.unknown(f"u1-{number:03}", 600, cause)
    told.tell(700, Struck("u1-010"))
    seen_by = [brief(told.until(at).open())[:2] for at in (500, 650, 800)]
    assert seen_by == [[("camera", "u1-001", 1), ("camera", "u1-002", 1)]] * 3


def test_a_line_that_is_cut_while_we_do_not_see_is_found_when_we_do() -> None:
    told = Told(cameras(10))
    told.down("u1-001", 0)
    for number in range(1, 11):
        told.unknown(f"u1-{number:03}", 600, Cause.MONITOR_BLIND)
    for number in range(1, 11):
        told.down(f"u1-{number:03}", 1200 + number)
    assert brief(told.until(1300).open()) == [("camera", "u1-001", 1), ("uplink", "u1", 9)]


@pytest.mark.parametrize("cause", [Cause.CREDENTIALS_REFUSED, Cause.DEVICE_BUSY, Cause.CERTIFICATE_REFUSED])
def test_whoever_answers_with_what_cannot_be_judged_shows_that_line_and_power_work(cause: Cause) -> None:
    told = Told(cameras(10, cabinet="c"))
    for number in range(1, 9):
        told.unknown(f"u1-{number:03}", -300, cause)
    told.down("u1-009", 0)
    told.down("u1-010", 5)
    found = [shown for shown in told.until(200).open() if shown.suspect.origin is not Origin.CREDENTIALS]
    assert brief(found) == [("camera", "u1-009", 1), ("camera", "u1-010", 1)]
    assert [shown.confidence for shown in found] == pytest.approx([9 / 10] * 2)


def test_channels_of_a_recorder_that_answer_do_not_show_that_it_works() -> None:
    told = Told(cameras(4, recorder="nvr") + cameras(6, first=5))
    for number in (1, 2):
        told.unknown(f"u1-{number:03}", -300, Cause.DEVICE_BUSY)
    for number in (3, 4):
        told.down(f"u1-{number:03}", 0, Cause.TCP_REFUSED)
    assert brief(told.until(60).open()) == [("recorder", "nvr", 2)]


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("uplinks", [False, True])
def test_an_outage_costs_the_same_however_many_lines_its_carrier_has(uplinks: bool, share: float) -> None:
    """Counted in calls of functions, which no load of the machine changes."""
    small, large = _calls_for_each_outage(200, uplinks, share), _calls_for_each_outage(1000, uplinks, share)
    assert large < 1.2 * small


def _calls_for_each_outage(count: int, uplinks: bool, share: float) -> float:
    told = Told([a_camera(f"c{nth:04}", f"u{nth:04}" if uplinks else "") for nth in range(count)])
    before = len(told.lines)
    for nth in range(int(count * share)):
        told.down(f"c{nth:04}", nth * 0.02)
    found = Incidents(Rules())
    for known_at, news in told.lines[:before]:
        found.note(known_at, news)
    found.advance(second(0))
    calls = 0

    def count_call(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count_call)
    try:
        for known_at, news in told.lines[before:]:
            found.note(known_at, news)
        found.advance(second(120))
    finally:
        sys.setprofile(None)
    return calls / (len(told.lines) - before)
