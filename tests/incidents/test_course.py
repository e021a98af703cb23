"""From outages and topology to incidents: what is presumed, how it grows, splits, falls again and closes."""

from __future__ import annotations

import pytest

from monitor.incidents import Clue, Enrolled, Evidence, Incidents, Origin, Part, Reach, Rules, Struck, Suspect
from monitor.model import Cause, State, Transition
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


def test_a_growing_incident_keeps_the_name_of_the_first_outage_that_became_known() -> None:
    told = Told(cameras(5))
    names = set()
    for number in range(5):
        told.down(f"u1-{5 - number:03}", number * 5.0)
    for at in range(40, 200, 10):
        names |= {shown.id for shown in told.until(at).open() if len(shown.camera_ids) == 5}
    assert names == {"20261001T000000Z-u1-005"}


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


def test_what_does_not_come_back_with_the_others_is_split_off() -> None:
    told = Told(cameras(8))
    for number in range(1, 9):
        told.down(f"u1-{number:03}", 0)
    for number in range(1, 7):
        told.up(f"u1-{number:03}", 300 + 10 * number)
    waiting, split = told.until(650), told.until(662)
    (parent,) = waiting.open()
    assert brief(waiting.open()) == [("uplink", "u1", 2)]
    assert brief(split.open()) == [("camera", "u1-007", 1), ("camera", "u1-008", 1)]
    assert {shown.split_from for shown in split.open()} == {parent.id}
    (ended,) = split.recent()
    assert (ended.id, ended.ended_at) == (parent.id, second(360))


def test_staggered_returns_after_a_power_cut_split_nothing() -> None:
    told = Told(cameras(10, cabinet="c") + cameras(10, first=11))
    for number in range(1, 11):
        told.down(f"u1-{number:03}", 0)
        told.up(f"u1-{number:03}", 600 + 240 * number)
    for at in range(700, 3000, 60):
        assert brief(told.until(at).open()) == [("power_cabinet", "c", sum(600 + 240 * n >= at for n in range(1, 11)))]
    assert tuple(told.until(3060).open()) == ()


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


def a_start(fallen: tuple[str, ...], others: int, lines: int = 1) -> Told:
    """Those that are down are seen first; of the others of each line nothing was ever known before."""
    told = Told(())
    for line in range(lines):
        for camera in cameras(others + 1, f"m{line}"):
            told.tell(-600, Enrolled(camera))
            if camera.id in fallen:
                told.down(camera.id, 0)
            else:
                told.up(camera.id, 60)
    return told


def test_a_line_of_which_most_turn_out_to_work_was_a_wrong_guess() -> None:
    told = a_start(("m0-001", "m0-002"), 19)
    assert brief(told.until(50).open()) == [("uplink", "m0", 2)]
    assert brief(told.until(360).open()) == [("uplink", "m0", 2)]  # they may be late to fall
    after = told.until(361)
    assert brief(after.open()) == [("camera", "m0-001", 1), ("camera", "m0-002", 1)]
    (ended,) = after.recent()
    assert (ended.cameras, ended.camera_ids, ended.affected_ids) == (2, (), ("m0-001", "m0-002"))
    assert {shown.split_from for shown in after.open()} == {ended.id}
    assert [parts for shown, parts in after.finish() if shown.id == ended.id] == [()]


def test_a_guess_that_proved_wrong_says_so_and_is_no_failure_to_repeat() -> None:
    told = a_start(("m0-001", "m0-002"), 19)
    told.up("m0-001", 500)
    told.up("m0-002", 500)
    for number in range(1, 21):
        told.down(f"m0-{number:03}", 1_000 + number)
    (wrong,) = told.until(400).recent()
    assert (wrong.refuted, wrong.evidence[-1]) == (True, Evidence(Clue.REFUTED))
    assert wrong.confidence < 0.1
    (only,) = told.until(1_100).open()  # so soon that the other, had it been one, would have fallen again
    assert (only.suspect.name, only.falls, only.repeat) == ("m0", 1, False)
    assert only.id != wrong.id


@pytest.mark.parametrize(("back", "refuted"), [(1, True), (2, False)])
def test_a_line_that_came_back_with_less_than_two_cameras_never_failed(back: int, refuted: bool) -> None:
    told = Told(cameras(4))
    for number in range(1, 5):
        told.down(f"u1-{number:03}", number)
    for number in range(1, 5):
        told.up(f"u1-{number:03}", 300 if number <= back else 700)
    for number in range(1, 5):
        told.down(f"u1-{number:03}", 90_000 + number)
    parent = next(shown for shown in told.until(650).recent() if shown.suspect == Suspect(Origin.UPLINK, "u1"))
    assert (parent.refuted, parent.cameras) == (refuted, back)
    (again,) = told.until(90_100).open()
    assert again.repeat is not refuted


def test_a_carrier_of_whose_lines_most_turn_out_to_work_was_a_wrong_guess() -> None:
    told = a_start(("m0-001", "m1-001"), 9, lines=2)
    assert brief(told.until(50).open()) == [("carrier_line", "移动", 2)]
    assert brief(told.until(400).open()) == [("camera", "m0-001", 1), ("camera", "m1-001", 1)]


def test_a_line_of_which_some_turn_out_to_work_is_still_the_guess() -> None:
    told = a_start(tuple(f"m0-{number:03}" for number in range(1, 7)), 9)
    assert brief(told.until(1000).open()) == [("uplink", "m0", 6)]


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
    assert after.recent() == before


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
    assert (brief([only]), after.recent()) == ([("uplink", "u1", 3)], before)
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
