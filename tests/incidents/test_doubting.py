"""When a guess proves wrong: what does not come back with the others, and what turns out never to have fallen."""

from __future__ import annotations

import pytest

from monitor.incidents import Clue, Enrolled, Evidence, Incident, Origin, Reach, Rules, Suspect
from tests.incidents.town import Told, brief, cameras, folded, second


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


@pytest.mark.parametrize(("silent", "again"), [(True, False), (False, False), (True, True)])
def test_a_line_of_which_one_came_back_early_stays_the_same_incident(silent: bool, again: bool) -> None:
    told = Told(cameras(40))
    if silent:
        told.tell(-500, Reach(Origin.UPLINK, "u1", reachable=True))
        told.tell(40, Reach(Origin.UPLINK, "u1", reachable=False))
    for number in range(1, 41):
        told.down(f"u1-{number:03}", number)
        told.up(f"u1-{number:03}", 5_400 if number == 7 else 9_000 + number)
    if again:
        told.down("u1-007", 5_900)
        told.up("u1-007", 9_007)
    found = [only for at in range(120, 9_000, 240) for only in told.until(at).open()]
    assert {(only.id, only.since_at, only.suspect.name) for only in found} == {(found[0].id, second(1), "u1")}
    assert {only.falls for only in found} == {1}
    assert [len(only.camera_ids) for only in told.until(5_800).open()] == [39]
    ended = told.until(9_600).recent()
    assert [(only.id, only.cameras, only.refuted) for only in ended] == [(found[0].id, 40, False)]


def test_where_what_stays_down_hangs_on_something_narrower_that_is_presumed() -> None:
    told = Told(cameras(6, cabinet="c") + cameras(4, first=7))
    for number in range(1, 11):
        told.down(f"u1-{number:03}", number)
    for number in range(7, 11):
        told.up(f"u1-{number:03}", 600)
    assert brief(told.until(880).open()) == [("uplink", "u1", 6)]
    assert brief(told.until(920).open()) == [("power_cabinet", "c", 6)]


def test_a_line_whose_address_answers_again_is_no_reason_for_those_that_stay_down() -> None:
    told = Told(cameras(40))
    told.tell(-500, Reach(Origin.UPLINK, "u1", reachable=True))
    told.tell(40, Reach(Origin.UPLINK, "u1", reachable=False))
    told.tell(5_390, Reach(Origin.UPLINK, "u1", reachable=True))
    for number in range(1, 41):
        told.down(f"u1-{number:03}", number)
    told.up("u1-007", 5_400)
    assert {only.suspect.origin for only in told.until(5_800).open()} == {Origin.CAMERA}


def test_power_whose_address_was_lost_is_no_wrong_guess_for_returning_one_by_one() -> None:
    told = Told(cameras(6, cabinet="c") + cameras(8, first=7))
    told.tell(-500, Reach(Origin.POWER_CABINET, "c", reachable=True))
    told.tell(40, Reach(Origin.POWER_CABINET, "c", reachable=False))
    told.tell(3_600, Reach(Origin.POWER_CABINET, "c", reachable=True))
    for number in range(1, 7):
        told.down(f"u1-{number:03}", number)
        told.up(f"u1-{number:03}", 3_200 + 400 * number)
    (parent,) = (shown for shown in told.until(3_950).recent() if shown.suspect == Suspect(Origin.POWER_CABINET, "c"))
    assert (parent.cameras, parent.refuted) == (1, False)


def a_cabinet(back: tuple[float, ...], others: int = 0, address: bool = False) -> Told:
    """Three on one cabinet, with others beside them that work, fall as one and come back at these seconds."""
    told = Told(cameras(3 + others, cabinet="c") + cameras(20, first=50))
    if address:
        told.tell(-500, Reach(Origin.POWER_CABINET, "c", reachable=True))
    for number, at in enumerate(back, 1):
        told.down(f"u1-{number:03}", number)
        told.up(f"u1-{number:03}", at)
    return told


def of_the_cabinet(told: Told, at: float) -> Incident:
    every: list[Incident] = []
    found = folded(told.lines, second(at), Rules(), lambda shown, _: every.append(shown))
    every += [shown for shown, _ in found.finish()]
    return next(shown for shown in every if shown.suspect == Suspect(Origin.POWER_CABINET, "c"))


def test_power_without_an_address_is_no_wrong_guess_for_returning_one_by_one() -> None:
    told = a_cabinet((3_600, 4_100, 4_900))
    for at in range(3_660, 4_100, 60):
        assert brief(told.until(at).open()) == [("power_cabinet", "c", 2)]
    assert brief(told.until(4_300).open()) == [("power_cabinet", "c", 1)]
    ended = of_the_cabinet(told, 6_000)
    assert (ended.cameras, ended.refuted) == (2, False)  # the third came later than what the second explains


@pytest.mark.parametrize(
    ("back", "others", "address", "split_at", "refuted"),
    [
        ((3_600, 9_000, 9_000), 0, False, 3_600 + 1_800, False),  # nobody waits longer than half an hour
        ((1_200, 9_000, 9_000), 0, False, 1_200 + 1_200, True),  # down for as long again: it was no loss of all
        ((400, 9_000, 9_000), 0, False, 400 + 400, True),
        ((120, 9_000, 9_000), 0, False, 120 + 300, True),
        ((3_600, 9_000, 9_000), 1, False, None, False),  # with one that works nothing was presumed
        ((3_600, 9_000, 9_000), 0, True, None, False),  # nor where its address answers
    ],
)
def test_one_that_is_back_alone_refutes_the_loss_once_the_others_were_down_as_long_again(
    back: tuple[float, ...], others: int, address: bool, split_at: float | None, refuted: bool
) -> None:
    told = a_cabinet(back, others, address)
    if split_at is None:
        assert {only.suspect.origin for only in told.until(3_650).open()} == {Origin.CAMERA}
        return
    assert brief(told.until(split_at - 5).open()) == [("power_cabinet", "c", 2)]
    after = told.until(split_at + 5)
    assert brief(after.open()) == [("camera", "u1-002", 1), ("camera", "u1-003", 1)]
    assert of_the_cabinet(told, split_at + 5).refuted is refuted


def test_a_carrier_of_whose_lines_most_turn_out_to_work_was_a_wrong_guess() -> None:
    told = a_start(("m0-001", "m1-001"), 9, lines=2)
    assert brief(told.until(50).open()) == [("carrier_line", "移动", 2)]
    assert brief(told.until(400).open()) == [("camera", "m0-001", 1), ("camera", "m1-001", 1)]


def test_a_line_of_which_some_turn_out_to_work_is_still_the_guess() -> None:
    told = a_start(tuple(f"m0-{number:03}" for number in range(1, 7)), 9)
    assert brief(told.until(1000).open()) == [("uplink", "m0", 6)]
